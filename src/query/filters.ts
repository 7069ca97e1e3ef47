import { AppError } from '../base/errors.ts';
import type { FilterCondition, FilterGroup } from '../shotgun/shotgun.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../site/expose.ts';

/** GraphQL name of an operator -> relation of the API (API 3.3). */
const RELATIONS = {
  is: 'is',
  isNot: 'is_not',
  in: 'in',
  notIn: 'not_in',
  contains: 'contains',
  notContains: 'not_contains',
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  greaterThan: 'greater_than',
  lessThan: 'less_than',
  between: 'between',
  inLast: 'in_last',
  notInLast: 'not_in_last',
  inNext: 'in_next',
  notInNext: 'not_in_next',
  inCalendarDay: 'in_calendar_day',
  inCalendarWeek: 'in_calendar_week',
  inCalendarMonth: 'in_calendar_month',
  inCalendarYear: 'in_calendar_year',
  typeIs: 'type_is',
  typeIsNot: 'type_is_not',
  nameIs: 'name_is',
  nameContains: 'name_contains',
  nameNotContains: 'name_not_contains',
} as const;

export type Operator = keyof typeof RELATIONS;

/** A filter as the client gave it: by GraphQL names, already typed by the schema. */
export type FilterInput = Readonly<Record<string, unknown>>;

/** The group that every row meets. */
export const EVERYTHING: FilterGroup = { logical_operator: 'and', conditions: [] };

const MAX_GROUP_DEPTH = 50;

/**
 * `{sgStatusList: {in: ["rev"]}, or: [{code: {startsWith: "br"}}]}` -> a group of `api3_hash`. All parts must hold;
 * the alternatives of `or` are one part.
 *
 * @throws AppError BAD_USER_INPUT with the path of what ShotGrid would refuse or silently misread (API 3.3)
 */
export function compileFilter(
  schema: ExposedSchema,
  type: string,
  filter: FilterInput | null | undefined,
): FilterGroup {
  const exposed = schema.types.get(type);
  if (exposed === undefined || filter === null || filter === undefined) return EVERYTHING;
  return compileGroup(exposed, filter, ['filter']);
}

type Path = readonly string[];

function compileGroup(type: ExposedType, filter: FilterInput, path: Path): FilterGroup {
  // ShotGrid breaks at 265 levels (API 2.11); nobody means that many.
  if (path.length > MAX_GROUP_DEPTH) throw badInput(path.slice(0, 3), 'The filter is nested too deep.');
  const fields = new Map([...type.fields.values()].map((field) => [field.graphqlName, field]));
  const conditions: (FilterCondition | FilterGroup)[] = [];
  for (const [name, value] of Object.entries(filter)) {
    if (value === null || value === undefined) continue;
    const here = [...path, name];
    if (name === 'and' || name === 'or') {
      const parts = (value as FilterInput[]).map((part, index) =>
        compileGroup(type, part, [...here, String(index)]),
      );
      // An empty group holds for every row, which an `or` of nothing does not mean.
      if (name === 'or' && parts.length === 0) throw badInput(here, 'Give at least one alternative.');
      conditions.push({ logical_operator: name, conditions: parts });
    } else {
      const field = name === 'id' ? undefined : fields.get(name);
      conditions.push(...compileOperators(field, field?.name ?? 'id', value as FilterInput, here));
    }
  }
  return { logical_operator: 'and', conditions };
}

function compileOperators(
  field: ExposedField | undefined,
  systemName: string,
  operators: FilterInput,
  path: Path,
): FilterCondition[] {
  return Object.entries(operators).flatMap(([operator, value]): FilterCondition[] => {
    if (value === undefined) return [];
    const here = [...path, operator];
    if (operator === 'isNull') return [[systemName, value === true ? 'is' : 'is_not', null]];
    assertUsable(operator, value, here);
    return [[systemName, RELATIONS[operator as Operator], filterValue(field, value)]];
  });
}

const LIST_OPERATORS: ReadonlySet<string> = new Set(['in', 'notIn']);
const PERIOD_OPERATORS: ReadonlySet<string> = new Set(['inLast', 'notInLast', 'inNext', 'notInNext']);

function assertUsable(operator: string, value: unknown, path: Path): void {
  if (value === null && operator !== 'is' && operator !== 'isNot') {
    throw badInput(path, 'Only "is" and "isNot" can be null.');
  }
  if (LIST_OPERATORS.has(operator) && (value as unknown[]).length === 0) {
    throw badInput(path, 'The list must not be empty: ShotGrid refuses that.');
  }
  if (operator === 'between' && (value as unknown[]).length !== 2) {
    throw badInput(path, 'Give exactly two values: the lowest and the highest.');
  }
  if (PERIOD_OPERATORS.has(operator) && (value as { count: number }).count < 1) {
    throw badInput(path, 'The count must be 1 or more.');
  }
}

/** The value as the API takes it: links as hashes, spans as `[n, "DAY"]`, floats as text because `1` is refused. */
function filterValue(field: ExposedField | undefined, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => filterValue(field, item));
  if (typeof value === 'number' && field?.dataType === 'float') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const { count, unit, type, id } = value as Readonly<Record<string, unknown>>;
  return unit === undefined ? { type, id } : [count, unit];
}

function badInput(path: Path, message: string): AppError {
  return new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.') } });
}
