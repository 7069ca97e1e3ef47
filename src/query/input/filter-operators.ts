import { AppError } from '../../base/errors.ts';
import { type Operator, operatorRow } from '../../site/data-types/operators.ts';
import type { ExposedField } from '../../site/expose.ts';
import type { SiteFacts } from '../../site/facts/fact-table.ts';
import { maxLinksOf, maxValuesOf } from '../plan/site-limits.ts';

export interface Usage {
  readonly operator: Operator;
  readonly value: unknown;
  readonly field: ExposedField | undefined;
  readonly facts: SiteFacts;
  /** GraphQL path to the operator, for errors. */
  readonly path: readonly string[];
}

/** @throws AppError BAD_USER_INPUT for values that GraphQL's types allow and ShotGrid would refuse or misread */
export function assertUsable(usage: Usage): void {
  const message = objectionTo(usage);
  if (message === undefined) return;
  throw new AppError('BAD_USER_INPUT', { message, details: { path: usage.path.join('.') } });
}

function objectionTo({ operator, value, field, facts }: Usage): string | undefined {
  if (value === null) {
    if (operator !== 'is' && operator !== 'isNot') return 'Only "is" and "isNot" can be null.';
    return field?.valueType.filter?.empty === 'never'
      ? 'This field cannot be compared with null.'
      : undefined;
  }
  const { compares, relation } = operatorRow(operator);
  switch (compares) {
    case 'list':
      return objectionToList(value as unknown[], facts);
    case 'range':
      return objectionToRange(value as readonly (string | number)[]);
    case 'span':
      return objectionToPeriod(value as Period, 1);
    case 'calendar': {
      const unit = relation.slice(relation.lastIndexOf('_') + 1).toUpperCase();
      return objectionToPeriod({ count: value as number, unit }, -Infinity);
    }
    default:
      return undefined;
  }
}

interface Period {
  readonly count: number;
  readonly unit: string;
}

/** Larger spans exceed every calendar and would break the search. */
const PERIODS_OF_CENTURY: Readonly<Record<string, number>> = {
  HOUR: 876_600,
  DAY: 36_525,
  WEEK: 5218,
  MONTH: 1200,
  YEAR: 100,
};

function objectionToPeriod({ count, unit }: Period, least: number): string | undefined {
  const most = PERIODS_OF_CENTURY[unit] ?? 0;
  if (count >= Math.max(least, -most) && count <= most) return undefined;
  return count < least ? 'The count must be 1 or more.' : `Give at most ${most}: a hundred years.`;
}

function objectionToList(values: readonly unknown[], facts: SiteFacts): string | undefined {
  const limit = typeof values[0] === 'object' ? maxLinksOf(facts) : maxValuesOf(facts);
  return values.length > limit
    ? `Give at most ${limit} values. Say what they have in common, or ask for the others in another request.`
    : undefined;
}

function objectionToRange(ends: readonly (string | number)[]): string | undefined {
  const [lowest, highest] = ends.map(comparable);
  if (lowest === undefined || highest === undefined || ends.length !== 2)
    return 'Give exactly two values: the lowest and the highest.';
  // ShotGrid would accept an inverted range: it is a mistake, and an error is better than a guess.
  return lowest > highest ? 'The range is inverted: give the lowest value first.' : undefined;
}

/** Instants may have different zones; dates and numbers compare directly. */
const comparable = (value: string | number): number =>
  typeof value === 'number' ? value : Date.parse(value);
