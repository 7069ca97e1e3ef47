import { Field, InputType, registerEnumType } from 'type-graphql';
import type { ExposedType } from '../site/expose.ts';
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

/** The sort input of a type. Values of its enum are system names. */
export function createSortInput(type: ExposedType, direction: object): NamedClass {
  const fields: Record<string, string> = { ID: 'id' };
  for (const field of type.fields.values()) {
    if (!UNSORTABLE.has(field.dataType)) fields[field.enumValue] = field.name;
  }
  registerEnumType(fields, { name: `${type.graphqlName}SortField` });
  const input = namedClass(`${type.graphqlName}Sort`);
  Field(() => fields)(input.prototype, 'field');
  Field(() => direction, { defaultValue: 'asc' })(input.prototype, 'direction');
  InputType(`${type.graphqlName}Sort`)(input);
  return input;
}
