import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HOUR_MS } from '../base/units.ts';
import { anyRecord } from './by-name.ts';

/** Older progress is read again: the site may have changed meanwhile. */
const MAX_AGE_MS = HOUR_MS;

const HEAD = z.object({ siteUrl: z.string(), startedAtMs: z.number() });
/** The site's description of a type's fields, by name (API 7). */
type Fields = Readonly<Record<string, unknown>>;

const ENTRY = z.object({ type: z.string(), data: anyRecord });

/** The progress of a pull, one line for each type, so that an interrupted pull can resume. */
export interface PullProgress {
  /** Fields by type that an earlier pull of this site read. */
  readonly known: ReadonlyMap<string, Fields>;
  /** Never fails: the fields were read, and if they are not kept, the next pull only reads more. */
  keep(type: string, fields: Fields): Promise<void>;
  close(): Promise<void>;
  /** Deletes all progress: the snapshot contains it. */
  remove(): Promise<void>;
}

interface ProgressOptions {
  readonly path: string;
  readonly siteUrl: string;
  readonly nowMs: number;
  /** Ignores existing progress and starts again. */
  readonly isFresh: boolean;
}

export async function openPullProgress({
  path,
  siteUrl,
  nowMs,
  isFresh,
}: ProgressOptions): Promise<PullProgress> {
  const found = isFresh ? undefined : parseProgress(await readFile(path, 'utf8').catch(() => ''));
  const isUsable = found?.siteUrl === siteUrl && nowMs - found.startedAtMs < MAX_AGE_MS;
  let file: FileHandle | undefined;
  let isLost = false;
  const begin = async (): Promise<FileHandle> => {
    await mkdir(dirname(path), { recursive: true });
    const opened = await open(path, isUsable ? 'a' : 'w');
    const head = JSON.stringify({ siteUrl, startedAtMs: nowMs } satisfies z.infer<typeof HEAD>);
    // A line that was cut off when the last pull ended must not swallow the next one.
    await opened.appendFile(isUsable ? '\n' : `${head}\n`);
    return opened;
  };
  let writing: Promise<void> = Promise.resolve();
  return {
    known: isUsable ? found.fields : new Map(),
    keep(type, data) {
      const before = writing;
      writing = (async () => {
        await before;
        if (isLost) return;
        try {
          file ??= await begin();
          await file.appendFile(`${JSON.stringify({ type, data })}\n`);
        } catch {
          isLost = true;
        }
      })();
      return writing;
    },
    close: async () => file?.close(),
    remove: () => rm(path, { force: true }).catch(() => undefined),
  };
}

/** Undefined if no pull left readable progress. */
function parseProgress(
  text: string,
): (z.infer<typeof HEAD> & { readonly fields: ReadonlyMap<string, Fields> }) | undefined {
  const [first = '', ...lines] = text.split('\n');
  const head = HEAD.safeParse(parseLine(first));
  if (!head.success) return undefined;
  const fields = new Map<string, Fields>();
  for (const line of lines) {
    const entry = ENTRY.safeParse(parseLine(line));
    if (entry.success) fields.set(entry.data.type, entry.data.data);
  }
  return { ...head.data, fields };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
