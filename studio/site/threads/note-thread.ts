import type { Request, Response } from 'express';
import { notFound } from '../http/api-error.ts';
import type { Caller, EntityRef, StoredRecord } from '../ports.ts';
import { entityFields, imageOf, linkWithName, seenRow, typeOf, valuesOf } from './thread-deps.ts';
import type { ThreadDeps } from './thread-deps.ts';

const ORDER = ['Note', 'Attachment', 'Reply'];

/** `GET /entity/notes/<id>/thread_contents`: the note, its files and replies, oldest first (API 9.4). */
export function noteThread(deps: ThreadDeps, req: Request, res: Response): void {
  const caller = deps.callerOf(req, res);
  const type = typeOf(deps, req);
  if (type !== 'Note') throw notFound(`Field '${type}.thread_contents' does not exist.`, 103);
  const note = seenRow(deps, caller, 'Note', req.params.id);
  if (!note) throw notFound(`Note: ${String(req.params.id)} not found`, 104);
  const rows = [note, ...attachmentsOf(deps, note), ...deps.storage.referring('Reply', 'entity', note)];
  rows.sort((a, b) => compare(createdAt(a), createdAt(b)) || rank(a) - rank(b) || a.id - b.id);
  res.json({
    data: rows.map((row) => threadRow(deps, caller, row, req)),
    links: { self: req.originalUrl },
  });
}

function threadRow(deps: ThreadDeps, caller: Caller, row: StoredRecord, req: Request): object {
  const { values, type, id } = row;
  const content = type === 'Attachment' ? {} : { content: values.content ?? null };
  const common = { type, id, ...content, created_at: createdAt(row) };
  if (type === 'Reply') {
    const user = values.user as EntityRef | null | undefined;
    if (!user) return { ...common, user: null };
    const image = imageOf(deps, caller, user);
    return { ...common, user: { ...linkWithName(deps.storage, user), image } };
  }
  const by = values.created_by as EntityRef | null | undefined;
  return {
    ...common,
    created_by: by ? linkWithName(deps.storage, by) : null,
    ...valuesOf(deps, caller, row, entityFields(req, type)),
  };
}

function attachmentsOf({ storage }: ThreadDeps, note: StoredRecord): readonly StoredRecord[] {
  const own = (note.values.attachments as readonly EntityRef[] | undefined) ?? [];
  const rows = own.map(({ type, id }) => storage.get(type, id));
  const all = [...rows, ...storage.referring('Attachment', 'attachment_links', note)];
  return [...new Set(all.filter((row) => row !== undefined && !row.retired))] as StoredRecord[];
}

function createdAt({ values }: StoredRecord): string | null {
  return typeof values.created_at === 'string' ? values.created_at : null;
}

function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : Number(a !== b);
}

function rank({ type }: StoredRecord): number {
  return ORDER.indexOf(type);
}
