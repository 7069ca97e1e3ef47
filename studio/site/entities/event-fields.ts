import { eventSwitch } from '../events/event-switches.ts';
import type { EntityDeps } from './entity-deps.ts';

/** What tools say of an event of their own; whether REST takes it is unknown (API 9.1). */
const OWN_FIELDS: ReadonlySet<string> = new Set(['event_type', 'description', 'meta', 'entity', 'user']);

/** An entry of the log can be made, of a project at least, and is permanent, though all its fields are read-only. */
export function isWrittenInCreate({ switches }: EntityDeps, type: string, field: string): boolean {
  if (type !== 'EventLogEntry') return false;
  if (field === 'project') return true;
  return OWN_FIELDS.has(field) && eventSwitch(switches, 'events.fieldsInCreate') === 'accepted';
}
