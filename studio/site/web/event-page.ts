import type { Request } from 'express';
import type { StoredRecord } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { renderPage } from './layout.ts';
import type { WebSession } from './sessions.ts';
import type { WebDeps } from './web-deps.ts';

const MAX_SHOWN = 200;

/** The event log: who did what, as whom, from which window; newest first. */
export function eventPage(deps: WebDeps, session: WebSession, request: Request): string {
  const sessionUuid = text(request, 'session_uuid');
  const person = text(request, 'person');
  const isVisible = deps.permissions.rowFilter(session.caller, 'EventLogEntry');
  const entries = [...deps.storage.all('EventLogEntry')]
    .filter((entry) => isVisible(entry) && deps.events.isVisible(entry))
    .map((entry) => view(deps, entry))
    .filter(
      (entry) =>
        (sessionUuid === '' || entry.sessionUuid === sessionUuid) && (person === '' || entry.user === person),
    )
    .reverse();
  return renderPage('events', {
    title: 'Event log',
    current: 'EventLogEntry',
    session,
    sessionUuid,
    person,
    people: [...new Set(entries.map(({ user }) => user))].sort(),
    entries: entries.slice(0, MAX_SHOWN),
  });
}

/** Writes that carry a window's `session_uuid`: its page shows them as they come (API 1.6). */
export function updatesOf(deps: WebDeps, request: Request): object {
  const since = Number(text(request, 'since')) || 0;
  const sessionUuid = text(request, 'session_uuid');
  const entries = [...deps.storage.all('EventLogEntry')].filter(
    (entry) =>
      entry.id > since && entry.values['session_uuid'] === sessionUuid && deps.events.isVisible(entry),
  );
  return {
    updates: entries
      .map((entry) => view(deps, entry))
      .filter(({ kind }) => kind !== 'ActionMenuItem_Triggered'),
  };
}

function text(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}

function view({ storage }: WebDeps, { id, values }: StoredRecord) {
  const meta = (values['meta'] ?? {}) as Readonly<Record<string, unknown>>;
  const name = (field: string): string => {
    const [ref] = linksIn(values[field]);
    return ref === undefined ? '' : (storage.displayName(ref) ?? '');
  };
  const [entity] = linksIn(values['entity']);
  const actual = meta['sudo_actual_user'] as { name?: string } | undefined;
  return {
    id,
    time: String(values['created_at'] ?? ''),
    user: name('user'),
    script: actual?.name ?? '',
    kind: String(values['event_type'] ?? '').replace(/^Shotgun_/u, ''),
    entityType: entity?.type ?? '',
    entityId: entity?.id ?? null,
    entity: name('entity'),
    field: String(values['attribute_name'] ?? ''),
    oldValue: short(meta['old_value']),
    newValue: short(meta['new_value'] ?? meta['added']),
    sessionUuid: String(values['session_uuid'] ?? ''),
  };
}

function short(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(short).join(', ');
  if (typeof value === 'object')
    return String((value as { name?: unknown }).name ?? JSON.stringify(value)).slice(0, 80);
  return String(value).slice(0, 80);
}
