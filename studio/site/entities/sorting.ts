import { invalidParameters } from '../http/api-error.ts';
import { SiteError, type StoredRecord, type StoredValue } from '../ports.ts';
import { type FieldPath, resolvePath, rowsAt } from '../filters/path.ts';
import type { EntityDeps } from './entity-deps.ts';

type SortDeps = Pick<EntityDeps, 'storage' | 'schema' | 'values' | 'switches'>;

/** Sorting on these is accepted and changes nothing (API 3.5). */
const UNSORTED: ReadonlySet<string> = new Set([
  'url',
  'summary',
  'password',
  'jsonb',
  'serializable',
  'multi_entity',
]);
/** Sorting on these fails (API 3.5). */
const REFUSED: ReadonlySet<string> = new Set(['uuid', 'pivot_column']);

interface SortKey {
  readonly path: FieldPath;
  readonly isDescending: boolean;
}

/** Sorts by `a,-b`, ties by ascending id, nulls last in both directions; unknown keys are ignored (API 3.5). */
export function sortRows(deps: SortDeps, type: string, sort: unknown, rows: StoredRecord[]): StoredRecord[] {
  const keys = sortKeys(deps, type, sort);
  if (keys.length === 0) return rows;
  const [first] = keys;
  // By ascending id they are already.
  if (first?.path.text === 'id') return first.isDescending ? rows.toReversed() : rows;
  const decorated = rows.map((row) => ({ row, values: keys.map(({ path }) => sortValue(deps, path, row)) }));
  decorated.sort((a, b) => {
    for (const [index, { isDescending }] of keys.entries()) {
      const order = compare(a.values[index] ?? null, b.values[index] ?? null, isDescending);
      if (order !== 0) return order;
    }
    return a.row.id - b.row.id;
  });
  return decorated.map(({ row }) => row);
}

function sortKeys(deps: SortDeps, type: string, sort: unknown): SortKey[] {
  if (sort === undefined || sort === null) return [];
  if (typeof sort !== 'string') throw invalidParameters({ sort: ['sort array is not valid'] });
  if (sort === '') throw invalidParameters({ sort: ['sort must be filled'] });
  return sort.split(',').flatMap((key) => {
    if (!/^-?[\w.]+$/u.test(key)) throw invalidParameters({ sort: ['sort list is not valid'] });
    const isDescending = key.startsWith('-');
    const path = resolvePath(deps.schema, type, isDescending ? key.slice(1) : key);
    const isManySorted = deps.switches['read.sortThroughMany'] === 'sorted';
    if (path === undefined || (path.isThroughMany && !isManySorted) || UNSORTED.has(path.leaf.dataType))
      return [];
    if (REFUSED.has(path.leaf.dataType))
      throw new SiteError(400, 104, `Read failed for entity type [${type}]`);
    return [{ path, isDescending }];
  });
}

type SortValue = string | number | null;

function sortValue(deps: SortDeps, path: FieldPath, record: StoredRecord): SortValue {
  const [row] = rowsAt(deps.storage, deps.values, path, record);
  if (row === undefined) return null;
  const value: StoredValue = deps.values.value(row, path.leaf);
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (path.leaf.dataType === 'float') return Number(value);
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'number') return value;
  return 'id' in value && 'type' in value ? (deps.storage.displayName(value) ?? '').toLowerCase() : null;
}

function compare(a: SortValue, b: SortValue, isDescending: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b === isDescending ? 1 : -1;
}
