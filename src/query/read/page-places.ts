import type { KeyValue, RowPlace, SortKey } from '../ports/ports.ts';
import { hash } from 'node:crypto';
import type { FieldValue, Row } from '../../shotgun/port/records.ts';
import type { FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedType } from '../../site/expose.ts';

interface ComparedKey extends SortKey {
  /** The text form of its values. */
  readonly form: RegExp;
}

const ID_FORM = /^\d{1,10}$/u;

/**
 * The keys that locate a row, up to the id, which differs on every row. Null if ShotGrid cannot compare one of
 * them: text, lists, links, and values behind a link, where a missing value and a missing row look alike.
 */
export function comparedKeys(
  type: ExposedType | undefined,
  sort: readonly SortKey[],
): readonly ComparedKey[] | null {
  const keys: ComparedKey[] = [];
  for (const key of sort) {
    if (key.field === 'id') return [...keys, { ...key, form: ID_FORM }];
    const form = type?.fields.get(key.field)?.valueType.compared ?? null;
    if (form === null) return null;
    keys.push({ ...key, form });
  }
  return [...keys, { field: 'id', direction: 'asc', form: ID_FORM }];
}

/** True if these values fit such keys: a cursor is untrusted. */
export const areKeysOf = (keys: readonly ComparedKey[], values: readonly KeyValue[]): boolean =>
  keys.length === values.length &&
  keys.every(({ field, form }, index) => {
    const value = values[index] ?? null;
    return value === null ? field !== 'id' : form.test(String(value));
  });

const MARK_LENGTH = 10;

interface PlacedBy {
  readonly sort: readonly SortKey[];
  /** `comparedKeys` of this order. */
  readonly keys: readonly ComparedKey[] | null;
}

/** The place of a page's row. */
export function placeOf({ sort, keys }: PlacedBy, row: Row, position: number): RowPlace {
  const { id, fields } = row;
  const values = keys?.map(({ field }) => (field === 'id' ? id : fields[field]));
  return isComplete(values)
    ? { position, id, keys: values, mark: '' }
    : { position, id, keys: null, mark: markOf(sort, row) };
}

/** A fingerprint that shows whether a row's sort values have changed. */
export function markOf(sort: readonly SortKey[], { fields }: Row): string {
  const values = JSON.stringify(sort.map(({ field }) => fields[field] ?? null));
  return hash('sha256', values, 'base64url').slice(0, MARK_LENGTH);
}

/** A row has no place by a key that the person may not see. */
const isComplete = (keys: readonly (FieldValue | undefined)[] | undefined): keys is readonly KeyValue[] =>
  keys !== undefined &&
  keys.every((value) => value === null || typeof value === 'string' || typeof value === 'number');

/** Matches rows after those keys. Rows without a value come last in both directions (API 3.5). */
export function rowsAfter(keys: readonly ComparedKey[], values: readonly KeyValue[]): FilterGroup {
  const same: FilterGroup['conditions'][number][] = [];
  const alternatives = keys.flatMap(({ field, direction }, index): FilterGroup[] => {
    const value = values[index] ?? null;
    const relation = direction === 'asc' ? 'greater_than' : 'less_than';
    const after: FilterGroup['conditions'] = [
      ...(value === null ? [] : [[field, relation, value] as const]),
      ...(value === null || field === 'id' ? [] : [[field, 'is', null] as const]),
    ];
    const before = [...same];
    same.push([field, 'is', value]);
    if (after.length === 0) return [];
    if (before.length === 0 && after.length === 1) return [{ logical_operator: 'and', conditions: after }];
    const either: FilterGroup = { logical_operator: 'or', conditions: after };
    return [{ logical_operator: 'and', conditions: [...before, either] }];
  });
  return { logical_operator: 'or', conditions: alternatives };
}
