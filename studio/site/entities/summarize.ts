import type { Request } from 'express';
import { parseFilters } from '../filters/conditions.ts';
import { type FieldPath, resolvePath, rowsAt } from '../filters/path.ts';
import { invalidParameters, serverError } from '../http/api-error.ts';
import { syntaxOf } from '../http/media-types.ts';
import { type EntityRef, SiteError, type StoredRecord, type StoredValue } from '../ports.ts';
import type { Asking, EntityDeps } from './entity-deps.ts';
import { groupKey, type GroupKey, GROUPING_TYPES } from './grouping.ts';
import { bodyOf, matching } from './read.ts';
import { isLink } from './rows.ts';

/** What `summary_fields[].type` can be (API 4.1). */
const SUMMARY_TYPES = [
  'record_count',
  'count',
  'sum',
  'maximum',
  'minimum',
  'average',
  'earliest',
  'latest',
  'percentage',
  'status_percentage',
  'status_list',
  'checked',
  'unchecked',
];
const UNSUMMARIZABLE: ReadonlySet<string> = new Set(['image', 'summary', 'url']);

interface Summary {
  readonly path: FieldPath;
  readonly type: string;
  readonly value: unknown;
}

interface Grouping {
  readonly path: FieldPath;
  readonly type: string;
  readonly isDescending: boolean;
}

/** `POST /entity/<types>/_summarize` (API 4.1). */
export function summarize(deps: EntityDeps, asking: Asking, request: Request): object {
  const body = bodyOf(request.body);
  const summaries = summariesOf(deps, asking.type, body['summary_fields']);
  const groupings = groupingsOf(deps, asking.type, body['grouping']);
  deps.permissions.assertTypeReadable(asking.caller, asking.type);
  const filters =
    body['filters'] === undefined
      ? { operator: 'and' as const, members: [] }
      : parseFilters(body['filters'], syntaxOf(request.headers['content-type']));
  const options = (body['options'] as Readonly<Record<string, unknown>> | undefined) ?? {};
  const rows = matching(deps, asking, filters, { ...options, verb: 'summarize' });
  return {
    data: { summaries: compute(deps, summaries, rows), groups: groups(deps, summaries, groupings, rows) },
  };
}

function summariesOf(deps: EntityDeps, type: string, input: unknown): Summary[] {
  if (!Array.isArray(input)) throw invalidParameters({ summary_fields: ['summary_fields is missing'] });
  const byField = new Map<string, Summary>();
  for (const [index, item] of input.entries()) {
    const { field, type: kind, value } = bodyOf(item);
    if (!SUMMARY_TYPES.includes(String(kind)) && kind !== 'status_percentage_as_float') {
      throw invalidParameters({
        summary_fields: { [index]: { type: [`type must be one of: ${SUMMARY_TYPES.join(', ')}`] } },
      });
    }
    const path = resolvePath(deps.schema, type, String(field));
    if (path === undefined) {
      throw new SiteError(400, 103, `API summarize() ${type}.${String(field)} doesn't exist.`, {
        source: {},
      });
    }
    if (path.leaf.dataType === 'pivot_column') throw serverError();
    // One type per field and call: the later entry overwrites, silently.
    if (!UNSUMMARIZABLE.has(path.leaf.dataType)) byField.set(path.text, { path, type: String(kind), value });
  }
  return [...byField.values()];
}

function groupingsOf(deps: EntityDeps, type: string, input: unknown): Grouping[] {
  if (input === undefined || input === null) return [];
  if (!Array.isArray(input)) throw invalidParameters({ grouping: ['grouping must be an array'] });
  return input.map((item, index): Grouping => {
    const { field, type: kind, direction } = bodyOf(item);
    if (!GROUPING_TYPES.includes(String(kind))) {
      throw invalidParameters({
        grouping: { [index]: { type: [`type must be one of: ${GROUPING_TYPES.join(', ')}`] } },
      });
    }
    const path = resolvePath(deps.schema, type, String(field));
    if (path === undefined) {
      throw new SiteError(400, 103, `API summarize() ${type}.${String(field)} doesn't exist.`, {
        source: {},
      });
    }
    if (path.leaf.dataType === 'pivot_column') throw serverError();
    if (path.leaf.dataType === 'image' || path.leaf.dataType === 'summary') {
      throw new SiteError(400, 103, `Grouping is not allowed for field ${type}.${path.text}.`, {
        source: {},
      });
    }
    return { path, type: String(kind), isDescending: direction === 'desc' };
  });
}

