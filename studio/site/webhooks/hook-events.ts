import { textOf } from '../auth/people.ts';
import type { EntityRef, StoredRecord } from '../ports.ts';
import type { DeliveredEvent, Hook, Operation } from './hook.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  New: 'create',
  Change: 'update',
  Retirement: 'delete',
  Revival: 'revive',
};
/** Hooks on these are accepted and never called (API 10.1). */
const NEVER_DELIVERED = /^(ApiUser|EventLogEntry|.*Connection)$/;

interface EventMeta {
  readonly type?: string;
  readonly entity_type?: string;
  readonly entity_id?: number;
  readonly in_create?: boolean;
}

/** The event of a row of the log, as it is delivered (API 10.1). */
export function deliveredEvent(entry: StoredRecord, nowMs: number): DeliveredEvent {
  const { values } = entry;
  const eventType = textOf(entry, 'event_type');
  const meta = (values.meta ?? {}) as EventMeta;
  const isEntityEvent = meta.entity_type !== undefined;
  const operation = (isEntityEvent && OPERATIONS[eventType.slice(eventType.lastIndexOf('_') + 1)]) || null;
  return {
    operation,
    payload: {
      id: `${entry.id}.0.0`,
      event_log_entry_id: entry.id,
      event_type: eventType,
      operation,
      user: values.user ?? null,
      // The log forgets the entity of a deleted row; `meta` still names it.
      entity: isEntityEvent ? { type: meta.entity_type, id: meta.entity_id } : (values.entity ?? null),
      project: values.project ?? null,
      meta: values.meta ?? {},
      created_at: `${new Date(nowMs).toISOString().replace('T', ' ').slice(0, -1)}000`,
      attribute_name: values.attribute_name ?? null,
      session_uuid: values.session_uuid ?? null,
    },
  };
}

/** Whether a hook asked for an event. */
export function isWanted(hook: Hook, event: DeliveredEvent): boolean {
  const { payload, operation } = event;
  const project = payload.project as EntityRef | null;
  if (hook.projects !== null && !(project && hook.projects.includes(project.id))) return false;
  if (hook.eventType !== null) return hook.eventType === payload.event_type;
  const entity = payload.entity as EntityRef | null;
  if (!entity || !operation || NEVER_DELIVERED.test(entity.type)) return false;
  const fields = hook.entityTypes?.[entity.type]?.[operation];
  if (!fields) return false;
  if (operation !== 'update') return true;
  // Fields that the creation set do not fire updates (API 10.1).
  if ((payload.meta as EventMeta).in_create === true || payload.attribute_name === 'retirement_date')
    return false;
  return fields.length === 0 || fields.includes(String(payload.attribute_name));
}

/** A hook's notification about its own change of state; it belongs to no row of the log (API 10.2). */
export function statusEvent(hook: Hook, previous: string, nowMs: number): DeliveredEvent {
  return {
    operation: null,
    payload: {
      id: '0',
      event_log_entry_id: 0,
      event_type: 'Webhook_Status_Change',
      webhook_status: hook.status,
      previous_webhook_status: previous,
      meta: { type: 'webhook_status_change' },
      created_at: `${new Date(nowMs).toISOString().replace('T', ' ').slice(0, -1)}000`,
    },
  };
}
