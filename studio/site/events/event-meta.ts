import { createHash } from 'node:crypto';
import { imageIdentity } from '../files/file-values.ts';
import { displayNameOf } from '../storage/display-name.ts';
import { linksIn } from '../storage/memory-storage.ts';
import type { Caller, EntityRef, FieldChange, Storage, StoredRecord, StoredValue } from '../ports.ts';

type Meta = Record<string, unknown>;

/** `meta` of a new row (API 9.1). */
export function newEntityMeta({ type, id }: EntityRef): Meta {
  return { type: 'new_entity', entity_type: type, entity_id: id };
}

/** `meta` of one changed field; of a field filled at the creation with `isInCreate`. */
export function changeMeta(
  storage: Storage,
  { type, id }: EntityRef,
  change: FieldChange,
  isInCreate: boolean,
): Meta {
  const described = (value: StoredValue): unknown => describe(storage, value);
  const common = {
    type: 'attribute_change',
    attribute_name: change.field,
    entity_type: type,
    entity_id: id,
    field_data_type: change.dataType,
  };
  const inCreate = isInCreate ? { in_create: true } : {};
  if (change.dataType === 'image') {
    const [before, after] = [imageIdentity(change.oldValue), imageIdentity(change.newValue)];
    // The id of a placeholder never appears as an old value (API 9.1).
    const ids = { old_value: before.isTransient ? null : before.id, new_value: after.id };
    return { ...common, ...ids, is_transient: after.isTransient, platform_id: null, ...inCreate };
  }
  if (change.dataType === 'multi_entity') {
    const { added, removed } = linkChange(change);
    return { ...common, added: added.map(described), removed: removed.map(described), ...inCreate };
  }
  return {
    ...common,
    old_value: described(change.oldValue),
    new_value: described(change.newValue),
    platform_id: null,
    ...inCreate,
  };
}

/** What came to and what left a list of links. */
export function linkChange({ oldValue, newValue }: FieldChange): {
  added: readonly EntityRef[];
  removed: readonly EntityRef[];
} {
  const before = linksIn(oldValue);
  const after = linksIn(newValue);
  const without = (list: readonly EntityRef[], others: readonly EntityRef[]): EntityRef[] =>
    list.filter(({ type, id }) => !others.some((other) => other.type === type && other.id === id));
  return { added: without(after, before), removed: without(before, after) };
}

/** `meta` of a delete. */
export function retirementMeta(record: StoredRecord, at: Date): Meta {
  const { type, id } = record;
  return {
    type: 'entity_retirement',
    class_name: type,
    display_name: displayNameOf(record),
    entity_id: id,
    entity_type: type,
    id,
    retirement_date: retirementDate(at),
  };
}

/** `meta` of a revive. */
export function revivalMeta(record: StoredRecord): Meta {
  const { type, id } = record;
  return {
    type: 'entity_revival',
    class_name: type,
    display_name: displayNameOf(record),
    entity_id: id,
    entity_type: type,
    id,
  };
}

/** `2026-09-04 17:42:34 UTC` (API 2.6). */
export function retirementDate(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The script behind a write under sudo (API 1.5): named like a link. */
export function sudoMeta(storage: Storage, { script, sudoLogin }: Caller): Meta {
  if (!script || sudoLogin === null) return {};
  const name = storage.displayName(script) ?? script.name;
  return { sudo_actual_user: { type: script.type, id: script.id, name } };
}

function describe(storage: Storage, value: StoredValue): unknown {
  if (isFile(value)) return { type: 'Attachment', id: value.id, name: value.name };
  const [link] = Array.isArray(value) ? [] : linksIn(value);
  if (!link) return value;
  const { type, id } = link;
  return {
    type,
    id,
    name: storage.displayName(link),
    status: storage.get(type, id)?.values.sg_status_list ?? null,
    uuid: uuidOf(link),
  };
}

/** Where a file lies is signed for each reader: the log names only the Attachment. */
function isFile(value: StoredValue): value is { id: number; name: string } {
  return typeof value === 'object' && value !== null && 'link_type' in value;
}

/** Always the same for the same row, as a database's would be. */
function uuidOf({ type, id }: EntityRef): string {
  const hex = createHash('md5').update(`${type}:${id}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
