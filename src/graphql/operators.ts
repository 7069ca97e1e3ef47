import { Field, InputType, Int } from 'type-graphql';
import type { Operator } from '../query/filter-operators.ts';
import type { ExposedField } from '../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { scalarOf } from './scalars.ts';

/** What can be said of a link itself, beside what can be said of the row at its end. */
const LINK_OPERATORS = ['is', 'isNot', 'in', 'notIn'] as const satisfies readonly Operator[];
const LINK_TEXT_OPERATORS = [
  'typeIs',
  'typeIsNot',
  'nameIs',
  'nameContains',
  'nameNotContains',
] as const satisfies readonly Operator[];

const WITH_NULLS = 'Also true where the field is empty, as everywhere in ShotGrid.';

const DESCRIPTIONS: Partial<Record<Operator, string>> = {
  is: 'Null finds where the field is empty.',
  isNot: WITH_NULLS,
  notIn: WITH_NULLS,
  notContains: WITH_NULLS,
  notInLast: WITH_NULLS,
  notInNext: WITH_NULLS,
  typeIsNot: WITH_NULLS,
  nameNotContains: WITH_NULLS,
  isNull: 'True finds where the field is empty, false where it is not.',
  between: 'Two values, both included.',
  inCalendarDay: '0 is today, -1 yesterday; days are those of UTC.',
  inCalendarWeek: '0 is this week; weeks are those of UTC.',
  inCalendarMonth: '0 is this month; months are those of UTC.',
  inCalendarYear: '0 is this year; years are those of UTC.',
};

const TEXT_OPERATORS: readonly Operator[] = [
  'is',
  'isNot',
  'contains',
  'notContains',
  'startsWith',
  'endsWith',
  'in',
  'notIn',
  'isNull',
];
const RANGE_OPERATORS: readonly Operator[] = [
  'is',
  'isNot',
  'greaterThan',
  'lessThan',
  'between',
  'in',
  'notIn',
  'isNull',
];

/** The operator inputs, one per data type that can be filtered, shared by all fields of that data type. */
export interface OperatorInputs {
  /** Undefined where the API cannot filter on the field. */
  inputOf(field: ExposedField): NamedClass | undefined;
  readonly id: NamedClass;
  /** Of links that may hold several types. */
  readonly link: NamedClass;
}

export function createOperatorInputs(reference: NamedClass, timeSpan: NamedClass): OperatorInputs {
  const made = new Map<string, NamedClass>();
  const textual = (name: string, operators: readonly Operator[]): NamedClass =>
    operatorInput(name, () => String, operators);
  const text = textual('TextFilter', TEXT_OPERATORS);
  const choice = textual('ChoiceFilter', ['is', 'isNot', 'in', 'notIn', 'isNull']);
  const int = operatorInput('IntFilter', () => Int, RANGE_OPERATORS);
  const checkbox = operatorInput('BooleanFilter', () => Boolean, ['is', 'isNot']);
  const link = operatorInput('LinkFilter', () => reference, []);
  addLinkOperators(link, reference);
  const image = operatorInput('ImageFilter', () => Boolean, ['isNull']);

  return {
    id: int,
    link,
    inputOf(field) {
      switch (field.dataType) {
        case 'text':
          return text;
        case 'number':
        case 'percent':
        case 'duration':
        case 'timecode':
          return int;
        case 'float':
        case 'date':
        case 'date_time':
          return rangeInput(field, made, timeSpan);
        case 'list':
        case 'status_list':
        case 'entity_type':
        case 'color':
          return choice;
        case 'checkbox':
          return checkbox;
        case 'image':
          return image;
        case 'entity':
        case 'multi_entity':
          return link;
        default:
          return undefined;
      }
    },
  };
}

const RANGE_INPUT_NAMES: Readonly<Record<string, string>> = {
  float: 'FloatFilter',
  date: 'DateFilter',
  date_time: 'DateTimeFilter',
};

function rangeInput(field: ExposedField, made: Map<string, NamedClass>, timeSpan: NamedClass): NamedClass {
  const known = made.get(field.dataType);
  if (known !== undefined) return known;
  const name = RANGE_INPUT_NAMES[field.dataType] ?? 'RangeFilter';
  const input = operatorInput(name, () => scalarOf(field), RANGE_OPERATORS);
  if (field.dataType !== 'float') {
    for (const operator of ['inLast', 'notInLast', 'inNext', 'notInNext'] as const) {
      addOperator(input, operator, () => timeSpan);
    }
    for (const operator of [
      'inCalendarDay',
      'inCalendarWeek',
      'inCalendarMonth',
      'inCalendarYear',
    ] as const) {
      addOperator(input, operator, () => Int);
    }
  }
  made.set(field.dataType, input);
  return input;
}

/** Adds what can be said of a link itself. */
export function addLinkOperators(input: NamedClass, reference: NamedClass): void {
  for (const operator of LINK_OPERATORS) addOperator(input, operator, () => reference);
  for (const operator of LINK_TEXT_OPERATORS) addOperator(input, operator, () => String);
  addOperator(input, 'isNull', () => Boolean);
}

function operatorInput(name: string, value: () => unknown, operators: readonly Operator[]): NamedClass {
  const input = namedClass(name);
  for (const operator of operators) {
    addOperator(input, operator, operator === 'isNull' ? () => Boolean : value);
  }
  InputType(name)(input);
  return input;
}

function addOperator(input: NamedClass, operator: Operator, value: () => unknown): void {
  const isList = operator === 'in' || operator === 'notIn' || operator === 'between';
  const description = DESCRIPTIONS[operator];
  Field(() => (isList ? [value()] : value()) as never, {
    nullable: true,
    ...(description === undefined ? {} : { description }),
  })(input.prototype, operator);
}
