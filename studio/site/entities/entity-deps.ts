import type { Request } from 'express';
import { invalidParameters } from '../http/api-error.ts';
import type { RecordValues } from '../data-types/record-values.ts';
import type { Caller, Permissions, Storage, StoredRecord, Switches } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import type { ViewerState } from './viewer-state.ts';
import type { SiteEventLog } from '../events/event-log.ts';

/** What the entity routes are made of. */
export interface EntityDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly values: RecordValues;
  readonly permissions: Permissions;
  readonly events: SiteEventLog;
  readonly now: () => number;
  readonly switches: Switches;
  /** The value of an image or file field as this caller reads it: presigned at each read (API 6.3). */
  readonly readFile: (caller: Caller, value: unknown) => unknown;
  readonly callerOf: (request: Request) => Caller;
  readonly viewers: ViewerState;
}

/** One request's view of the site: the caller and the entity type. */
export interface Asking {
  readonly caller: Caller;
  readonly type: string;
  /** `/api/v1` or `/api/v1.1`, as the request was made. */
  readonly prefix: string;
}

/** 0 and what is below it is refused before anything is looked for; what is no number is merely absent (API 2.8). */
export function assertRecordId(id: number): void {
  if (id <= 0) throw invalidParameters({ record_id: ['record_id must be greater than 0'] });
}

/** Rows of these types without a project are unreadable for everyone: a batch can create them (API 5.5). */
const NEEDS_PROJECT: ReadonlySet<string> = new Set([
  'Sequence',
  'Shot',
  'Asset',
  'Version',
  'Playlist',
  'PublishedFile',
  'Task',
  'Note',
]);

/** Rows of a type that this caller may see, events younger than the lag left out. */
export function visibleTo(
  { permissions, events, schema }: EntityDeps,
  { caller, type }: Asking,
): (row: StoredRecord) => boolean {
  const mayRead = permissions.rowFilter(caller, type);
  if (type === 'EventLogEntry') return (row) => events.isVisible(row) && mayRead(row);
  const isLost = NEEDS_PROJECT.has(type) && schema.field(type, 'project') !== undefined;
  return isLost ? (row) => row.values['project'] != null && mayRead(row) : mayRead;
}
