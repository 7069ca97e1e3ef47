import { assertClass, type Verb } from '../data-types/classes.ts';
import { jsonbValue } from '../data-types/json-value.ts';
import type { EntityRef, StoredRecord, StoredValue } from '../ports.ts';
import type { FieldModel } from '../schema-model/field-model.ts';
import type { FilterDeps, Predicate } from './filter-deps.ts';
import type { CheckedCondition } from './condition-check.ts';
import { comparableText, type FilterValue, filterValue, relationValue } from './filter-values.ts';
import { calendarSpan, relativeSpan, type TimeSpan, wholeDays } from './time-spans.ts';

/** The test of one field by one relation that is no negation. */
export function leafTest(
  deps: FilterDeps,
  place: string,
  verb: Verb,
  condition: CheckedCondition,
): Predicate {
  const { relation, values, path } = condition;
  const { leaf } = path;
  if (leaf.dataType === 'entity' || leaf.dataType === 'multi_entity')
    return linkTest(deps, place, verb, condition);
  if (leaf.dataType === 'jsonb') return jsonTest(deps, place, verb, condition);
  const read = (record: StoredRecord): FilterValue => comparable(leaf, deps.values.value(record, leaf));
  const span = spanOf(deps, verb, condition);
  if (span !== undefined) return (record) => isWithin(span, read(record));
  const wanted = values.map((value) => filterValue(verb, place, leaf, value));
  return scalarTest(relation, wanted, read);
}

function scalarTest(
  relation: string,
  wanted: readonly FilterValue[],
  read: (record: StoredRecord) => FilterValue,
): Predicate {
  const [first = null, second = null] = wanted;
  switch (relation) {
    case 'in': {
      // An empty text in a list finds nothing, though `is ""` finds what is empty (API 3.3).
      const set = new Set(wanted.filter((value) => value !== null));
      return (record) => set.has(read(record) ?? '');
    }
    case 'contains':
      return textTest(read, first, (text, part) => text.includes(part));
    case 'starts_with':
      return textTest(read, first, (text, part) => text.startsWith(part));
    case 'ends_with':
      return textTest(read, first, (text, part) => text.endsWith(part));
    case 'greater_than':
      return (record) => isAbove(read(record), first);
    case 'less_than':
      return (record) => isAbove(first, read(record));
    case 'between': {
      const [low, high] = isAbove(first, second) ? [second, first] : [first, second];
      return (record) => {
        const value = read(record);
        return (
          low !== null && high !== null && value !== null && !isAbove(low, value) && !isAbove(value, high)
        );
      };
    }
    default:
      return (record) => read(record) === first;
  }
}

function textTest(
  read: (record: StoredRecord) => FilterValue,
  wanted: FilterValue,
  test: (text: string, part: string) => boolean,
): Predicate {
  const part = String(wanted ?? '');
  return (record) => {
    const value = read(record);
    return value !== null && test(String(value), part);
  };
}

const isAbove = (a: FilterValue, b: FilterValue): boolean => a !== null && b !== null && a > b;

/** A stored value in the form that filter values have. */
function comparable(field: FieldModel, value: StoredValue): FilterValue {
  if (value === null || value === '') return null;
  if (typeof value === 'object') return JSON.stringify(value);
  if (field.dataType === 'float' || field.dataType === 'currency') return Number(value);
  return typeof value === 'string' ? comparableText(field, value) : value;
}

function spanOf(
  deps: FilterDeps,
  verb: Verb,
  { path, relation, values }: CheckedCondition,
): TimeSpan | undefined {
  if (relation === 'in_last' || relation === 'in_next') {
    const span = relativeSpan(deps.now(), Number(values[0]), String(values[1]), relation === 'in_last');
    return path.leaf.dataType === 'date' ? wholeDays(span) : span;
  }
  const bucket = /^in_calendar_(.+)$/u.exec(relation)?.[1];
  if (bucket === undefined) return undefined;
  return calendarSpan(deps.now(), bucket, Number(relationValue(verb, relation, values)));
}

function isWithin(span: TimeSpan, value: FilterValue): boolean {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return atMs >= span.fromMs && atMs < span.toMs;
}

function linkTest(deps: FilterDeps, place: string, verb: Verb, condition: CheckedCondition): Predicate {
  const { relation, values, path } = condition;
  const { leaf } = path;
  const links = (record: StoredRecord): readonly EntityRef[] => deps.values.links(record, leaf);
  const text = relationValue(verb, condition.askedRelation, values);
  if (text !== undefined) {
    const matches = linkTextTest(deps, relation, String(text));
    return (record) => links(record).some(matches);
  }
  const wanted = new Set(values.map((value) => filterValue(verb, place, leaf, value)));
  if (wanted.has(null) && wanted.size === 1) return (record) => links(record).length === 0;
  // A `not_in` of them finds all: none of them is linked.
  const isDegenerate =
    condition.askedRelation === 'in' &&
    leaf.dataType === 'multi_entity' &&
    ![...wanted].some((key) => exists(deps, key));
  // Ids that all do not resolve find the rows that link nothing (API 3.3, multi_entity trap).
  if (isDegenerate) return (record) => links(record).length === 0;
  return (record) => links(record).some(({ type, id }) => wanted.has(`${type}:${id}`));
}

function exists({ storage }: FilterDeps, key: FilterValue): boolean {
  const [type = '', id = ''] = String(key).split(':');
  return storage.displayName({ type, id: Number(id) }) !== null;
}

function linkTextTest(
  { storage }: FilterDeps,
  relation: string,
  wanted: string,
): (ref: EntityRef) => boolean {
  if (relation === 'type_is') return ({ type }) => type === wanted;
  const text = wanted.toLowerCase();
  const name = (ref: EntityRef): string => (storage.displayName(ref) ?? '').toLowerCase();
  return relation === 'name_is' ? (ref) => name(ref) === text : (ref) => name(ref).includes(text);
}

/** `is` compares whole documents, `contains` looks into objects; lists are never contained (API 3.3). */
function jsonTest(deps: FilterDeps, place: string, verb: Verb, condition: CheckedCondition): Predicate {
  const { leaf } = condition.path;
  const [wanted] = condition.values;
  assertClass(verb, place, leaf, wanted);
  const document = JSON.stringify(jsonbValue(wanted));
  return condition.relation === 'is'
    ? (record) => JSON.stringify(jsonbValue(deps.values.value(record, leaf))) === document
    : (record) => containsJson(deps.values.value(record, leaf), wanted);
}

function containsJson(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Array.isArray(wanted))
    return false;
  return Object.entries(wanted).every(([key, part]) =>
    containsJson((value as Record<string, unknown>)[key], part),
  );
}
