import { AppError } from '../base/errors.ts';
import type { ExposedField } from '../site/expose.ts';

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

/** Data types that refuse a comparison with null (API 3.3). */
const NEVER_NULL: ReadonlySet<string> = new Set(['checkbox']);

export interface Usage {
  readonly operator: Operator;
  readonly value: unknown;
  readonly field: ExposedField | undefined;
  /** GraphQL path to the operator, for errors. */
  readonly path: readonly string[];
}

/** @throws AppError BAD_USER_INPUT for what GraphQL's types let through and ShotGrid would refuse or misread */
export function assertUsable({ operator, value, field, path }: Usage): void {
  const refuse = (message: string): never => {
    throw new AppError('BAD_USER_INPUT', { message, details: { path: path.join('.') } });
  };
  if (value === null) {
    if (operator !== 'is' && operator !== 'isNot') refuse('Only "is" and "isNot" can be null.');
    if (NEVER_NULL.has(field?.dataType ?? '')) refuse('A checkbox is true or false, never null.');
  }
  if (LISTS.has(operator) && (value as unknown[]).length === 0) {
    refuse('The list must not be empty: ShotGrid refuses that.');
  }
  if (operator === 'between' && (value as unknown[]).length !== 2) {
    refuse('Give exactly two values: the lowest and the highest.');
  }
  if (PERIODS.has(operator) && (value as { count: number }).count < 1) {
    refuse('The count must be 1 or more.');
  }
}
