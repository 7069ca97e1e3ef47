import type { Request } from 'express';
import type { StoredRecord, StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { renderPage } from './layout.ts';
import type { WebSession } from './sessions.ts';
import { navigationOf } from './tables.ts';
import type { WebDeps } from './web-deps.ts';

const MAX_SHOWN = 200;

/** The event log: the actor, the action, the acting person and the window; newest first. */
export function eventPage(deps: WebDeps, session: WebSession, request: Request): string {
  const sessionUuid = text(request, 'session_uuid');
  const person = text(request, 'person');
  const isVisible = deps.permissions.rowFilter(session.caller, 'EventLogEntry');
  const visible = [...deps.storage.all('EventLogEntry')].filter(
    (entry) => isVisible(entry) && deps.events.isVisible(entry),
  );
  const entries = visible
    .filter(
      ({ values }) =>
        (sessionUuid === '' || values['session_uuid'] === sessionUuid) &&
        (person === '' || nameOf(deps, values['user']) === person),
    )
    .reverse();
  return renderPage('events', {
    title: 'Event log',
    current: 'EventLogEntry',
    session,
    navigation: navigationOf(deps, session.caller),
    sessionUuid,
    person,
    people: [...new Set(visible.map(({ values }) => nameOf(deps, values['user'])))].sort(),
    total: entries.length,
    entries: entries.slice(0, MAX_SHOWN).map((entry) => view(deps, entry)),
  });
}

/** Writes that carry a window's `session_uuid`: its page shows them as they come (API 1.6). */
export function updatesOf(deps: WebDeps, session: WebSession, request: Request): object {
  const since = Number(text(request, 'since')) || 0;
  const sessionUuid = text(request, 'session_uuid');
  const isVisible = deps.permissions.rowFilter(session.caller, 'EventLogEntry');
  const entries = [...deps.storage.all('EventLogEntry')].filter(
    (entry) =>
      entry.id > since &&
      entry.values['session_uuid'] === sessionUuid &&
      isVisible(entry) &&
      deps.events.isVisible(entry),
  );
  return {
    updates: entries
      .map((entry) => view(deps, entry))
      .filter(({ kind }) => kind !== 'ActionMenuItem_Triggered'),
  };
}

/** Where a page that is drawn now starts to look for updates. */
export function lastEventId({ storage }: WebDeps): number {
  let last = 0;
  for (const { id } of storage.all('EventLogEntry')) last = id;
  return last;
}

function text(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}

function nameOf({ storage }: WebDeps, value: StoredValue | undefined): string {
  const [ref] = linksIn(value);
  return ref === undefined ? '' : (storage.displayName(ref) ?? '');
}

function view(deps: WebDeps, { id, values }: StoredRecord) {
  const meta = (values['meta'] ?? {}) as Readonly<Record<string, unknown>>;
  const [entity] = linksIn(values['entity']);
  const actual = meta['sudo_actual_user'] as { name?: string } | undefined;
  // A chosen menu item is about the rows that were selected.
  const chosen = meta['ami_payload'] as { entity_type?: string; selected_ids?: unknown } | undefined;
  return {
    id,
    time: String(values['created_at'] ?? ''),
    user: nameOf(deps, values['user']),
    script: actual?.name ?? '',
    kind: String(values['event_type'] ?? '').replace(/^Shotgun_/u, ''),
    // Events of a deleted row link to nothing; what it was stands in the meta (API 9.1).
    entityType: entity?.type ?? String(meta['entity_type'] ?? chosen?.entity_type ?? ''),
    entityId: entity?.id ?? meta['entity_id'] ?? short(chosen?.selected_ids),
    entity: nameOf(deps, values['entity']) || String(meta['display_name'] ?? ''),
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
