import { bare } from '../bare.ts';
import { linksAfter, linkWrite } from '../data-types/link-mode.ts';
import { writeValue } from '../data-types/write-value.ts';
import { notFound } from '../http/api-error.ts';
import { inspect } from '../http/ruby.ts';
import {
  type EntityRef,
  type FieldChange,
  type StoredRecord,
  type StoredValue,
  SiteError,
} from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import { cascadeRetire, cascadeRevive } from './cascades.ts';
import { defaultsFor, inventedName } from './defaults.ts';
import { type Asking, assertRecordId, type EntityDeps } from './entity-deps.ts';
import { assertCreatable, assertEditable, assertNoPromotion, assertTypeWritable } from './field-rules.ts';
import { storeLinks } from './link-store.ts';
import { followOn } from './follow-on.ts';
import { afterTaskWrite } from './reschedule.ts';
import { assertDependency, assertOnlyDependency } from './task-dependencies.ts';
import { linksIn } from '../storage/memory-storage.ts';
import { stampValues } from './stamp.ts';
import { applyTaskTemplate } from './task-template.ts';
import { assertUnique } from './unique.ts';
import { assertViewerValue, isPerViewer } from './viewer-state.ts';

type Body = Readonly<Record<string, unknown>>;

/** Accepted and thrown away (API 5.1). */
const DISCARDED: ReadonlySet<string> = new Set(['cached_display_name']);
/** It is unknown whether the body of a create may set the row's creator (API 5.1). */
const isDiscarded = ({ switches }: EntityDeps, name: string): boolean =>
  DISCARDED.has(name) || (name === 'created_by' && switches['write.createdByInCreate'] === 'ignored');
/** An explicitly empty identity is refused on these (API 5.4). */
const NEEDS_IDENTITY: ReadonlySet<string> = new Set(['Shot', 'Sequence']);

export interface CreateOptions {
  /** A batch creates without the project that a single create demands (API 5.5). */
  readonly isProjectOptional?: boolean;
}

/** Creates a row and its log events. Everything is checked first, permission before values (API 1.5). */
export function createRecord(
  deps: EntityDeps,
  asking: Asking,
  body: Body,
  options: CreateOptions = {},
): StoredRecord {
  const { caller, type } = asking;
  assertTypeWritable(deps, type);
  assertFieldsExist(deps, type, 'create', body);
  const project = deps.schema.field(type, 'project');
  const isProjectDue = project !== undefined && type !== 'Attachment' && options.isProjectOptional !== true;
  if (isProjectDue && body['project'] == null) {
    throw new SiteError(400, 103, `API create() missing 'project' attribute: ${inspect(body)}`, {
      source: {},
    });
  }
  deps.permissions.assertCanCreate(caller, type, body);
  const values = createValues(deps, type, body);
  assertNoPromotion(type, null, values.plain['sg_status_list']);
  assertUnique(deps, { verb: 'create', type, values: values.plain });
  if (type === 'TaskDependency') assertDependency(deps, 'Create', values.plain);
  return deps.storage.transaction(() => {
    const defaults = defaultsFor(deps, caller, type, body);
    const inserted = deps.storage.insert(type, { ...defaults, ...values.plain });
    const identity = deps.schema.identityField(type) ?? '';
    const invented = identity in body ? {} : inventedName(deps, type, inserted.id);
    const record = deps.storage.patch(type, inserted.id, invented);
    for (const [field, links] of values.links) storeLinks(deps, record, field, links);
    const told = { ...defaults, ...values.plain, ...invented };
    // An event that is written by hand is no event of its own.
    if (type !== 'EventLogEntry') {
      deps.events.created(caller, record, createChanges(deps, type, told, values.links));
    }
    applyTaskTemplate(deps, caller, record);
    afterTaskWrite(deps, caller, record, Object.keys(body));
    return record;
  });
}

interface NewValues {
  readonly plain: Record<string, StoredValue>;
  readonly links: Map<FieldModel, readonly EntityRef[]>;
}

