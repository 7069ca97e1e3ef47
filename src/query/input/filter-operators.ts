import { AppError } from '../../base/errors.ts';
import type { ExposedField } from '../../site/expose.ts';

/** GraphQL name of an operator -> relation of the API (API 3.3). */
export const RELATIONS = {
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

/** `isNull` is ours: it becomes `is` or `is_not` with null. */
export type Operator = keyof typeof RELATIONS | 'isNull';

export const isOperator = (name: string): name is Operator =>
  name === 'isNull' || Object.hasOwn(RELATIONS, name);

const LISTS: ReadonlySet<string> = new Set(['in', 'notIn']);
const PERIODS: ReadonlySet<string> = new Set(['inLast', 'notInLast', 'inNext', 'notInNext']);

/** Data types whose filters refuse null, or for which it is unknown (API 3.3). */
const NEVER_NULL: ReadonlySet<string> = new Set(['checkbox', 'jsonb']);

export interface Usage {
  readonly operator: Operator;
  readonly value: unknown;
  readonly field: ExposedField | undefined;
  /** GraphQL path to the operator, for errors. */
  readonly path: readonly string[];
}

/** @throws AppError BAD_USER_INPUT for what GraphQL's types let through and ShotGrid would refuse or misread */
export function assertUsable(usage: Usage): void {
  const message = objectionTo(usage);
  if (message === undefined) return;
  throw new AppError('BAD_USER_INPUT', { message, details: { path: usage.path.join('.') } });
}

function objectionTo({ operator, value, field }: Usage): string | undefined {
  if (value === null) {
    if (operator !== 'is' && operator !== 'isNot') return 'Only "is" and "isNot" can be null.';
    return NEVER_NULL.has(field?.dataType ?? '') ? 'This field cannot be compared with null.' : undefined;
  }
  if (LISTS.has(operator)) return objectionToList(value as unknown[]);
  if (operator === 'between') return objectionToRange(value as readonly (string | number)[]);
  const period = PERIODS.has(operator) ? (value as Period) : calendarPeriod(operator, value);
  return period === undefined ? undefined : objectionToPeriod(period, PERIODS.has(operator) ? 1 : -Infinity);
}

interface Period {
  readonly count: number;
  readonly unit: string;
}

/** Beyond these no calendar reaches, and the search would break. */
const PERIODS_OF_CENTURY: Readonly<Record<string, number>> = {
  HOUR: 876_600,
  DAY: 36_525,
  WEEK: 5218,
  MONTH: 1200,
  YEAR: 100,
};

const CALENDAR = /^inCalendar(?<unit>\w+)$/u;

function calendarPeriod(operator: Operator, value: unknown): Period | undefined {
  const unit = CALENDAR.exec(operator)?.groups?.['unit'];
  return unit === undefined ? undefined : { count: value as number, unit: unit.toUpperCase() };
}

function objectionToPeriod({ count, unit }: Period, least: number): string | undefined {
  const most = PERIODS_OF_CENTURY[unit] ?? 0;
  if (count >= Math.max(least, -most) && count <= most) return undefined;
  return count < least ? 'The count must be 1 or more.' : `Give at most ${most}: a hundred years.`;
}

/** As text, ids stay below the 90 KB that passed for sure (API 2.11); of links that is known of about 1000 (API 3.9). */
const MAX_VALUES = 5000;
const MAX_LINKS = 1000;

function objectionToList(values: readonly unknown[]): string | undefined {
  const limit = typeof values[0] === 'object' ? MAX_LINKS : MAX_VALUES;
  return values.length > limit
    ? `Give at most ${limit} values. Say what they have in common, or ask for the others in another request.`
    : undefined;
}

function objectionToRange(ends: readonly (string | number)[]): string | undefined {
  const [lowest, highest] = ends.map(comparable);
  if (lowest === undefined || highest === undefined || ends.length !== 2)
    return 'Give exactly two values: the lowest and the highest.';
  // ShotGrid would take them in either order: turned round they are a slip, and better told than guessed at.
  return lowest > highest ? 'The range is inverted: give the lowest value first.' : undefined;
}

/** Instants may have different zones; dates and numbers compare as they are. */
const comparable = (value: string | number): number =>
  typeof value === 'number' ? value : Date.parse(value);
