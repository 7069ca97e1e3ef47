import { bare } from '../../base/bare.ts';
import { AppError } from '../../base/errors.ts';
import { allOf, type FilterCondition, type FilterGroup } from '../../shotgun/port/requests.ts';
import type { ExposedField, ExposedType } from '../../site/expose.ts';
import { filterValue } from './filter-values.ts';
import { notOfHidden } from '../plan/hidden-values.ts';
import { type Checks, heldType, ON_TYPE } from './links.ts';
import { isOperator, type Operator, operatorRow } from '../../site/data-types/operators.ts';
import { assertUsable } from './filter-operators.ts';

/** A client's filter: by GraphQL names, already typed by the schema. */
export type FilterInput = Readonly<Record<string, unknown>>;

/** The group that matches every row. */
export const EVERYTHING = allOf();

/** The group that matches no row. ShotGrid has none, so callers send no request for it. */
export const NOTHING: FilterGroup = Object.freeze({ logical_operator: 'or', conditions: [] });

/** ShotGrid fails at 265 levels (API 2.11), and real filters have far fewer. */
const MAX_NESTING = 50;

/**
 * `{sgStatusList: {in: ["rev"]}, or: [{code: {startsWith: "br"}}]}` -> a group of `api3_hash`. All parts must
 * hold; the alternatives of `or` are one part. A condition on a linked row becomes a path through the link.
 *
 * @throws AppError BAD_USER_INPUT with the path of a value that ShotGrid would refuse or silently misread (API
 * 3.3)
 */
export function compileFilter(
  { schema, doubts }: Checks,
  type: string,
  filter: FilterInput | null | undefined,
): FilterGroup {
  const exposed = schema.types.get(type);
  if (exposed === undefined || filter === null || filter === undefined) return EVERYTHING;
  const root = { schema, doubts, type: exposed, prefix: '', path: ['filter'], tally: new Tally() };
  return compileGroup(filter, root);
}

/** The largest tested number in one group (API 2.11). */
const MAX_CONDITIONS = 5000;

/** Counts the conditions of one filter while they are created, so that no more are created than the site accepts. */
class Tally {
  #count = 0;

  add(count = 1): void {
    this.#count += count;
    if (this.#count > MAX_CONDITIONS) {
      throw badInput(
        ['filter'],
        `These are more than ${MAX_CONDITIONS} conditions. Say what the rows have in common, or ask in several requests.`,
      );
    }
  }
}

/** The current place in the filter. */
interface Place extends Checks {
  /** The type whose fields are used here. */
  readonly type: ExposedType;
  /** System path to that type, such as `sg_sequence.Sequence.`; empty at the root. */
  readonly prefix: string;
  /** GraphQL path, for errors. */
  readonly path: readonly string[];
  readonly tally: Tally;
}

type Condition = FilterCondition | FilterGroup;

const conditionsIn = (part: Condition): number =>
  'conditions' in part ? part.conditions.reduce((count, inner) => count + conditionsIn(inner), 0) : 1;

function compileGroup(filter: FilterInput, place: Place): FilterGroup {
  if (place.path.length > MAX_NESTING) {
    throw badInput(
      place.path.slice(0, 3),
      'The filter is nested too deep. What stands side by side holds together without "and".',
    );
  }
  const conditions = Object.entries(filter).flatMap(([name, value]): Condition[] => {
    if (value === undefined) return [];
    const here = { ...place, path: [...place.path, name] };
    if (value === null) throw badInput(here.path, 'Leave it out, or say what must hold.');
    if (name === 'and' || name === 'or') return [compileAlternatives(name, value as FilterInput[], here)];
    return compileField(name, value as FilterInput, here);
  });
  if (conditions.includes(NOTHING)) return NOTHING;
  // An empty group is sent too, so it counts as one condition.
  if (conditions.length === 0) place.tally.add();
  return { logical_operator: 'and', conditions };
}

function compileAlternatives(name: 'and' | 'or', parts: readonly FilterInput[], place: Place): FilterGroup {
  // An empty group matches every row, but an `or` of nothing must not.
  if (name === 'or' && parts.length === 0) throw badInput(place.path, 'Give at least one alternative.');
  const conditions = parts.map((part, index) =>
    compileGroup(part, { ...place, path: [...place.path, String(index)] }),
  );
  const some = conditions.filter((condition) => condition !== NOTHING);
  if (name === 'or' ? some.length === 0 && parts.length > 0 : some.length < conditions.length) return NOTHING;
  return { logical_operator: name, conditions: some };
}

