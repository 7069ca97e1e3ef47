import type { Caller, EntityRef, EventLog, Storage, StoredRecord, StoredValue, Switches } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { eventSwitch } from './event-switches.ts';
import { isLogged, tellChanged, tellCreated, tellRetired, tellRevived } from './event-teller.ts';
import type { NewEvent, TellerDeps } from './event-teller.ts';

export interface EventLogDeps {
  readonly storage: Storage;
  readonly schema: SchemaModel;
  readonly now: () => number;
  readonly eventLagMs: number;
  readonly switches?: Switches;
}

export interface SiteEventLog extends EventLog {
  /** False while a row is younger than the lag: reads must then leave it out. True for rows of other types. */
  isVisible(record: StoredRecord): boolean;
  /** `Shotgun_ActionMenuItem_Triggered`; the row's id is the `event_log_entry_id` of a light payload (API 11.2). */
  amiTriggered(
    person: EntityRef,
    payload: Readonly<Record<string, string>>,
    sessionUuid: string,
  ): StoredRecord;
  /** Calls the listener with every new row once its write is done; returns the function that ends it. */
  subscribe(listener: (entry: StoredRecord) => void): () => void;
}

/** With `events.idGaps`, every so many events: ids skipped, or milliseconds an event is seen later. */
const GAP_EVERY = 3;
const GAP_IDS = 2;
const LATE_MS = 2000;

/** The event log of the site (API 9.1): one row per changed field, told as the deed of the acting person. */
export function createEventLog(deps: EventLogDeps): SiteEventLog {
  const { storage, now, eventLagMs } = deps;
  const gaps = eventSwitch(deps.switches ?? {}, 'events.idGaps');
  const visibleAtMs = new Map<number, number>();
  const listeners = new Set<(entry: StoredRecord) => void>();
  let count = 0;
  let lastId: number | null = null;

  /** Only what was kept is told: a batch that fails takes its events back (API 5.5). */
  const announce = (entry: StoredRecord): void => {
    if (storage.get('EventLogEntry', entry.id) !== entry) return;
    for (const listener of listeners) listener(entry);
  };
  const append = (event: NewEvent): StoredRecord => {
    count += 1;
    const isOdd = count % GAP_EVERY === 0;
    const id = gaps === 'never_filled' && isOdd && lastId !== null ? lastId + 1 + GAP_IDS : undefined;
    const entry = storage.insert('EventLogEntry', valuesOf(event, now()), id);
    lastId = entry.id;
    const lagMs = eventLagMs + (gaps === 'late_filled' && isOdd ? LATE_MS : 0);
    if (lagMs > 0) visibleAtMs.set(entry.id, now() + lagMs);
    if (listeners.size > 0) queueMicrotask(() => announce(entry));
    return entry;
  };
  const teller: TellerDeps = {
    storage,
    now,
    isSudoAlwaysLogged: eventSwitch(deps.switches ?? {}, 'events.sudoIsAlwaysLogged') === 'true',
    schema: deps.schema,
  };
  /** Writes what is told, unless the caller is not logged. Events are no subject of events. */
  const log = (caller: Caller, record: StoredRecord, told: () => NewEvent[]): void => {
    if (record.type === 'EventLogEntry' || !isLogged(teller, caller)) return;
    let originalId: number | null = null;
    for (const event of told()) {
      if (event.isReverse) {
        append({ ...event, meta: { ...event.meta, original_event_log_entry_id: originalId } });
      } else originalId = append(event).id;
    }
  };

  return {
    created(caller, record, changes) {
      log(caller, record, () => tellCreated(teller, caller, record, changes));
    },
    changed(caller, record, changes) {
      log(caller, record, () => tellChanged(teller, caller, record, changes));
    },
    retired(caller, record) {
      // The history of a deleted row links to nothing, whoever deleted it (API 9.1).
      for (const entry of storage.referring('EventLogEntry', 'entity', record)) {
        storage.patch('EventLogEntry', entry.id, { entity: null });
      }
      log(caller, record, () => tellRetired(teller, caller, record));
    },
    revived(caller, record) {
      log(caller, record, () => [tellRevived(teller, caller, record)]);
    },
    isVisible(record) {
      if (visibleAtMs.size === 0 || record.type !== 'EventLogEntry') return true;
      const atMs = visibleAtMs.get(record.id);
      if (atMs === undefined) return true;
      if (atMs > now()) return false;
      visibleAtMs.delete(record.id);
      return true;
    },
    amiTriggered(person, payload, sessionUuid) {
      const projectId = Number(payload.project_id);
      return append({
        eventType: 'Shotgun_ActionMenuItem_Triggered',
        attributeName: null,
        meta: { type: 'action_menu_item_triggered', ami_payload: payload },
        entity: null,
        project: projectId > 0 ? { type: 'Project', id: projectId } : null,
        user: person,
        description: `${storage.displayName(person) ?? ''} triggered an Action Menu Item`,
        sessionUuid,
      });
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
