import { formatDateTime } from '../data-types/scalars.ts';
import type { Caller, StoredValue } from '../ports.ts';
import type { EntityDeps } from './entity-deps.ts';

/** Types whose unnamed rows the server names itself (API 5.4). */
const NAMED_BY_SERVER: ReadonlySet<string> = new Set([
  'Version',
  'Shot',
  'Asset',
  'Sequence',
  'Task',
  'Playlist',
  'PublishedFile',
  'Delivery',
]);

const FIXED_DEFAULTS: Readonly<Record<string, Readonly<Record<string, StoredValue>>>> = {
  Task: { color: 'pipeline_step' },
  TaskDependency: { dependency_type: 'finish-to-start-next-day', offset_days: 0 },
  TimeLog: { description: 'New Time Log' },
  Note: { publish_status: 'published' },
  Reply: { publish_status: 'published' },
  HumanUser: { can_impersonate_this_user: true },
};

/** Values that a row of a type has from the start, however it comes to be. */
export function fixedDefaults({ schema }: EntityDeps, type: string): Record<string, StoredValue> {
  const known = Object.entries(FIXED_DEFAULTS[type] ?? {}).filter(
    ([name]) => schema.field(type, name) !== undefined,
  );
  return Object.fromEntries(known);
}

/** Values that a create did not bring and the server fills in (API 5.4). */
export function defaultsFor(
  deps: EntityDeps,
  caller: Caller,
  type: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, StoredValue> {
  const now = formatDateTime(deps.now());
  const filled: Record<string, StoredValue> = {};
  const fill = (name: string, value: StoredValue): void => {
    if (!(name in given) && deps.schema.field(type, name) !== undefined) filled[name] = value;
  };
  for (const field of deps.schema.types.get(type)?.fields.values() ?? []) {
    const hasDefault = field.dataType === 'list' || field.dataType === 'status_list';
    if (hasDefault && field.defaultValue !== null) fill(field.name, field.defaultValue as StoredValue);
  }
  for (const [name, value] of Object.entries(fixedDefaults(deps, type))) fill(name, value);
  if (type === 'TimeLog') fill('date', now.slice(0, 10));
  if (type === 'EventLogEntry') fill('user', { ...caller.actor });
  fill('created_at', now);
  fill('updated_at', now);
  const isAuthorOwn = deps.switches['write.createdByInCreate'] === 'ignored';
  if (isAuthorOwn) filled['created_by'] = { ...caller.actor };
  else fill('created_by', { ...caller.actor });
  fill('updated_by', { ...caller.actor });
  return filled;
}

/** `New Asset 1473`, where the row came without its identity field. */
export function inventedName(deps: EntityDeps, type: string, id: number): Record<string, StoredValue> {
  const field = deps.schema.identityField(type);
  if (field === undefined || !NAMED_BY_SERVER.has(type)) return {};
  const displayName = deps.schema.types.get(type)?.displayName.trim() ?? type;
  return { [field]: `New ${displayName} ${id}` };
}
