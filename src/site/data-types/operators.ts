/**
 * The operand of an operator: one value, several, two ends, a time span, a number of calendar units, a text or a
 * flag.
 */
export type Compared = 'value' | 'list' | 'range' | 'span' | 'calendar' | 'text' | 'type' | 'flag';

/** Operators that a data type supports all together or not at all (API 3.3). */
export type OperatorGroup = 'equality' | 'choice' | 'empty' | 'order' | 'part' | 'edge' | 'time' | 'link';

/** One operator of the filters. */
export interface OperatorRow {
  /** Relation of the API (API 3.3). */
  readonly relation: string;
  readonly group: OperatorGroup;
  readonly compares: Compared;
  /**
   * True if it can be applied per row: it holds for one of several rows if it holds for the list. Negations and
   * conditions on a link's name quantify over all rows.
   */
  readonly ofOneRow: boolean;
  /** Days of one calendar unit. */
  readonly days?: number;
  readonly description?: string;
}

const WITH_NULLS = 'Also finds rows whose field is empty, as always in ShotGrid.';

/** Negations of another operator, which an empty field matches too. */
const not = (relation: string, group: OperatorGroup, compares: Compared): OperatorRow => ({
  ...{ relation, group, compares, ofOneRow: false, description: WITH_NULLS },
});

const one = (
  relation: string,
  group: OperatorGroup,
  compares: Compared,
  description?: string,
): OperatorRow => ({
  ...{ relation, group, compares, ofOneRow: true, ...(description !== undefined && { description }) },
});

const calendar = (unit: string, days: number, description: string): OperatorRow => ({
  ...one(`in_calendar_${unit}`, 'time', 'calendar', description),
  days,
});

/** The operators by GraphQL name. To add one, add a row: inputs, conditions and per-row checks are made from it. */
export const OPERATORS = {
  is: one('is', 'equality', 'value', 'Null finds rows whose field is empty.'),
  isNot: not('is_not', 'equality', 'value'),
  in: one('in', 'choice', 'list'),
  notIn: not('not_in', 'choice', 'list'),
  contains: one('contains', 'part', 'value'),
  notContains: not('not_contains', 'part', 'value'),
  startsWith: one('starts_with', 'edge', 'value'),
  endsWith: one('ends_with', 'edge', 'value'),
  greaterThan: one('greater_than', 'order', 'value'),
  lessThan: one('less_than', 'order', 'value'),
  between: one('between', 'order', 'range', 'The lowest and the highest value, both included.'),
  inLast: one('in_last', 'time', 'span'),
  notInLast: not('not_in_last', 'time', 'span'),
  inNext: one('in_next', 'time', 'span'),
  notInNext: not('not_in_next', 'time', 'span'),
  inCalendarDay: calendar('day', 1, '0 is today, -1 is yesterday. Days are in UTC.'),
  inCalendarWeek: calendar('week', 7, '0 is this week. Weeks are in UTC.'),
  inCalendarMonth: calendar('month', 31, '0 is this month. Months are in UTC.'),
  inCalendarYear: calendar('year', 366, '0 is this year. Years are in UTC.'),
  typeIs: { relation: 'type_is', group: 'link', compares: 'type', ofOneRow: false },
  typeIsNot: not('type_is_not', 'link', 'type'),
  nameIs: { relation: 'name_is', group: 'link', compares: 'text', ofOneRow: false },
  nameContains: { relation: 'name_contains', group: 'link', compares: 'text', ofOneRow: false },
  nameNotContains: not('name_not_contains', 'link', 'text'),
  // Ours: it becomes `is` or `is_not` with the field's empty value.
  isNull: one('is', 'empty', 'flag', 'True finds rows whose field is empty, false finds the others.'),
} as const satisfies Readonly<Record<string, OperatorRow>>;

export type Operator = keyof typeof OPERATORS;

export const operatorRow = (operator: Operator): OperatorRow => OPERATORS[operator];

export const isOperator = (name: string): name is Operator => Object.hasOwn(OPERATORS, name);

/** In the order of the table. */
export const operatorsOf = (groups: readonly OperatorGroup[]): readonly Operator[] =>
  (Object.keys(OPERATORS) as Operator[]).filter((name) => groups.includes(OPERATORS[name].group));

const BY_RELATION: ReadonlyMap<string, OperatorRow> = new Map(
  Object.values(OPERATORS)
    .filter(({ group }) => group !== 'empty')
    .map((row) => [row.relation, row]),
);

/** The row of a relation of the API. */
export const relationRow = (relation: string): OperatorRow | undefined => BY_RELATION.get(relation);
