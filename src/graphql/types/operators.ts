import { Field, InputType, Int } from 'type-graphql';
import { DATA_TYPES } from '../../site/data-types/data-types.ts';
import { type Compared, type Operator, operatorRow, operatorsOf } from '../../site/data-types/operators.ts';
import type { FilterRules, ValueType } from '../../site/data-types/value-type.ts';
import type { ExposedField } from '../../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { SCALARS } from './scalars.ts';

/** The operator inputs: one per filterable data type, shared by all fields of that data type. */
export interface OperatorInputs {
  /** Undefined if the API cannot filter on the field. */
  inputOf(field: ExposedField): NamedClass | undefined;
  readonly id: NamedClass;
  /** For links that accept several types. */
  readonly link: NamedClass;
}

/**
 * The inputs of the data types, created on first use, and those of ids and links. A data type without filter rules
 * cannot be filtered.
 */
export function createOperatorInputs(reference: NamedClass, timeSpan: NamedClass): OperatorInputs {
  const inputs = new Map<string, NamedClass>();
  const inputOf = ({ filter, shown }: ValueType): NamedClass | undefined => {
    if (filter === null) return undefined;
    const made = inputs.get(filter.input);
    if (made !== undefined) return made;
    const value = (): object => SCALARS[filter.takes ?? shown] ?? reference;
    const input = operatorInput(filter, { value, timeSpan, isPlain: filter.isPlain === true });
    inputs.set(filter.input, input);
    return input;
  };
  const always = (valueType: ValueType): NamedClass => {
    const input = inputOf(valueType);
    if (input === undefined)
      throw new Error(`The table of data types has no filter of this: ${valueType.about}`);
    return input;
  };
  return {
    id: always(DATA_TYPES.number),
    link: always(DATA_TYPES.entity),
    inputOf: ({ valueType }) => inputOf(valueType),
  };
}

/** Adds the operators on the link itself. */
export function addLinkOperators(input: NamedClass, reference: NamedClass, timeSpan: NamedClass): void {
  for (const operator of operatorsOf(DATA_TYPES.entity.filter?.operators ?? []))
    addOperator(input, operator, { value: () => reference, timeSpan });
}

interface Operands {
  /** The GraphQL type of the field's values. */
  readonly value: () => object;
  readonly timeSpan: NamedClass;
  /** True if the field is never empty, so that the operators need no note about empty values. */
  readonly isPlain?: boolean;
}

function operatorInput({ input: name, operators, description }: FilterRules, operands: Operands): NamedClass {
  const input = namedClass(name);
  for (const operator of operatorsOf(operators)) addOperator(input, operator, operands);
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