function createValues(deps: EntityDeps, type: string, body: Body): NewValues {
  const plain: Record<string, StoredValue> = bare({});
  const links = new Map<FieldModel, readonly EntityRef[]>();
  for (const [name, value] of Object.entries(body)) {
    const field = deps.schema.field(type, name);
    if (field === undefined || isDiscarded(deps, name) || isPerViewer(type, name)) continue;
    assertCreatable(deps, type, name);
    const written = wrapped(`${type}.${name}`, () =>
      writeValue(
        { verb: 'create', type, storage: deps.storage, schema: deps.schema },
        field,
        field.dataType === 'multi_entity' ? linkWrite(value).value : value,
      ),
    );
    if (field.dataType === 'multi_entity') links.set(field, linksAfter('set', [], written as EntityRef[]));
    else plain[name] = written;
  }
  const identity = deps.schema.identityField(type);
  if (identity !== undefined && identity in body && plain[identity] === null && NEEDS_IDENTITY.has(type)) {
    throw new SiteError(
      400,
      104,
      `Create failed for [${type}]: Cannot set identifier field to empty. (${type})`,
    );
  }
  return { plain: { ...plain, ...followOn(deps, type, undefined, plain) }, links };
}

/** Illegal values of a create come wrapped, with an id of their own (API 2.9). */
function wrapped<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isIllegal = error instanceof SiteError && error.title.startsWith(`Update failed for [${place}]`);
    if (!isIllegal) throw error;
    throw new SiteError(400, 104, `Invalid field value, update failed [5 - ${error.title}]`, {
      meta: { crud_error_uuid: crypto.randomUUID() },
    });
  }
}

function createChanges(
  deps: EntityDeps,
  type: string,
  values: Readonly<Record<string, StoredValue>>,
  links: ReadonlyMap<FieldModel, readonly EntityRef[]>,
): FieldChange[] {
  const silent = new Set(['created_at', 'updated_at', 'created_by', 'updated_by']);
  const plain = Object.entries(values).flatMap(([name, newValue]): FieldChange[] => {
    const field = deps.schema.field(type, name);
    if (field === undefined || newValue === null || silent.has(name)) return [];
    return [{ field: name, dataType: field.dataType, oldValue: null, newValue }];
  });
  const linked = [...links].flatMap(([field, newValue]): FieldChange[] =>
    newValue.length === 0 ? [] : [{ field: field.name, dataType: field.dataType, oldValue: [], newValue }],
  );
  return [...plain, ...linked];
}

/** Changes the given fields of a row; one event per field that really changed (API 9.1). */
export function updateRecord(deps: EntityDeps, asking: Asking, id: number, body: Body): StoredRecord {
  const { caller, type } = asking;
  assertTypeWritable(deps, type);
  const record = existing(deps, asking, id);
  assertFieldsExist(deps, type, 'update', body);
  const given = Object.keys(body).filter((name) => !DISCARDED.has(name));
  const names = given.filter((name) => !isPerViewer(type, name));
  for (const name of names) assertEditable(deps, asking, record, name);
  for (const name of given) if (isPerViewer(type, name)) assertViewerValue(type, name, body[name]);
  const changes = plannedChanges(deps, record, body, names);
  for (const name of given.filter((field) => isPerViewer(type, field))) {
    deps.viewers.set(caller, record, name, body[name] as StoredValue);
  }
  if (changes.length === 0) return record;
  if (type === 'TaskDependency') assertDependency(deps, 'Update', plainValues(changes), record);
  return deps.storage.transaction(() => {
    for (const { field, newValue } of changes) {
      if (field.dataType === 'multi_entity') storeLinks(deps, record, field, newValue as EntityRef[]);
      else deps.storage.patch(type, id, { [field.name]: newValue });
    }
    deps.storage.patch(type, id, stampValues(deps, caller, type));
    const told = changes.map(({ field: { name, dataType }, oldValue, newValue }) => ({
      ...{ field: name, dataType, oldValue, newValue },
    }));
    deps.events.changed(caller, record, told);
    afterTaskWrite(
      deps,
      caller,
      record,
      told.map(({ field }) => field),
    );
    return record;
  });
}

const plainValues = (changes: readonly PlannedWrite[]): Record<string, StoredValue> =>
  Object.fromEntries(changes.map(({ field, newValue }) => [field.name, newValue]));

interface PlannedWrite {
  readonly field: FieldModel;
  readonly oldValue: StoredValue;
  readonly newValue: StoredValue;
}

