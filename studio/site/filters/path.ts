import type { EntityRef, Storage, StoredRecord } from '../ports.ts';
import type { RecordValues } from '../data-types/record-values.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import type { SchemaModel } from '../schema-model/schema-model.ts';

/** One step of a dotted path: follow `field` to rows of `type`. */
export interface Hop {
  readonly field: FieldModel;
  readonly type: string;
}

/** A field name or dotted path (API 3.4), resolved against the schema. */
export interface FieldPath {
  readonly text: string;
  readonly hops: readonly Hop[];
  readonly leaf: FieldModel;
  readonly leafType: string;
  /** True where a hop goes through a multi_entity: filters follow it, reads do not. */
  readonly isThroughMany: boolean;
  /** False where a middle type is real but no valid type of its link: such a path never matches. */
  readonly isReachable: boolean;
}

const ID_FIELD: FieldModel = {
  name: 'id',
  displayName: 'Id',
  dataType: 'number',
  editable: false,
  mandatory: false,
  unique: true,
  visible: true,
  validTypes: [],
  validValues: [],
  displayValues: {},
  hiddenValues: [],
  defaultValue: null,
  raw: {},
};

/** In no schema, and yet there (API 7). */
const READ_FIELD: FieldModel = {
  ...ID_FIELD,
  name: 'read_by_current_user',
  displayName: 'Read',
  dataType: 'list',
  editable: true,
  unique: false,
  validValues: ['read', 'unread'],
};

/** The field of a type, `id` included wherever the snapshot leaves it out. */
export function fieldOf(schema: SchemaModel, type: string, name: string): FieldModel | undefined {
  const declared = schema.field(type, name);
  if (declared !== undefined) return declared;
  if (name === 'id' && schema.types.has(type)) return ID_FIELD;
  return type === 'Note' && name === READ_FIELD.name ? READ_FIELD : undefined;
}

/** @returns undefined where a field or type of the path does not exist */
export function resolvePath(schema: SchemaModel, type: string, text: string): FieldPath | undefined {
  const parts = text.split('.');
  if (parts.length % 2 === 0) return undefined;
  const hops: Hop[] = [];
  let current = type;
  let isThroughMany = false;
  let isReachable = true;
  for (let index = 0; index + 2 < parts.length; index += 2) {
    const field = fieldOf(schema, current, parts[index] ?? '');
    const next = parts[index + 1] ?? '';
    const isLink = field?.dataType === 'entity' || field?.dataType === 'multi_entity';
    if (field === undefined || !isLink || !schema.types.has(next)) return undefined;
    isThroughMany ||= field.dataType === 'multi_entity';
    isReachable &&= field.validTypes.length === 0 || field.validTypes.includes(next);
    hops.push({ field, type: next });
    current = next;
  }
  const leaf = fieldOf(schema, current, parts.at(-1) ?? '');
  if (leaf === undefined) return undefined;
  return { text, hops, leaf, leafType: current, isThroughMany, isReachable };
}

/**
 * Rows at the end of the hops of a path, from one row.
 *
 * @param isSeen whether the path may go on from a row; without it, from any
 */
// oxlint-disable-next-line max-params -- called for each row of each condition: an object would cost more than the walk
export function rowsAt(
  storage: Storage,
  values: RecordValues,
  path: FieldPath,
  record: StoredRecord,
  isSeen?: (row: StoredRecord) => boolean,
): readonly StoredRecord[] {
  let rows: readonly StoredRecord[] = [record];
  for (const hop of path.hops) {
    rows = rows.flatMap((row) =>
      linkedBy(values, row, hop).flatMap((ref) => {
        const target = ref.type === hop.type ? storage.get(ref.type, ref.id) : undefined;
        return target === undefined || isSeen?.(target) === false ? [] : [target];
      }),
    );
    if (rows.length === 0) return rows;
  }
  return rows;
}

const linkedBy = (values: RecordValues, row: StoredRecord, { field }: Hop): readonly EntityRef[] => {
  if (field.dataType === 'multi_entity') return values.links(row, field);
  const ref = values.link(row, field);
  return ref === undefined ? [] : [ref];
};
