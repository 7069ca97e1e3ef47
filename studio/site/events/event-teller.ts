import type { Caller, EntityRef, FieldChange, Storage, StoredRecord } from '../ports.ts';
import {
  changeMeta,
  linkChange,
  nameOf,
  newEntityMeta,
  retirementDate,
  retirementMeta,
  revivalMeta,
  sudoMeta,
} from './event-meta.ts';

/** One row to be written to the log. */
export interface NewEvent {
  readonly eventType: string;
  readonly attributeName: string | null;
  readonly meta: object;
  readonly entity: EntityRef | null;
  readonly project: EntityRef | null;
  readonly user: EntityRef;
  readonly description: string;
  readonly sessionUuid: string | null;
  /** The other end of the change before it: its `meta` names that row's id. */
  readonly isReverse?: boolean;
}

export interface TellerDeps {
  readonly storage: Storage;
  readonly fieldDisplayName: (type: string, field: string) => string;
  /** The field at the other end of the same relation, where there is one (API 5.2). */
  readonly reverseOf: (type: string, field: string, targetType: string) => string | null;
  readonly now: () => number;
  readonly isSudoAlwaysLogged: boolean;
}

/** Server-owned fields, whose change is no event of its own. */
const SILENT_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'cached_display_name',
  'image_blur_hash',
]);
const SILENT_DATA_TYPES: ReadonlySet<string> = new Set(['summary', 'calculated', 'pivot_column', 'uuid']);

/**
 * Whether the writes of a caller are logged at all: a script's own only where its switch is on, and nothing
 * errors where it is off; those under sudo are logged anyway (API 9.1).
 */
export function isLogged({ storage, isSudoAlwaysLogged }: TellerDeps, caller: Caller): boolean {
  if (!caller.script || (caller.sudoLogin !== null && isSudoAlwaysLogged)) return true;
  return storage.get('ApiUser', caller.script.id)?.values.generate_event_log_entries === true;
}

/** Events of a create: the row itself, then every field that got a value, sent or defaulted. */
export function tellCreated(
  deps: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  changes: readonly FieldChange[],
): NewEvent[] {
  const { storage } = deps;
  const row = tell(deps, caller, record, {
    action: 'New',
    meta: newEntityMeta(record),
    sentence: `created new ${record.type} ${nameOf(storage, record)}`,
  });
  const filled = changes.filter(({ newValue }) => !isEmpty(newValue));
  return [row, ...filled.flatMap((change) => tellChange(deps, caller, record, { change, isInCreate: true }))];
}

/** Events of an update: one of each changed field. */
export function tellChanged(
  deps: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  changes: readonly FieldChange[],
): NewEvent[] {
  return changes.flatMap((change) => tellChange(deps, caller, record, { change, isInCreate: false }));
}

/** Events of a delete. The row lives no more, so that no event of it links to it (API 9.1). */
export function tellRetired(deps: TellerDeps, caller: Caller, record: StoredRecord): NewEvent[] {
  const at = new Date(deps.now());
  const name = nameOf(deps.storage, record);
  const change = {
    field: 'retirement_date',
    dataType: 'date_time',
    oldValue: null,
    newValue: retirementDate(at),
  };
  const events = [
    tell(deps, caller, record, {
      action: 'Retirement',
      meta: retirementMeta(deps.storage, record, at),
      sentence: `deleted ${record.type} ${name}`,
    }),
    tell(deps, caller, record, {
      action: 'Change',
      field: change.field,
      meta: changeMeta(deps.storage, record, change, false),
      sentence: `changed "Retirement Date" to "${change.newValue}" on ${record.type} ${name}`,
    }),
  ];
  return events.map((event) => ({ ...event, entity: null }));
}

export function tellRevived(deps: TellerDeps, caller: Caller, record: StoredRecord): NewEvent {
  return tell(deps, caller, record, {
    action: 'Revival',
    meta: revivalMeta(deps.storage, record),
    sentence: `revived ${record.type} ${nameOf(deps.storage, record)}`,
  });
}