function compileField(name: string, operators: FilterInput, place: Place): Condition[] {
  if (name === 'id') return compileOperators(undefined, operators, place);
  const systemName = place.schema.names.systemField(place.type.type, name);
  const field = systemName === undefined ? undefined : place.type.fields.get(systemName);
  if (field === undefined) throw badInput(place.path, 'There is no such field.');
  const { schema, type, prefix } = place;
  const conditions = compileOperators(field, operators, place);
  const added = notOfHidden(schema, type.type, field.name, prefix);
  place.tally.add(added.reduce((count, part) => count + conditionsIn(part), 0));
  return [...conditions, ...added];
}

function compileOperators(
  field: ExposedField | undefined,
  operators: FilterInput,
  place: Place,
): Condition[] {
  const systemPath = `${place.prefix}${field?.name ?? 'id'}`;
  const ofLinkedRow: Record<string, unknown> = bare({});
  const conditions = Object.entries(operators).flatMap(([name, value]): Condition[] => {
    if (value === undefined) return [];
    const path = [...place.path, name];
    if (!isOperator(name)) {
      ofLinkedRow[name] = value;
      return [];
    }
    // ShotGrid accepts no empty list. One of none matches no row; none of none matches every row.
    if (Array.isArray(value) && value.length === 0 && name !== 'between')
      return name === 'in' ? [NOTHING] : [];
    assertUsable({ operator: name, value, field, path, facts: place.schema.facts });
    return [compileOperator(systemPath, name, { field, value, place: { ...place, path } })];
  });
  return [...conditions, ...throughLink(field, ofLinkedRow, place)];
}

interface Operand {
  readonly field: ExposedField | undefined;
  readonly value: unknown;
  readonly place: Place;
}

function compileOperator(
  systemPath: string,
  operator: Operator,
  { field, value, place }: Operand,
): Condition {
  place.tally.add();
  if (operator === 'isNull') {
    const empty = filterValue({ ...place, field }, { operator, value: null, path: place.path });
    return [systemPath, value === true ? 'is' : 'is_not', empty];
  }
  const sent = filterValue({ ...place, field }, { operator, value, path: place.path });
  // If all ids are gone, `in` on a list of links finds rows without links (API 3.3); `is` does not.
  if (operator === 'in' && field?.valueType.shown === 'links') {
    const links = sent as unknown[];
    // One is already counted.
    place.tally.add(links.length - 1);
    const conditions = links.map((link): FilterCondition => [systemPath, 'is', link]);
    return { logical_operator: 'or', conditions };
  }
  return [systemPath, operatorRow(operator).relation, sent];
}

/**
 * `{sgSequence: {code: ...}}` -> conditions on `sg_sequence.Sequence.code`; a link of several types names one:
 * `{entity: {onShot: {code: ...}}}`. Filters may also go through lists of links (API 3.4).
 */
function throughLink(field: ExposedField | undefined, filter: FilterInput, place: Place): Condition[] {
  if (Object.keys(filter).length === 0) return [];
  if (field === undefined) throw badInput(place.path, 'There is no such operator.');
  if (field.target !== null) return [compileTarget(field, field.target, filter, place)];
  return Object.entries(filter).flatMap(([name, value]) => {
    const path = [...place.path, name];
    if (!name.startsWith(ON_TYPE)) throw badInput(path, 'There is no such operator.');
    if (value === null) throw badInput(path, 'Leave it out, or say what must hold.');
    return [compileTarget(field, name.slice(ON_TYPE.length), value as FilterInput, { ...place, path })];
  });
}

/** @param target GraphQL name of the type at the end of the link */
function compileTarget(field: ExposedField, target: string, filter: FilterInput, place: Place): Condition {
  const type = heldType({ ...place, field }, target);
  return compileGroup(filter, { ...place, type, prefix: `${place.prefix}${field.name}.${type.type}.` });
}

function badInput(path: readonly string[], message: string): AppError {
  return new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.') } });
}