/** What a body really changes, with what the site changes beside it. */
function plannedChanges(
  deps: EntityDeps,
  record: StoredRecord,
  body: Body,
  names: readonly string[],
): PlannedWrite[] {
  const { type, id } = record;
  const asked = names.map((name) => plannedWrite(deps, record, name, body[name]));
  const values = Object.fromEntries(asked.map(({ field, newValue }) => [field.name, newValue]));
  assertNoPromotion(type, record.values['sg_status_list'], values['sg_status_list'] ?? null);
  assertUnique(deps, { verb: 'update', type, values, ownId: id });
  const followed = Object.entries(followOn(deps, type, record, values)).map(
    ([name, newValue]): PlannedWrite => {
      const field = deps.schema.field(type, name) as FieldModel;
      return { field, oldValue: deps.values.value(record, field), newValue };
    },
  );
  const own = asked.filter(({ field }) => !followed.some((other) => other.field.name === field.name));
  return [...own, ...followed].filter(
    ({ field, oldValue, newValue }) => asCompared(field, oldValue) !== asCompared(field, newValue),
  );
}

/** A list of links has no order of its own (API 5.2). */
function asCompared({ dataType }: FieldModel, value: StoredValue): string {
  if (dataType !== 'multi_entity') return JSON.stringify(value);
  return linksIn(value)
    .map(({ type, id }) => `${type}:${id}`)
    .sort()
    .join();
}

function plannedWrite(deps: EntityDeps, record: StoredRecord, name: string, value: unknown): PlannedWrite {
  const field = deps.schema.field(record.type, name) as FieldModel;
  const context = { verb: 'update' as const, type: record.type, storage: deps.storage, schema: deps.schema };
  if (field.dataType !== 'multi_entity') {
    const newValue = writeValue(context, field, value);
    return { field, oldValue: deps.values.value(record, field), newValue };
  }
  const { mode, value: links } = linkWrite(value);
  const before = deps.values.links(record, field);
  const given = writeValue(context, field, links) as EntityRef[];
  return { field, oldValue: before, newValue: linksAfter(mode, before, given) };
}

/** Retires a row with what hangs on it (API 5.1). */
export function deleteRecord(deps: EntityDeps, asking: Asking, id: number): void {
  const orphan = asking.type === 'Reply' ? deps.storage.get('Reply', id) : undefined;
  if (orphan !== undefined && !orphan.retired && orphan.values['entity'] == null) {
    // A reply to nothing breaks the site until an entity is written (API 8, Reply).
    throw new SiteError(400, 104, "undefined method `reflect_on_association' for nil:NilClass");
  }
  const record = existing(deps, asking, id);
  deps.permissions.assertCanDelete(asking.caller, record);
  deps.storage.transaction(() => {
    for (const retired of [record, ...cascadeRetire(deps, record)]) {
      deps.storage.setRetired(retired.type, retired.id, true);
      deps.events.retired(asking.caller, retired);
    }
  });
}

/** @returns false where the row was not retired (API 5.1) */
export function reviveRecord(deps: EntityDeps, asking: Asking, id: number): boolean {
  const record = deps.storage.get(asking.type, id);
  if (record === undefined || !deps.permissions.rowFilter(asking.caller, asking.type)(record)) {
    throw missing(asking.type, id);
  }
  if (!record.retired) return false;
  deps.permissions.assertCanDelete(asking.caller, record);
  if (asking.type === 'TaskDependency') assertOnlyDependency(deps, record);
  deps.storage.transaction(() => {
    for (const revived of [record, ...cascadeRevive(deps, record)]) {
      deps.storage.setRetired(revived.type, revived.id, false);
      deps.events.revived(asking.caller, revived);
    }
  });
  return true;
}

const missing = (type: string, id: number): SiteError =>
  notFound(`Entity of type [${type}] with id=${id} does not exist.`, 104);

function existing(deps: EntityDeps, { caller, type }: Asking, id: number): StoredRecord {
  assertRecordId(id);
  const record = deps.storage.get(type, id);
  const isSeen = record !== undefined && !record.retired && deps.permissions.rowFilter(caller, type)(record);
  if (!isSeen) throw missing(type, id);
  return record;
}

function assertFieldsExist(deps: EntityDeps, type: string, verb: 'create' | 'update', body: Body): void {
  for (const name of Object.keys(body)) {
    if (deps.schema.field(type, name) !== undefined || name === 'read_by_current_user') continue;
    throw new SiteError(400, 103, `API ${verb}() ${type}.${name} doesn't exist.`, { source: {} });
  }
}