interface Telling {
  readonly action: 'New' | 'Change' | 'Retirement' | 'Revival';
  readonly field?: string;
  readonly meta: object;
  /** What follows the name of the acting person. */
  readonly sentence: string;
}

function tell(
  { storage }: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  { action, field, meta, sentence }: Telling,
): NewEvent {
  return {
    eventType: `Shotgun_${record.type}_${action}`,
    attributeName: field ?? null,
    meta: { ...meta, ...sudoMeta(storage, caller) },
    entity: { type: record.type, id: record.id },
    project: projectOf(storage, record),
    user: caller.actor,
    description: `${storage.displayName(caller.actor) ?? ''} ${sentence}`,
    sessionUuid: caller.sessionUuid,
  };
}

function tellChange(
  deps: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  { change, isInCreate }: { change: FieldChange; isInCreate: boolean },
): NewEvent[] {
  if (SILENT_FIELDS.has(change.field) || SILENT_DATA_TYPES.has(change.dataType)) return [];
  const { storage } = deps;
  const label = deps.fieldDisplayName(record.type, change.field);
  const row = tell(deps, caller, record, {
    action: 'Change',
    field: change.field,
    meta: changeMeta(storage, record, change, isInCreate),
    sentence: `changed "${label}" ${changeText(storage, change)} on ${record.type} ${nameOf(storage, record)}`,
  });
  return [row, ...tellReverse(deps, caller, record, change)];
}

/** A change of a set of links is told at the other end too, as a change of that row (API 9.1). */
function tellReverse(
  deps: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  change: FieldChange,
): NewEvent[] {
  if (change.dataType !== 'multi_entity') return [];
  const { added, removed } = linkChange(change);
  const here = { type: record.type, id: record.id };
  const at = (target: EntityRef, oldValue: EntityRef[], newValue: EntityRef[]): NewEvent[] => {
    const field = deps.reverseOf(record.type, change.field, target.type);
    const row = deps.storage.get(target.type, target.id);
    if (field === null || !row) return [];
    const other = { field, dataType: 'multi_entity', oldValue, newValue };
    const name = nameOf(deps.storage, row);
    const label = deps.fieldDisplayName(row.type, field);
    const event = tell(deps, caller, row, {
      action: 'Change',
      field,
      meta: changeMeta(deps.storage, row, other, false),
      sentence: `changed "${label}" ${changeText(deps.storage, other)} on ${row.type} ${name}`,
    });
    return [{ ...event, isReverse: true }];
  };
  return [
    ...added.flatMap((target) => at(target, [], [here])),
    ...removed.flatMap((target) => at(target, [here], [])),
  ];
}

function changeText(storage: Storage, change: FieldChange): string {
  if (change.dataType === 'multi_entity') {
    const { added, removed } = linkChange(change);
    const names = (links: readonly EntityRef[]): string =>
      links.map((link) => valueText(storage, link)).join(', ');
    const parts = [
      added.length > 0 ? `added ${names(added)}` : '',
      removed.length > 0 ? `removed ${names(removed)}` : '',
    ];
    return `(${parts.filter((part) => part !== '').join('; ')})`;
  }
  return `from ${valueText(storage, change.oldValue)} to ${valueText(storage, change.newValue)}`;
}

function valueText(storage: Storage, value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value !== 'object') return `"${String(value)}"`;
  if ('type' in value && 'id' in value && !('link_type' in value)) {
    return `"${storage.displayName(value as EntityRef) ?? ''}"`;
  }
  return JSON.stringify(value);
}

/** The project of a row: its own, itself, or that of what it hangs on. */
function projectOf(storage: Storage, record: StoredRecord): EntityRef | null {
  if (record.type === 'Project') return { type: 'Project', id: record.id };
  const { project, entity } = record.values as Readonly<Record<string, EntityRef | null | undefined>>;
  if (project) return { type: project.type, id: project.id };
  const parent = record.type === 'Reply' && entity ? storage.get(entity.type, entity.id) : undefined;
  return parent && parent.type !== 'Reply' ? projectOf(storage, parent) : null;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)
  );
}
