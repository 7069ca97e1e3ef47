import { NOW_MS } from './every-type-site.ts';

/** What API 3.3 and 3.4 say of filters, as plainly as it can be written: to hold the emulated site against. */

export type Row = Readonly<Record<string, unknown>> & { readonly id: number };
export type Rows = Readonly<Record<string, readonly Row[]>>;
export type Condition = readonly [path: string, relation: string, value: unknown];
export interface Group {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly (Condition | Group)[];
}
interface Ref {
  readonly type: string;
  readonly id: number;
}

/** Data type of each field of the made-up site, by its name: a name means the same on every type. */
export const DATA_TYPES: Readonly<Record<string, string>> = {
  ...{ id: 'number', code: 'text', amount: 'number', ratio: 'float', done: 'percent', effort: 'duration' },
  ...{ tc: 'timecode', price: 'currency', open: 'checkbox', kind: 'list', sg_status_list: 'status_list' },
  ...{ day: 'date', moment: 'date_time', owner: 'entity', maker: 'entity', target: 'entity' },
  ...{ parts: 'multi_entity', things: 'multi_entity', about: 'entity_type', image: 'image', tint: 'color' },
  ...{ doc: 'jsonb', uid: 'uuid' },
};

export const isGroup = (tree: Condition | Group): tree is Group => 'conditions' in tree;

/** Ids of the rows of a type that meet a filter, ascending. */
export function expectedIds(rows: Rows, type: string, tree: Group): number[] {
  return (rows[type] ?? []).filter((row) => holds(rows, row, tree)).map(({ id }) => id);
}

function holds(rows: Rows, row: Row, tree: Condition | Group): boolean {
  if (!isGroup(tree)) return conditionHolds(rows, row, tree);
  const { logical_operator: operator, conditions } = tree;
  // An empty group matches everything, whatever its operator.
  if (conditions.length === 0) return true;
  const results = conditions.map((member) => holds(rows, row, member));
  return operator === 'and' ? !results.includes(false) : results.includes(true);
}

const OPPOSITES: Readonly<Record<string, string>> = {
  ...{ is_not: 'is', not_in: 'in', not_contains: 'contains', not_in_last: 'in_last', not_in_next: 'in_next' },
  ...{ type_is_not: 'type_is', name_not_contains: 'name_contains' },
};

function conditionHolds(rows: Rows, row: Row, [path, relation, value]: Condition): boolean {
  // A middle type that the link cannot have: no rows, also of a negation.
  if (path.startsWith('owner.Part.')) return false;
  const opposite = OPPOSITES[relation];
  const leaf = path.split('.').at(-1) ?? '';
  const ends = rowsBehind(rows, row, path.split('.').slice(0, -1));
  const isNegation = opposite !== undefined;
  const positive = ends.some((end) =>
    leafHolds(rows, end, { leaf, relation: opposite ?? relation, value, isNegation }),
  );
  return isNegation ? !positive : positive;
}

/** The rows that a path leads to; many where it goes through a list of links. */
function rowsBehind(rows: Rows, row: Row, [field, type, ...rest]: readonly string[]): Row[] {
  if (field === undefined || type === undefined) return [row];
  return linksIn(row[field]).flatMap((ref) => {
    const target = ref.type === type ? rows[type]?.find(({ id }) => id === ref.id) : undefined;
    return target === undefined ? [] : rowsBehind(rows, target, rest);
  });
}

const linksIn = (value: unknown): Ref[] =>
  ([value].flat() as (Ref | null | undefined)[]).filter((ref) => ref != null);

interface Leaf {
  readonly leaf: string;
  readonly relation: string;
  readonly value: unknown;
  readonly isNegation: boolean;
}

function leafHolds(rows: Rows, row: Row, asked: Leaf): boolean {
  const { leaf, relation, value } = asked;
  const stored = row[leaf];
  switch (DATA_TYPES[leaf]) {
    case 'entity':
    case 'multi_entity':
      return linkHolds(rows, linksIn(stored), asked);
    case 'checkbox':
      return (stored ?? false) === (String(value) === 'true');
    case 'image':
      return stored == null;
    case 'jsonb':
      return relation === 'is' ? sameJson(stored ?? null, value) : stored != null && holdsJson(stored, value);
    case 'date':
    case 'date_time':
      return timeHolds(stored, asked);
    case 'text':
      return textHolds(stored, relation, value);
    case 'list':
    case 'status_list':
      return choiceHolds(lower(stored), relation, [value].flat().map(lower));
    case 'float':
    case 'currency':
      return orderHolds(number(stored), relation, [value].flat().map(rounded));
    case 'number':
    case 'percent':
    case 'duration':
    case 'timecode':
      return orderHolds(number(stored), relation, [value].flat().map(whole));
    case 'uuid':
      return choiceHolds(stored ?? null, relation, [value].flat().map(plainUuid));
    default:
      return choiceHolds(
        stored ?? null,
        relation,
        [value].flat().map((item) => (item === '' ? null : item)),
      );
  }
}

/** An empty text is nothing by itself, and in a list it finds nothing. */
const choiceHolds = (stored: unknown, relation: string, wanted: readonly unknown[]): boolean =>
  wanted.filter((item) => relation === 'is' || item !== null).includes(stored);
const lower = (value: unknown): unknown =>
  value == null || value === '' ? null : plain(value).toLowerCase();
