import type { Request, Response } from 'express';
import type { Caller, EntityRef, Permissions, Storage, StoredRecord } from '../ports.ts';
import { notFound } from '../http/api-error.ts';

export interface ThreadDeps {
  readonly storage: Storage;
  readonly permissions: Permissions;
  /** The caller of a request; throws 401. */
  readonly callerOf: (req: Request, res: Response) => Caller;
  /** Schema name of a type by any spelling of a path segment (API 2.2). */
  readonly typeOfPath: (segment: string) => string | undefined;
  /** The value of a field as this caller reads it; undefined where they see no such field. */
  readonly readValue: (caller: Caller, row: StoredRecord, field: string) => unknown;
  /** False while an event is younger than the log's lag. */
  readonly isEventVisible: (entry: StoredRecord) => boolean;
}

/** A link as these routes give it. */
export function linkWithName(storage: Storage, ref: EntityRef): EntityRef & { name: string | null } {
  return { type: ref.type, id: ref.id, name: storage.displayName(ref) };
}

/** The type that a path names; throws 404 / 103. */
export function typeOf({ typeOfPath }: ThreadDeps, req: Request): string {
  const segment = String(req.params.types);
  const type = typeOfPath(segment);
  if (type === undefined) throw notFound(`Entity type '${segment}' does not exist.`, 103);
  return type;
}

/** The live row of a path that the caller may see, if there is one. */
export function seenRow(
  deps: ThreadDeps,
  caller: Caller,
  type: string,
  id: unknown,
): StoredRecord | undefined {
  deps.permissions.assertTypeReadable(caller, type);
  const row = deps.storage.get(type, Number(id));
  return row && !row.retired && deps.permissions.rowFilter(caller, type)(row) ? row : undefined;
}

/** `entity_fields[Type]=a,b` of the query: further fields of the rows of a type. */
export function entityFields(req: Request, type: string): readonly string[] {
  const start = req.originalUrl.indexOf('?');
  const query = new URLSearchParams(start < 0 ? '' : req.originalUrl.slice(start));
  return (query.get(`entity_fields[${type}]`) ?? '').split(',').filter((field) => field !== '');
}

/** Values of further fields of a row, those that the caller may read. */
export function valuesOf(
  { readValue }: ThreadDeps,
  caller: Caller,
  row: StoredRecord,
  fields: readonly string[],
): Record<string, unknown> {
  const values = fields.map((field) => [field, readValue(caller, row, field)] as const);
  return Object.fromEntries(
    values.flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
}

/** The author's picture. */
export function imageOf(
  { storage, readValue }: ThreadDeps,
  caller: Caller,
  { type, id }: EntityRef,
): unknown {
  const row = storage.get(type, id);
  return row === undefined ? null : (readValue(caller, row, 'image') ?? null);
}
