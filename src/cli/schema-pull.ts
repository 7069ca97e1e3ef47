import { atTheShell } from '../shotgun/script/doors.ts';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownValue } from '../base/bare.ts';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import { type LiveSchema, readLiveSchema, type SchemaProgress } from '../shotgun/script/live-schema.ts';
import type { SchemaMap } from '../shotgun/script/schema-source.ts';
import { openPullProgress, type PullProgress } from '../site/pull-progress.ts';

export interface PullResult {
  readonly typeCount: number;
  readonly fieldCount: number;
  /** Types that an interrupted pull had read already. */
  readonly resumedCount: number;
  /** Types that could not be read. Their fields are those of the last pull, if there was one. */
  readonly failed: readonly { readonly type: string; readonly code: ErrorCode }[];
  /** False if a failed type has no earlier fields: a snapshot without them would look complete. */
  readonly isWritten: boolean;
}

export interface PullDeps {
  readonly settings: Config['site'];
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The site needs a third of a second for each of a hundred types (API 2.11), so read a few in parallel. */
const PARALLEL_READS = 4;

export interface PullOptions {
  /** Folder of the snapshot. */
  readonly directory: string;
  readonly onProgress?: (progress: SchemaProgress) => void;
  /** Reads everything, also types that an interrupted pull has read already. */
  readonly isFresh?: boolean;
  /** Writes the snapshot without types that have no known fields: for a site that never returns some. */
  readonly isPartialTaken?: boolean;
}

const PROGRESS_FILE = 'pull-under-way.jsonl';

/**
 * Reads the schema of the site as the script and writes `entity-types.json` and `fields.json` into the folder,
 * sorted, so that two pulls of an unchanged site are byte-identical. Neither is written before everything is read;
 * the progress is kept beside them, and the next pull resumes from it, also for failed types.
 *
 * @throws AppError UPSTREAM_... or SHOTGUN_... if the list of types cannot be read
 */
export async function pullSiteSchema(
  deps: PullDeps,
  { directory, onProgress, isFresh = false, isPartialTaken = false }: PullOptions,
): Promise<PullResult> {
  const progress = await openPullProgress({
    path: join(directory, PROGRESS_FILE),
    siteUrl: deps.settings.url,
    nowMs: deps.clock.now(),
    isFresh,
  });
  const live = await readAll(deps, progress, onProgress);
  const { entityTypes, failed } = live;
  const fields = new Map(live.fields);
  const unknown = await keepOldFields(directory, fields, failed);
  if (unknown.length > 0 && !isPartialTaken) return { ...countsOf(live, progress), failed, isWritten: false };
  await mkdir(directory, { recursive: true });
  await replaceFile(join(directory, 'fields.json'), renderFields(fields));
  await replaceFile(join(directory, 'entity-types.json'), renderEntityTypes(entityTypes));
  if (failed.length === 0) await progress.remove();
  return { ...countsOf({ entityTypes, fields }, progress), failed, isWritten: true };
}

const countsOf = ({ entityTypes, fields }: Omit<LiveSchema, 'failed'>, { known }: PullProgress) => ({
  typeCount: Object.keys(entityTypes).length,
  fieldCount: [...fields.values()].reduce((sum, map) => sum + Object.keys(map).length, 0),
  resumedCount: [...known.keys()].filter((type) => Object.hasOwn(entityTypes, type)).length,
});

async function readAll(
  deps: PullDeps,
  progress: PullProgress,
  onProgress: PullOptions['onProgress'],
): Promise<LiveSchema> {
  try {
    return await readLiveSchema(
      { ...deps, onScriptRead: atTheShell },
      {
        parallelReads: PARALLEL_READS,
        memory: progress,
        ...(onProgress && { onProgress }),
      },
    );
  } finally {
    await progress.close();
  }
}

type Failure = PullResult['failed'][number];

/** @returns the types whose fields no earlier pull has read */
async function keepOldFields(
  directory: string,
  fields: Map<string, SchemaMap>,
  failed: readonly Failure[],
): Promise<readonly string[]> {
  if (failed.length === 0) return [];
  const text = await readFile(join(directory, 'fields.json'), 'utf8').catch(() => '{}');
  const old = JSON.parse(text) as Readonly<Record<string, { readonly data?: SchemaMap }>>;
  for (const { type } of failed) {
    const data = ownValue(old, type)?.data;
    if (data !== undefined) fields.set(type, data);
  }
  return failed.map(({ type }) => type).filter((type) => !fields.has(type));
}

/** One line per type, and one per field: a new field on the site is one line of difference. */
function renderEntityTypes(types: SchemaMap): string {
  return `{"data":{\n${renderMap(types)}\n}}\n`;
}

function renderFields(fields: ReadonlyMap<string, SchemaMap>): string {
  const types = [...fields.keys()].sort();
  const lines = types.map(
    (type) => `${JSON.stringify(type)}:{"data":{\n${renderMap(fields.get(type) ?? {})}\n}}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function renderMap(map: SchemaMap): string {
  const names = Object.keys(map).sort();
  return names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(sorted(map[name]))}`).join(',\n');
}

/** The same value with sorted object keys; lists keep their order, which has a meaning. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, element]) => [key, sorted(element)]));
}

/** Replaces the file as a whole: a reader sees the one before or the one after. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
