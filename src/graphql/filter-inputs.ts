import { Field, InputType } from 'type-graphql';
import type { ExposedSchema, ExposedType } from '../site/expose.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import type { OperatorInputs } from './operators.ts';

/** The filter input of each type: one operator input per filterable field, `and`, `or`, and filters of linked rows. */
export function createFilterInputs(
  schema: ExposedSchema,
  operators: OperatorInputs,
): ReadonlyMap<string, NamedClass> {
  const inputs = new Map(
    [...schema.types.values()].map((type) => [type.type, namedClass(`${type.graphqlName}Filter`)]),
  );
  for (const type of schema.types.values()) {
    const input = inputs.get(type.type);
    if (input !== undefined) addFields(type, input, operators);
  }
  return inputs;
}

function addFields(type: ExposedType, input: NamedClass, operators: OperatorInputs): void {
  Field(() => operators.id as never, { nullable: true })(input.prototype, 'id');
  for (const field of type.fields.values()) {
    const operatorInput = operators.inputOf(field);
    if (operatorInput === undefined) continue;
    Field(() => operatorInput as never, { nullable: true })(input.prototype, field.graphqlName);
  }
  for (const name of ['and', 'or']) {
    Field(() => [input] as never, { nullable: true })(input.prototype, name);
  }
  InputType(`${type.graphqlName}Filter`, {
    description: 'What is said of several fields must all hold.',
  })(input);
}
