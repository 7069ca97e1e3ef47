import type { EntityRef, Storage, StoredRecord, StoredValue, Switches } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';
import { displayNameOf } from '../storage/display-name.ts';
import { linksIn } from '../storage/memory-storage.ts';

/** The value of a field of a row as filters, sorting and reads see it: computed where it is not stored. */
export interface RecordValues {
  value(record: StoredRecord, field: FieldModel): StoredValue;
  /** The live targets of a link field, in no order; for any other field none. */
  links(record: StoredRecord, field: FieldModel): readonly EntityRef[];
  /** The live target of a single link. */
  link(record: StoredRecord, field: FieldModel): EntityRef | undefined;
}

/** Numbers that repeat the id of a link (API 8, TaskDependency). */
const LINK_IDS: Readonly<Record<string, string>> = {
  'TaskDependency.task_id': 'task',
  'TaskDependency.dependent_task_id': 'dependent_task',
};
const CLOSED_NOTE_STATUSES: ReadonlySet<unknown> = new Set(['clsd', 'dis']);

export function createRecordValues(
  storage: Storage,
  schema: SchemaModel,
  switches: Switches = {},
): RecordValues {
  const isByName = (switches['read.linkOrder'] ?? 'name') === 'name';
  const isLive = (ref: EntityRef): boolean => {
    const target = storage.get(ref.type, ref.id);
    return target !== undefined && !target.retired;
  };

  const links = (record: StoredRecord, field: FieldModel): readonly EntityRef[] => {
    const relation = schema.relation(record.type, field.name);
    // Deleted targets vanish from every link (API 2.4).
    if (relation === undefined) return linksIn(record.values[field.name]).filter(isLive);
    if (relation.kind === 'reverse') {
      const rows = storage.referring(relation.type, relation.field, record);
      return (field.name === 'open_notes' ? rows.filter(isOpenNote) : rows).map(refOf);
    }
    const ends = storage
      .referring(relation.type, relation.near, record)
      .flatMap((connection) => linksIn(connection.values[relation.far]))
      .filter(isLive);
    return uniqueRefs(ends);
  };

  const link = (record: StoredRecord, field: FieldModel): EntityRef | undefined => {
    if (schema.relation(record.type, field.name) !== undefined) return links(record, field)[0];
    const [ref] = linksIn(record.values[field.name]);
    return ref !== undefined && isLive(ref) ? ref : undefined;
  };

  const value = (record: StoredRecord, field: FieldModel): StoredValue => {
    if (field.name === 'id') return record.id;
    if (field.dataType === 'multi_entity')
      return isByName ? inOrder(storage, links(record, field)) : byId(links(record, field));
    if (field.dataType === 'entity') return link(record, field) ?? null;
    const stored = record.values[field.name];
    // A checkbox is never null (API 2.5).
    if (stored === null && field.dataType === 'checkbox') return false;
    return stored === undefined ? unstoredValue(record, field) : stored;
  };

  const unstoredValue = (record: StoredRecord, field: FieldModel): StoredValue => {
    if (field.dataType === 'checkbox') return false;
    if (field.name === 'cached_display_name' && record.type !== 'Step') return displayNameOf(record);
    if (field.name === 'name' && record.type === 'HumanUser') return displayNameOf(record);
    const linkId = LINK_IDS[`${record.type}.${field.name}`];
    if (linkId !== undefined) return linksIn(record.values[linkId])[0]?.id ?? null;
    if (field.name === 'open_notes_count') {
      const open = schema.field(record.type, 'open_notes');
      return open === undefined ? 0 : links(record, open).length;
    }
    return null;
  };
  return { value, links, link };
}

const refOf = ({ type, id }: StoredRecord): EntityRef => ({ type, id });

const isOpenNote = (note: StoredRecord): boolean => !CLOSED_NOTE_STATUSES.has(note.values['sg_status_list']);

function uniqueRefs(refs: readonly EntityRef[]): EntityRef[] {
  return [...new Map(refs.map((ref) => [`${ref.type}:${ref.id}`, ref])).values()];
}

/** Lists of links read by the display names of their targets, then by id, not in the order of linking (API 5.2). */
function inOrder(storage: Storage, refs: readonly EntityRef[]): readonly EntityRef[] {
  if (refs.length < 2) return refs;
  return refs
    .map((ref) => ({ ref, name: (storage.displayName(ref) ?? '').toLowerCase() }))
    .sort((a, b) => compareText(a.name, b.name) || a.ref.id - b.ref.id)
    .map(({ ref }) => ref);
}

const byId = (refs: readonly EntityRef[]): readonly EntityRef[] => [...refs].sort((a, b) => a.id - b.id);

/** As the site sorts text: bytes of small letters. */
const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
