import type { Caller, EntityRef, FieldChange, Storage, StoredRecord, StoredValue } from '../ports.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { displayNameOf } from '../storage/display-name.ts';
import {
  changeMeta,
  linkChange,
  newEntityMeta,
  retirementDate,
  retirementMeta,
  revivalMeta,
  sudoMeta,
} from './event-meta.ts';
import { reverseField } from './reverse-field.ts';

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
  readonly schema: SchemaModel;
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
  const row = tell(deps, caller, record, {
    action: 'New',
    meta: newEntityMeta(record),
    sentence: `created new ${record.type} ${displayNameOf(record)}`,
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
  const name = displayNameOf(record);
  const change = {
    field: 'retirement_date',
    dataType: 'date_time',
    oldValue: null,
    newValue: retirementDate(at),
  };
  const events = [
    tell(deps, caller, record, {
      action: 'Retirement',
      meta: retirementMeta(record, at),
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
    meta: revivalMeta(record),
    sentence: `revived ${record.type} ${displayNameOf(record)}`,
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
  const label = deps.schema.field(record.type, change.field)?.displayName ?? change.field;
  const row = tell(deps, caller, record, {
    action: 'Change',
    field: change.field,
    meta: changeMeta(storage, record, change, isInCreate),
    sentence: `changed "${label}" ${changeText(storage, change)} on ${record.type} ${displayNameOf(record)}`,
  });
  // A Task is born with its parent: nothing moved.
  if (isInCreate && isMoveOfTask(record, change)) return [row];
  return [row, ...tellReverse(deps, caller, record, change)];
}

/** A change of a set of links is also logged at the other end, as a change of that row (API 9.1). */
function tellReverse(
  deps: TellerDeps,
  caller: Caller,
  record: StoredRecord,
  change: FieldChange,
): NewEvent[] {
  if (change.dataType !== 'multi_entity' && !isMoveOfTask(record, change)) return [];
  const { storage, schema } = deps;
  const here = { type: record.type, id: record.id };
  const at = (target: EntityRef, isAdded: boolean): NewEvent[] => {
    const field = reverseField(schema, { type: record.type, field: change.field }, target.type);
    const row = storage.get(target.type, target.id);
    if (!field || !row || row.retired) return [];
    const [none, link] = field.dataType === 'multi_entity' ? [[], [here]] : [null, here];
    const [oldValue, newValue] = isAdded ? [none, link] : [link, none];
    const other: FieldChange = { field: field.name, dataType: field.dataType, oldValue, newValue };
    const event = tell(deps, caller, row, {
      action: 'Change',
      field: field.name,
      meta: changeMeta(storage, row, other, false),
      sentence: `changed "${field.displayName}" ${changeText(storage, other)} on ${row.type} ${displayNameOf(row)}`,
    });
    return [{ ...event, isReverse: true }];
  };
  const { added, removed } = linkChange(asLists(change));
  return [...added.flatMap((target) => at(target, true)), ...removed.flatMap((target) => at(target, false))];
}

/** The one single link whose change is also logged at its ends: a Task that moves to another parent. */
const isMoveOfTask = ({ type }: StoredRecord, { field, dataType }: FieldChange): boolean =>
  type === 'Task' && field === 'entity' && dataType === 'entity';

const asLists = ({ oldValue, newValue, ...change }: FieldChange): FieldChange => ({
  ...change,
  oldValue: linksIn(oldValue),
  newValue: linksIn(newValue),
});

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

function valueText(storage: Storage, value: StoredValue): string {
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return `"${String(value)}"`;
  const [link] = Array.isArray(value) ? [] : linksIn(value);
  return link ? `"${storage.displayName(link) ?? ''}"` : JSON.stringify(value);
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