const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** Floats are compared after rounding to six decimals; a duration drops its decimals. */
const rounded = (value: unknown): number | null =>
  value == null ? null : Math.round(Number(value) * 1e6) / 1e6;
const whole = (value: unknown): number | null => (value == null ? null : Math.trunc(Number(value)));
const plainUuid = (value: unknown): string | null =>
  value === '' ? null : String(value).replaceAll(/[{}]/gu, '').toLowerCase();
const number = (value: unknown): number | null => (value == null ? null : Number(value));

function textHolds(stored: unknown, relation: string, value: unknown): boolean {
  const text = stored == null ? null : plain(stored).toLowerCase();
  if (relation === 'in')
    return [value].flat().some((item) => item !== '' && plain(item).toLowerCase() === text);
  const wanted = plain(value ?? '').toLowerCase();
  if (relation === 'is') return wanted === '' ? text === null : text === wanted;
  if (text === null) return false;
  if (relation === 'starts_with') return text.startsWith(wanted);
  return relation === 'ends_with' ? text.endsWith(wanted) : text.includes(wanted);
}

function orderHolds<T extends number | string>(
  stored: T | null,
  relation: string,
  wanted: (T | null)[],
): boolean {
  const [a = null, b = null] = wanted;
  if (relation === 'is' || relation === 'in') return wanted.includes(stored);
  if (stored === null || a === null) return false;
  if (relation === 'greater_than') return stored > a;
  if (relation === 'less_than') return stored < a;
  return b !== null && ((a <= stored && stored <= b) || (b <= stored && stored <= a));
}

function timeHolds(stored: unknown, { leaf, relation, value }: Leaf): boolean {
  if (!/^in_(?:last|next|calendar)/u.test(relation)) {
    return orderHolds(instant(stored), relation, [value].flat().map(instant));
  }
  if (typeof stored !== 'string') return false;
  const isDay = DATA_TYPES[leaf] === 'date';
  if (relation.startsWith('in_calendar_')) {
    return (
      bucketOf(relation, new Date(stored)) ===
      bucketOf(relation, new Date(NOW_MS)) + Number([value].flat()[0])
    );
  }
  const [count, unit] = value as [number, string];
  const sign = relation === 'in_last' ? -1 : 1;
  const [from, to] = [NOW_MS, moved(sign * count, unit)].sort((a, b) => a - b) as [number, number];
  // Hours are counted to the second, anything longer by whole days; a field of days knows days only.
  if (unit === 'HOUR' && !isDay) return Date.parse(stored) >= from && Date.parse(stored) <= to;
  return dayOf(stored) >= dayOf(from) && dayOf(stored) <= dayOf(to);
}

const instant = (value: unknown): number | null => (value == null ? null : Date.parse(plain(value)));
const dayOf = (at: string | number): number => Math.floor(new Date(at).getTime() / 86_400_000);

function moved(count: number, unit: string): number {
  const at = new Date(NOW_MS);
  if (unit === 'HOUR') at.setUTCHours(at.getUTCHours() + count);
  else if (unit === 'DAY') at.setUTCDate(at.getUTCDate() + count);
  else if (unit === 'WEEK') at.setUTCDate(at.getUTCDate() + 7 * count);
  else if (unit === 'MONTH') at.setUTCMonth(at.getUTCMonth() + count);
  else at.setUTCFullYear(at.getUTCFullYear() + count);
  return at.getTime();
}

/** Which day, week, month or year it is, counted from some first one. */
function bucketOf(relation: string, at: Date): number {
  if (relation.endsWith('_day')) return dayOf(at.getTime());
  // 1970 began on a Thursday; weeks begin on Monday.
  if (relation.endsWith('_week')) return Math.floor((dayOf(at.getTime()) + 3) / 7);
  return relation.endsWith('_month') ? at.getUTCFullYear() * 12 + at.getUTCMonth() : at.getUTCFullYear();
}

function linkHolds(rows: Rows, links: readonly Ref[], { leaf, relation, value, isNegation }: Leaf): boolean {
  const nameOf = ({ type, id }: Ref): string =>
    plain(rows[type]?.find((row) => row.id === id)?.['code'] ?? '').toLowerCase();
  const text = plain(value).toLowerCase();
  if (relation === 'type_is') return links.some(({ type }) => type === value);
  if (relation === 'name_is') return links.some((link) => nameOf(link) === text);
  if (relation === 'name_contains') return links.some((link) => nameOf(link).includes(text));
  if (value === null) return links.length === 0;
  const wanted = linksIn(value);
  const isThere = ({ type, id }: Ref): boolean => rows[type]?.some((row) => row.id === id) ?? false;
  // The trap of lists: an `in` of ids that all lead nowhere finds what links nothing.
  if (relation === 'in' && !isNegation && DATA_TYPES[leaf] === 'multi_entity' && !wanted.some(isThere)) {
    return links.length === 0;
  }
  return links.some((link) => wanted.some(({ type, id }) => link.type === type && link.id === id));
}

function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, value]) => sameJson(value, (b as Record<string, unknown>)[key]))
  );
}

/** Each part of the wanted object is in the stored one; lists are not looked into. */
function holdsJson(stored: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return stored === wanted;
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored) || Array.isArray(wanted))
    return false;
  return Object.entries(wanted).every(([key, part]) =>
    holdsJson((stored as Record<string, unknown>)[key], part),
  );
}
