import type { Caller, EntityRef, EventLog, Storage, StoredRecord } from '../ports.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { createEventRows } from './event-rows.ts';
import type { EventRowDeps } from './event-rows.ts';
import { eventSwitch } from './event-switches.ts';
import { isLogged, tellChanged, tellCreated, tellRetired, tellRevived } from './event-teller.ts';
import type { NewEvent, TellerDeps } from './event-teller.ts';

export interface EventLogDeps extends EventRowDeps {
  readonly schema: SchemaModel;
}

export interface SiteEventLog extends EventLog {
  /** False while a row is younger than the lag: reads must then leave it out. True for rows of other types. */
  isVisible(record: StoredRecord): boolean;
  /** `Shotgun_ActionMenuItem_Triggered`; the row's id is the `event_log_entry_id` of a light payload (API 11.2). */
  amiTriggered(
    person: EntityRef,
    payload: Readonly<Record<string, unknown>>,
    sessionUuid: string,
  ): StoredRecord;
  /** `Shotgun_User_Login` and `Shotgun_User_Logout` of the site's own pages (API 9.1). */
  session(person: EntityRef, action: 'Login' | 'Logout'): void;
  /** Calls the listener with every new row once its write is done; returns the function that ends it. */
  subscribe(listener: (entry: StoredRecord) => void): () => void;
}

/** The event log of the site (API 9.1): one row per changed field, attributed to the acting person. */
export function createEventLog(deps: EventLogDeps): SiteEventLog {
  const { storage, now } = deps;
  const rows = createEventRows(deps);
  const teller: TellerDeps = {
    storage,
    now,
    isSudoAlwaysLogged: eventSwitch(deps.switches ?? {}, 'events.sudoIsAlwaysLogged') === 'true',
    schema: deps.schema,
  };
  /** Writes the events, unless the caller is not logged. Events cause no further events. */
  const log = (caller: Caller, record: StoredRecord, told: () => NewEvent[]): void => {
    if (record.type === 'EventLogEntry' || !isLogged(teller, caller)) return;
    let originalId: number | null = null;
    for (const event of told()) {
      if (event.isReverse) {
        rows.append({ ...event, meta: { ...event.meta, original_event_log_entry_id: originalId } });
      } else originalId = rows.append(event).id;
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
      // The history of a deleted row links to nothing, for any deleter (API 9.1).
      for (const entry of storage.referring('EventLogEntry', 'entity', record)) {
        storage.patch('EventLogEntry', entry.id, { entity: null });
      }
      log(caller, record, () => tellRetired(teller, caller, record));
    },
    revived(caller, record) {
      log(caller, record, () => [tellRevived(teller, caller, record)]);
    },
    isVisible: (record) => rows.isVisible(record),
    amiTriggered(person, payload, sessionUuid) {
      const projectId = Number(payload.project_id);
      return rows.append({
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
    session: (person, action) => void rows.append(sessionEvent(storage, person, action)),
    subscribe: (listener) => rows.subscribe(listener),
  };
}

function sessionEvent(storage: Storage, person: EntityRef, action: 'Login' | 'Logout'): NewEvent {
  return {
    eventType: `Shotgun_User_${action}`,
    attributeName: null,
    meta: { type: `user_${action.toLowerCase()}` },
    entity: person,
    project: null,
    user: person,
    description: `${storage.displayName(person) ?? ''} logged ${action === 'Login' ? 'in' : 'out'}`,
    sessionUuid: null,
  };
}
