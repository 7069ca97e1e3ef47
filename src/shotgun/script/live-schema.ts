import { toAppError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { createSchemaSource, type SchemaMap, type SchemaSource } from './schema-source.ts';
import type { ScriptDoorDeps } from './script-door.ts';

/** Progress after each type. */
export interface SchemaProgress {
  readonly type: string;
  readonly done: number;
  readonly total: number;
  /** Why this type could not be read; null if it was read. */
  readonly failure: ErrorCode | null;
}

/** The site's schema in its wire form. */
export interface LiveSchema {
  readonly entityTypes: SchemaMap;
  /** By type. Types that could not be read are missing. */
  readonly fields: ReadonlyMap<string, SchemaMap>;
  readonly failed: readonly { readonly type: string; readonly code: ErrorCode }[];
}

export interface LiveSchemaOptions {
  /** Number of parallel calls. */
  readonly parallelReads: number;
  readonly onProgress?: (progress: SchemaProgress) => void;
  /**
   * `known` holds fields by type that are not read again. Newly read fields are passed to `keep` one type at a
   * time.
   */
  readonly memory?: {
    readonly known: ReadonlyMap<string, SchemaMap>;
    keep(type: string, fields: SchemaMap): Promise<void>;
  };
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the whole schema of the site as the script: one call for the types, and one per type for its fields (API
 * 7). A failed type does not affect the others.
 *
 * @throws AppError UPSTREAM_... or SHOTGUN_... if the list of types cannot be read
 */
export async function readLiveSchema(deps: ScriptDoorDeps, options: LiveSchemaOptions): Promise<LiveSchema> {
  const source = createSchemaSource(deps, options.parallelReads);
  try {
    const entityTypes = await source.entityTypes(options.signal);
    const types = Object.keys(entityTypes).sort();
    return { entityTypes, ...(await readFields(source, types, options)) };
  } finally {
    await source.close();
  }
}

async function readFields(
  source: SchemaSource,
  types: readonly string[],
  { parallelReads, onProgress = () => undefined, memory, signal }: LiveSchemaOptions,
): Promise<Omit<LiveSchema, 'entityTypes'>> {
  const known = [...(memory?.known ?? [])].filter(([type]) => types.includes(type));
  const fields = new Map<string, SchemaMap>(known);
  const failed: { type: string; code: ErrorCode }[] = [];
  const waiting = types.filter((type) => !fields.has(type)).values();
  let done = fields.size;
  const work = async (): Promise<void> => {
    for (const type of waiting) {
      if (signal?.aborted === true) return;
      let failure: ErrorCode | null = null;
      try {
        const read = await source.fields(type, signal);
        fields.set(type, read);
        await memory?.keep(type, read);
      } catch (error) {
        failure = toAppError(error).code;
        failed.push({ type, code: failure });
      }
      done += 1;
      onProgress({ type, done, total: types.length, failure });
    }
  };
  await Promise.all(Array.from({ length: parallelReads }, work));
  return { fields, failed };
}
