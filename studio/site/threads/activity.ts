import type { Request, Response } from 'express';
import { textOf } from '../auth/people.ts';
import { invalidParameters, serverError } from '../http/api-error.ts';
import type { Caller, EntityRef, StoredRecord } from '../ports.ts';
import { displayNameOf } from '../storage/display-name.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { entityFields, imageOf, linkWithName, seenRow, typeOf, valuesOf } from './thread-deps.ts';
import type { ThreadDeps } from './thread-deps.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 500;
/** Links by which an event of a row also appears in the stream of another. */
const STREAM_LINKS = ['entity', 'note_links', 'tasks', 'sg_task', 'project'];

interface Window {
  readonly limit: number;
  readonly minId: number;
  readonly maxId: number;
}

/** `GET /entity/<types>/<id>/activity_stream`: a window of what happened at a row, newest first (API 9.2). */
export function activityStream(deps: ThreadDeps, req: Request, res: Response): void {
  const caller = deps.callerOf(req, res);
  const type = typeOf(deps, req);
  const row = seenRow(deps, caller, type, req.params.id);
  // A record that is not there breaks the site here (API 9.2).
  if (!row) throw serverError();
  const window = windowOf(req);
  const updates: object[] = [];
  let latestId = 0;
  let earliestId = 0;
  const entries = [...deps.storage.all('EventLogEntry')].filter(deps.isEventVisible).toReversed();
  for (const entry of entries) {
    latestId = Math.max(latestId, entry.id);
    if (entry.id <= window.minId || entry.id >= window.maxId || updates.length >= window.limit) continue;
    const update = updateOf(deps, caller, { entry, row, req });
    if (update) {
      updates.push(update);
      earliestId = entry.id;
    }
  }
  const data = { entity_type: type, entity_id: row.id, latest_update_id: latestId };
  res.json({ data: { ...data, earliest_update_id: earliestId, updates }, links: { self: req.originalUrl } });
}

function updateOf(
  deps: ThreadDeps,
  caller: Caller,
  { entry, row, req }: { entry: StoredRecord; row: StoredRecord; req: Request },
): object | null {
  const { storage } = deps;
  const updateType = updateTypeOf(entry);
  const subject = subjectOf(deps, entry);
  if (!updateType || !subject || !belongsTo(deps, entry, subject, row)) return null;
  const primary = storage.get(subject.type, subject.id);
  if (!primary || !deps.permissions.rowFilter(caller, subject.type)(primary)) return null;
  const by = entry.values.user as EntityRef | null | undefined;
  const author = by ? storage.get(by.type, by.id) : undefined;
  return {
    id: entry.id,
    update_type: updateType,
    meta: entry.values.meta ?? null,
    created_at: entry.values.created_at ?? null,
    read: false,
    primary_entity: {
      ...linkWithName(storage, subject),
      // A deleted row's name remains only in the log.
      ...(primary.retired && { name: displayNameOf(primary) }),
      status: primary.values.sg_status_list ?? null,
      ...valuesOf(deps, caller, primary, entityFields(req, subject.type)),
    },
    created_by: by && {
      ...linkWithName(storage, by),
      status: author?.values.sg_status_list ?? null,
      image: imageOf(deps, caller, by),
    },
  };
}

function updateTypeOf(entry: StoredRecord): string | null {
  const event = textOf(entry, 'event_type');
  const meta = entry.values.meta as { in_create?: boolean } | null;
  if (event === 'Shotgun_Reply_New') return 'create_reply';
  if (event.endsWith('_New')) return 'create';
  if (event.endsWith('_Retirement')) return 'delete';
  return event.endsWith('_Change') && meta?.in_create !== true ? 'update' : null;
}

/** The subject of an event; a reply appears as its note. A deleted row is named only by `meta`. */
function subjectOf({ storage }: ThreadDeps, { values }: StoredRecord): EntityRef | null {
  const meta = values.meta as { entity_type?: string; entity_id?: number } | null;
  if (typeof meta?.entity_type !== 'string' || typeof meta.entity_id !== 'number') return null;
  if (meta.entity_type !== 'Reply') return { type: meta.entity_type, id: meta.entity_id };
  return (storage.get('Reply', meta.entity_id)?.values.entity as EntityRef | undefined) ?? null;
}

function belongsTo(
  { storage }: ThreadDeps,
  entry: StoredRecord,
  subject: EntityRef,
  row: StoredRecord,
): boolean {
  const isRow = (ref: EntityRef): boolean => ref.type === row.type && ref.id === row.id;
  // The stream of a person is what they did, not what they follow (API 9.2).
  if (row.type === 'HumanUser') return linksIn(entry.values.user).some(isRow);
  if (isRow(subject)) return true;
  const values = storage.get(subject.type, subject.id)?.values ?? {};
  return STREAM_LINKS.some((field) => linksIn(values[field]).some(isRow));
}

function windowOf(req: Request): Window {
  const { limit, min_id: minId, max_id: maxId } = req.query;
  const size = limit === undefined ? DEFAULT_LIMIT : Number(limit);
  if (!Number.isInteger(size) || size < 1)
    throw invalidParameters({ limit: ['limit must be greater than 0'] });
  if (size > MAX_LIMIT) throw invalidParameters({ limit: [`limit must be less than ${MAX_LIMIT}`] });
  return { limit: size, minId: Number(minId ?? 0), maxId: Number(maxId ?? Infinity) };
}
