import type { GraphQLScalarType } from 'graphql';
import { Field, Float, InputType, Int } from 'type-graphql';
import { ownValue } from '../../base/bare.ts';
import {
  type Compared,
  type Operator,
  type OperatorGroup,
  operatorRow,
  operatorsOf,
} from '../../site/data-types/operators.ts';
import { isSize } from '../../query/decode/field-values.ts';
import type { ExposedField } from '../../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { BytesScalar, DateScalar, DateTimeScalar, JsonObjectScalar, UuidScalar } from './scalars.ts';

const RANGE = ['equality', 'choice', 'empty', 'order'] as const satisfies readonly OperatorGroup[];
const CHOICE = ['equality', 'choice', 'empty'] as const satisfies readonly OperatorGroup[];
/** What can be said of a link itself, beside what can be said of the row at its end. */
const LINK = ['equality', 'choice', 'link', 'empty'] as const satisfies readonly OperatorGroup[];

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
  const make = (name: string, options: Omit<InputOptions, 'timeSpan'>): NamedClass =>
    operatorInput(name, { ...options, timeSpan });
  const link = make('LinkFilter', { value: () => reference, groups: LINK });
  const int = make('IntFilter', { value: () => Int, groups: RANGE });
  const dated = (name: string, scalar: GraphQLScalarType): NamedClass =>
    make(name, { value: () => scalar, groups: [...RANGE, 'time'] });
  const choice = make('ChoiceFilter', {
    value: () => String,
    groups: CHOICE,
    description: `${CASELESS} A value that the field cannot have finds nothing.`,
  });
  const exactChoice = make('ExactChoiceFilter', {
    value: () => String,
    groups: CHOICE,
    description: 'Upper and lower case differ.',
  });
  const inputs: Readonly<Record<string, NamedClass>> = {
    text: make('TextFilter', {
      value: () => String,
      groups: [...CHOICE, 'part', 'edge'],
      description: CASELESS,
    }),
    number: int,
    currency: make('CurrencyFilter', { value: () => Float, groups: RANGE }),
    percent: int,
    duration: int,
    timecode: int,
    float: make('FloatFilter', {
      value: () => Float,
      groups: RANGE,
      description: 'Compares after rounding to 6 decimals.',
    }),
    date: dated('DateFilter', DateScalar),
    date_time: dated('DateTimeFilter', DateTimeScalar),
    list: choice,
    status_list: choice,
    entity_type: exactChoice,
    color: exactChoice,
    checkbox: make('BooleanFilter', {
      value: () => Boolean,
      groups: ['equality'],
      description: 'A checkbox is true or false, never empty.',
      isPlain: true,
    }),
    uuid: make('UuidFilter', { value: () => UuidScalar, groups: CHOICE }),
    jsonb: make('JsonFilter', {
      value: () => JsonObjectScalar,
      groups: ['equality', 'part'],
      description:
        'An object contains another where it has its keys with these values. Lists cannot be found.',
    }),
    image: make('ImageFilter', { value: () => Boolean, groups: ['empty'] }),
    entity: link,
    multi_entity: link,
  };
  const size = make('BytesFilter', { value: () => BytesScalar, groups: RANGE });
  return { id: int, link, inputOf: (field) => (isSize(field) ? size : ownValue(inputs, field.dataType)) };
}

/** Adds what can be said of a link itself. */
export function addLinkOperators(input: NamedClass, reference: NamedClass, timeSpan: NamedClass): void {
  for (const operator of operatorsOf(LINK))
    addOperator(input, operator, { value: () => reference, timeSpan });
}

interface InputOptions extends Operands {
  readonly groups: readonly OperatorGroup[];
  readonly description?: string;
}

interface Operands {
  /** What a value of the field is. */
  readonly value: () => object;
  readonly timeSpan: NamedClass;
  /** True where nothing is ever empty, so that the operators mean no more than they say. */
  readonly isPlain?: boolean;
}

function operatorInput(name: string, { groups, description, ...operands }: InputOptions): NamedClass {
  const input = namedClass(name);
  for (const operator of operatorsOf(groups)) addOperator(input, operator, operands);
  InputType(name, description === undefined ? {} : { description })(input);
  return input;
}

function addOperator(input: NamedClass, operator: Operator, operands: Operands): void {
  const row = operatorRow(operator);
  const description = operands.isPlain === true ? undefined : row.description;
  Field(() => OPERANDS[row.compares](operands), {
    nullable: true,
    ...(description === undefined ? {} : { description }),
  })(input.prototype, operator);
}

const OPERANDS: Readonly<Record<Compared, (operands: Operands) => object>> = {
  value: ({ value }) => value(),
  list: ({ value }) => [value()],
  range: ({ value }) => [value()],
  span: ({ timeSpan }) => timeSpan,
  calendar: () => Int,
  text: () => String,
  type: () => String,
  flag: () => Boolean,
};
