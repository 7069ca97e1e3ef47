import type { GraphQLScalarType } from 'graphql';
import { Field, Float, InputType, Int } from 'type-graphql';
import { ownValue } from '../../base/bare.ts';
import type { Operator } from '../../query/input/filter-operators.ts';
import { isSize } from '../../query/decode/field-values.ts';
import type { ExposedField } from '../../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { BytesScalar, DateScalar, DateTimeScalar, JsonObjectScalar, UuidScalar } from './scalars.ts';

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
  between: 'The lowest and the highest value, both included.',
  inCalendarDay: '0 is today, -1 yesterday; days are those of UTC.',
  inCalendarWeek: '0 is this week; weeks are those of UTC.',
  inCalendarMonth: '0 is this month; months are those of UTC.',
  inCalendarYear: '0 is this year; years are those of UTC.',
};

const EQUALITY = ['is', 'isNot'] as const satisfies readonly Operator[];
const CHOICE = [...EQUALITY, 'in', 'notIn', 'isNull'] as const satisfies readonly Operator[];
const RANGE = [...CHOICE, 'greaterThan', 'lessThan', 'between'] as const satisfies readonly Operator[];
const PERIODS = ['inLast', 'notInLast', 'inNext', 'notInNext'] as const satisfies readonly Operator[];
const CALENDARS = [
  'inCalendarDay',
  'inCalendarWeek',
  'inCalendarMonth',
  'inCalendarYear',
] as const satisfies readonly Operator[];
const TEXT = [
  ...CHOICE,
  'contains',
  'notContains',
  'startsWith',
  'endsWith',
] as const satisfies readonly Operator[];

const CASELESS = 'Upper and lower case do not differ.';

/** The operator inputs, one per data type that can be filtered, shared by all fields of that data type. */
export interface OperatorInputs {
  /** Undefined where the API cannot filter on the field. */
  inputOf(field: ExposedField): NamedClass | undefined;
  readonly id: NamedClass;
  /** Of links that may hold several types. */
  readonly link: NamedClass;
}

/** Exactly what API 3.3 lists for each data type; data types that are not here cannot be filtered. */
export function createOperatorInputs(reference: NamedClass, timeSpan: NamedClass): OperatorInputs {
  const link = operatorInput('LinkFilter', { value: () => reference, operators: [] });
  addLinkOperators(link, reference);
  const int = operatorInput('IntFilter', { value: () => Int, operators: RANGE });
  const dated = (name: string, scalar: GraphQLScalarType): NamedClass => {
    const input = operatorInput(name, { value: () => scalar, operators: RANGE });
    for (const operator of PERIODS) addOperator(input, operator, () => timeSpan);
    for (const operator of CALENDARS) addOperator(input, operator, () => Int);
    return input;
  };
  const choice = operatorInput('ChoiceFilter', {
    value: () => String,
    operators: CHOICE,
    description: `${CASELESS} A value that the field cannot have finds nothing.`,
  });
  const exactChoice = operatorInput('ExactChoiceFilter', {
    value: () => String,
    operators: CHOICE,
    description: 'Upper and lower case differ.',
  });
  const inputs: Readonly<Record<string, NamedClass>> = {
    text: operatorInput('TextFilter', { value: () => String, operators: TEXT, description: CASELESS }),
    number: int,
    currency: operatorInput('CurrencyFilter', { value: () => Float, operators: RANGE }),
    percent: int,
    duration: int,
    timecode: int,
    float: operatorInput('FloatFilter', {
      value: () => Float,
      operators: RANGE,
      description: 'Compares after rounding to 6 decimals.',
    }),
    date: dated('DateFilter', DateScalar),
    date_time: dated('DateTimeFilter', DateTimeScalar),
    list: choice,
    status_list: choice,
    entity_type: exactChoice,
    color: exactChoice,
    checkbox: operatorInput('BooleanFilter', {
      value: () => Boolean,
      operators: EQUALITY,
      description: 'A checkbox is true or false, never empty.',
      isPlain: true,
    }),
    uuid: operatorInput('UuidFilter', { value: () => UuidScalar, operators: CHOICE }),
    jsonb: operatorInput('JsonFilter', {
      value: () => JsonObjectScalar,
      operators: [...EQUALITY, 'contains', 'notContains'],
      description:
        'An object contains another where it has its keys with these values. Lists cannot be found.',
    }),
    image: operatorInput('ImageFilter', { value: () => Boolean, operators: ['isNull'] }),
    entity: link,
    multi_entity: link,
  };
  const size = operatorInput('BytesFilter', { value: () => BytesScalar, operators: RANGE });
  return { id: int, link, inputOf: (field) => (isSize(field) ? size : ownValue(inputs, field.dataType)) };
}

/** Adds what can be said of a link itself. */
export function addLinkOperators(input: NamedClass, reference: NamedClass): void {
  for (const operator of LINK_OPERATORS) addOperator(input, operator, () => reference);
  for (const operator of LINK_TEXT_OPERATORS) addOperator(input, operator, () => String);
  addOperator(input, 'isNull', () => Boolean);
}

interface InputOptions {
  readonly value: () => object;
  readonly operators: readonly Operator[];
  readonly description?: string;
  /** True where nothing is ever empty, so that the operators mean no more than they say. */
  readonly isPlain?: boolean;
}

function operatorInput(
  name: string,
  { value, operators, description, isPlain = false }: InputOptions,
): NamedClass {
  const input = namedClass(name);
  for (const operator of operators) {
    addOperator(input, operator, operator === 'isNull' ? () => Boolean : value, isPlain);
  }
  InputType(name, description === undefined ? {} : { description })(input);
  return input;
}

function addOperator(input: NamedClass, operator: Operator, value: () => object, isPlain = false): void {
  const isList = operator === 'in' || operator === 'notIn' || operator === 'between';
  const description = isPlain ? undefined : DESCRIPTIONS[operator];
  Field(() => (isList ? [value()] : value()), {
    nullable: true,
    ...(description === undefined ? {} : { description }),
  })(input.prototype, operator);
}
