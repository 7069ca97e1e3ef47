import { Field, InputType, registerEnumType } from 'type-graphql';
import { isTelling } from '../../query/plan/hidden-values.ts';
import { ON_TYPE } from '../../query/input/links.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import { namedClass, type NamedClass } from './named-class.ts';

/**
 * The sort input of each type, by system name: a field, or a link plus a key of the linked row, to any depth. A
 * link that accepts several types takes `LinkSort`, which names the type of the key. Enum values are system names.
 */
export function createSortInputs(schema: ExposedSchema, direction: object): ReadonlyMap<string, NamedClass> {
  const inputs = new Map(
    [...schema.types.values()].map((type) => [type.type, namedClass(`${type.graphqlName}Sort`)]),
  );
  const link = linkSort(schema, inputs);
  for (const type of schema.types.values()) {
    const input = inputs.get(type.type);
    if (input === undefined) continue;
    const fields: Record<string, string> = { ID: 'id' };
    for (const field of type.fields.values()) {
      if (field.valueType.isSortable && !isTelling(schema, type.type, field.name))
        fields[field.enumValue] = field.name;
      // A link with this name would clash with the key's own parts.
      if (field.valueType.shown !== 'link' || ['field', 'direction'].includes(field.graphqlName)) continue;
      const target = field.target === null ? undefined : schema.names.systemType(field.target);
      const targetInput = inputs.get(target ?? '') ?? link;
      Field(() => targetInput, { nullable: true })(input.prototype, field.graphqlName);
    }
    registerEnumType(fields, { name: `${type.graphqlName}SortField` });
    Field(() => fields, { nullable: true })(input.prototype, 'field');
    Field(() => direction, { nullable: true, description: 'By default ASC.' })(input.prototype, 'direction');
    InputType(`${type.graphqlName}Sort`, {
      description:
        'Give either "field", or one link with a key of the linked row. The direction may stand beside either. Rows without a value come last in both directions.',
    })(input);
  }
  return inputs;
}

function linkSort(schema: ExposedSchema, inputs: ReadonlyMap<string, NamedClass>): NamedClass {
  const link = namedClass('LinkSort');
  for (const { type, graphqlName } of schema.types.values()) {
    const input = inputs.get(type);
    if (input !== undefined)
      Field(() => input, { nullable: true })(link.prototype, `${ON_TYPE}${graphqlName}`);
  }
  InputType('LinkSort', {
    description:
      'Set exactly one key of the linked rows of that type. Rows that link to another type come last.',
  })(link);
  return link;
}
