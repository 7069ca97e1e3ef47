import { z } from 'zod';
import { anyRecord } from '../../site/by-name.ts';
import { AppError } from '../../base/errors.ts';
import type { HttpAnswer } from '../wire/http-call.ts';
import { ScriptDoor } from './script-door.ts';
import type { ScriptDoorDeps } from './script-door.ts';

/** The wire form of API 7, by name. */
export type SchemaMap = Readonly<Record<string, unknown>>;

/** The schema of the site, call by call. */
export interface SchemaSource {
  /** `data` of `GET /schema`: the enabled types. */
  entityTypes(signal?: AbortSignal): Promise<SchemaMap>;
  /** `data` of `GET /schema/<Type>/fields`. */
  fields(type: string, signal?: AbortSignal): Promise<SchemaMap>;
  close(): Promise<void>;
}

const ANSWER = z.object({ data: anyRecord });

/** Reads as the script: the schema is about no person, and the script sees all of it. */
export function createSchemaSource(deps: ScriptDoorDeps, maxConnections: number): SchemaSource {
  const door = new ScriptDoor(deps, maxConnections);
  const read = async (
    path: '/schema' | `/schema/${string}/fields`,
    signal?: AbortSignal,
  ): Promise<SchemaMap> =>
    parse(
      await door.read(
        { door: 'schema' },
        { method: 'GET', path, operation: 'schema', isRepeatable: true },
        signal,
      ),
    );
  return {
    entityTypes: (signal) => read('/schema', signal),
    fields: (type, signal) => read(`/schema/${encodeURIComponent(type)}/fields`, signal),
    close: () => door.close(),
  };
}

function parse(answer: HttpAnswer): SchemaMap {
  const parsed = ANSWER.safeParse(answer.body);
  if (!parsed.success) throw new AppError('UPSTREAM_BROKEN');
  return parsed.data.data;
}
