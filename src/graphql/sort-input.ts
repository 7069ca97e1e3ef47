import { Field, InputType, registerEnumType } from 'type-graphql';
import type { ExposedSchema } from '../site/expose.ts';
import { namedClass, type NamedClass } from './named-class.ts';

/** Sorting on these does nothing or fails (API 3.5). */
const UNSORTABLE: ReadonlySet<string> = new Set([
  'url',
  'summary',
  'password',
  'jsonb',
  'serializable',
  'uuid',
  'pivot_column',
  'multi_entity',
  'image',
]);

/**
 * The sort input of each type, by system name: a field, or a link to one type and a key of the row at its end, to any
 * depth. Values of the enums are system names.
 */
export function createSortInputs(schema: ExposedSchema, direction: object): ReadonlyMap<string, NamedClass> {
  const inputs = new Map(
    [...schema.types.values()].map((type) => [type.type, namedClass(`${type.graphqlName}Sort`)]),
  );
  for (const type of schema.types.values()) {
    const input = inputs.get(type.type);
    if (input === undefined) continue;
    const fields: Record<string, string> = { ID: 'id' };
    for (const field of type.fields.values()) {
      if (!UNSORTABLE.has(field.dataType)) fields[field.enumValue] = field.name;
      const target = field.dataType === 'entity' ? schema.names.systemType(field.target ?? '') : undefined;
      const targetInput = inputs.get(target ?? '');
      // A link of that name could not be told from the key's own parts.
      if (targetInput === undefined || ['field', 'direction'].includes(field.graphqlName)) continue;
      Field(() => targetInput as never, { nullable: true })(input.prototype, field.graphqlName);
    }
    registerEnumType(fields, { name: `${type.graphqlName}SortField` });
    Field(() => fields, { nullable: true })(input.prototype, 'field');
    Field(() => direction, { defaultValue: 'asc' })(input.prototype, 'direction');
    InputType(`${type.graphqlName}Sort`, {
      description: 'Either "field", or one link with a key of the row that it leads to.',
    })(input);
  }
  return inputs;
}
