import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HOUR_MS } from '../base/units.ts';
import { anyRecord } from './by-name.ts';

/** What was read longer ago is read anew: the site may have changed meanwhile. */
const MAX_AGE_MS = HOUR_MS;

const HEAD = z.object({ siteUrl: z.string(), startedAtMs: z.number() });
/** What the site says of the fields of a type, by name (API 7). */
type Fields = Readonly<Record<string, unknown>>;

const ENTRY = z.object({ type: z.string(), data: anyRecord });

/** What a pull has read so far, a line for each type, so that a pull that was interrupted goes on where it was. */
export interface PullProgress {
  /** Fields by type that an earlier pull of this site read. */
  readonly known: ReadonlyMap<string, Fields>;
  /** Never fails: without what it keeps, the next pull reads more. The fields were read well all the same. */
  keep(type: string, fields: Fields): Promise<void>;
  close(): Promise<void>;
  /** Forgets everything: the snapshot has it all. */
  remove(): Promise<void>;
}

interface ProgressOptions {
  readonly path: string;
  readonly siteUrl: string;
  readonly nowMs: number;
  /** Begins anew, whatever is there. */
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

/** Undefined where no pull left anything that can be read. */
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
