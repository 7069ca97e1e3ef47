import type { Storage, StoredRecord, StoredValue, Switches } from '../ports.ts';
import { eventSwitch } from './event-switches.ts';
import type { NewEvent } from './event-teller.ts';

export interface EventRowDeps {
  readonly storage: Storage;
  readonly now: () => number;
  readonly eventLagMs: number;
  readonly switches?: Switches;
}

export interface EventRows {
  append(event: NewEvent): StoredRecord;
  isVisible(record: StoredRecord): boolean;
  subscribe(listener: (entry: StoredRecord) => void): () => void;
}

/** With `events.idGaps`, every so many events: ids skipped, or milliseconds an event is seen later. */
const GAP_EVERY = 3;
const GAP_IDS = 2;
const LATE_MS = 2000;

/** The rows of the log: written at once, visible after a lag, sent to listeners once they are kept. */
export function createEventRows({ storage, now, eventLagMs, switches }: EventRowDeps): EventRows {
  const gaps = eventSwitch(switches ?? {}, 'events.idGaps');
  const visibleAtMs = new Map<number, number>();
  const listeners = new Set<(entry: StoredRecord) => void>();
  let count = 0;
  let lastId: number | null = null;

  /** Sends only kept events: a batch that fails takes its events back (API 5.5). */
  const announce = (entry: StoredRecord): void => {
    if (storage.get('EventLogEntry', entry.id) !== entry) return;
    for (const listener of listeners) listener(entry);
  };
  return {
    append(event) {
      count += 1;
      const isOdd = count % GAP_EVERY === 0;
      const id = gaps === 'never_filled' && isOdd && lastId !== null ? lastId + 1 + GAP_IDS : undefined;
      const entry = storage.insert('EventLogEntry', valuesOf(event, now()), id);
      lastId = entry.id;
      const lagMs = eventLagMs + (gaps === 'late_filled' && isOdd ? LATE_MS : 0);
      if (lagMs > 0) visibleAtMs.set(entry.id, now() + lagMs);
      if (listeners.size > 0) queueMicrotask(() => announce(entry));
      return entry;
    },
    isVisible(record) {
      if (visibleAtMs.size === 0 || record.type !== 'EventLogEntry') return true;
      const atMs = visibleAtMs.get(record.id);
      if (atMs === undefined) return true;
      if (atMs > now()) return false;
      visibleAtMs.delete(record.id);
      return true;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function valuesOf(event: NewEvent, nowMs: number): Record<string, StoredValue> {
  return {
    event_type: event.eventType,
    attribute_name: event.attributeName,
    meta: event.meta,
    entity: event.entity,
    project: event.project,
    user: event.user,
    description: event.description,
    session_uuid: event.sessionUuid,
    created_at: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
  };
}