function valueAt(deps: EntityDeps, path: FieldPath, record: StoredRecord): StoredValue {
  const [row] = rowsAt(deps.storage, deps.values, path, record);
  return row === undefined ? null : deps.values.value(row, path.leaf);
}

function compute(deps: EntityDeps, summaries: readonly Summary[], rows: readonly StoredRecord[]): object {
  return Object.fromEntries(
    summaries.map(({ path, type, value }) => {
      const values = rows.map((row) => valueAt(deps, path, row));
      return [path.text, summaryValue(type, values, value)];
    }),
  );
}

const isFilled = (value: StoredValue): boolean =>
  value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

function summaryValue(type: string, values: readonly StoredValue[], wanted: unknown): unknown {
  const filled = values.filter(isFilled);
  const numbers = filled.map(Number);
  const texts = filled.map(String).sort();
  switch (type) {
    case 'record_count':
      return values.length;
    case 'count':
      return filled.length;
    case 'sum':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'maximum':
      return numbers.length === 0 ? null : numbers.reduce((most, value) => Math.max(most, value));
    case 'minimum':
      return numbers.length === 0 ? null : numbers.reduce((least, value) => Math.min(least, value));
    case 'average':
      return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    case 'earliest':
      return texts[0] ?? null;
    case 'latest':
      return texts.at(-1) ?? null;
    case 'checked':
      return values.filter((value) => value === true).length;
    case 'unchecked':
      return values.filter((value) => value !== true).length;
    case 'percentage':
      return percentage(values, (value) => value === wanted || value === true);
    case 'status_percentage':
    case 'status_percentage_as_float':
      return percentage(values, () => false);
    default:
      // One status is itself, any mixture is "in progress" (API 4.1).
      return new Set(texts).size <= 1 ? (texts[0] ?? null) : 'ip';
  }
}

function percentage(values: readonly StoredValue[], test: (value: StoredValue) => boolean): number {
  return values.length === 0 ? 0 : Math.round((100 * values.filter(test).length) / values.length);
}

interface Group {
  readonly key: GroupKey;
  readonly rows: StoredRecord[];
}

function groups(
  deps: EntityDeps,
  summaries: readonly Summary[],
  groupings: readonly Grouping[],
  rows: readonly StoredRecord[],
): object[] {
  const [grouping, ...rest] = groupings;
  if (grouping === undefined) return [];
  const byKey = new Map<string, Group>();
  for (const row of rows) {
    const key = groupKey(grouping.type, grouping.path.leaf, groupedValue(deps, grouping.path, row));
    const id = JSON.stringify(key.value);
    const group = byKey.get(id) ?? { key, rows: [] };
    byKey.set(id, group);
    group.rows.push(row);
  }
  const sign = grouping.isDescending ? -1 : 1;
  const sorted = [...byKey.values()].sort(
    (a, b) => sign * (a.key.order < b.key.order ? -1 : a.key.order > b.key.order ? 1 : 0),
  );
  return sorted.map(({ key, rows: members }) => ({
    group_name: key.name,
    group_value: key.value,
    summaries: compute(deps, summaries, members),
    ...(rest.length > 0 ? { groups: groups(deps, summaries, rest, members) } : {}),
  }));
}

/** Links as groups carry them: with their name and `valid` (API 4.1). */
function groupedValue(deps: EntityDeps, path: FieldPath, row: StoredRecord): StoredValue {
  const value = valueAt(deps, path, row);
  if (!isLink(path.leaf) || value === null) return value;
  const named = (ref: EntityRef): object => ({
    type: ref.type,
    id: ref.id,
    name: deps.storage.displayName(ref),
    valid: 'valid',
  });
  return Array.isArray(value) ? (value as EntityRef[]).map(named) : named(value as EntityRef);
}
