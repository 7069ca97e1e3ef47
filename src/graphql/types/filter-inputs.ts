import { Field, InputType } from 'type-graphql';
import { isOracle } from '../../query/plan/hidden-values.ts';
import { ON_TYPE } from '../../query/input/links.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { typeFacts } from '../../site/type-facts.ts';
import { type NamedClass, namedClass } from './named-class.ts';
import { addLinkOperators, type OperatorInputs } from './operators.ts';
import type { SharedInputs } from './write-inputs.ts';

/**
 * The filter input of each type, by system name: one operator input per filterable field, `and`, `or`. A link to
 * one type takes `<Type>LinkFilter`, with conditions on the link or on the linked row, to any depth.
 */
export function createFilterInputs(
  schema: ExposedSchema,
  operators: OperatorInputs,
  { reference, timeSpan }: Pick<SharedInputs, 'reference' | 'timeSpan'>,
): ReadonlyMap<string, NamedClass> {
  const filters = namedInputs(schema, 'Filter');
  const linkFilters = namedInputs(schema, 'LinkFilter');
  const inputOf = (field: ExposedField): NamedClass | undefined => {
    const target = field.target === null ? undefined : schema.names.systemType(field.target);
    return linkFilters.get(target ?? '') ?? operators.inputOf(field);
  };
  for (const type of schema.types.values()) {
    const filter = filters.get(type.type);
    const linkFilter = linkFilters.get(type.type);
    if (filter === undefined || linkFilter === undefined) continue;
    Field(() => filter, {
      nullable: true,
      description: `Conditions on the ${type.graphqlName} that the link leads to.`,
    })(operators.link.prototype, `${ON_TYPE}${type.graphqlName}`);
    Field(() => operators.id, { nullable: true })(filter.prototype, 'id');
    addFields(schema, type, filter, inputOf);
    InputType(`${type.graphqlName}Filter`, {
      description: 'Conditions on several fields must all be met.',
    })(filter);
    addLinkOperators(linkFilter, reference, timeSpan);
    addFields(schema, type, linkFilter, inputOf);
    InputType(`${type.graphqlName}LinkFilter`, {
      description: `Conditions on a link to ${type.graphqlName}, or on the linked row. ${OF_LISTS}`,
    })(linkFilter);
  }
  return filters;
}

/** How ShotGrid combines several conditions through one list. */
export const OF_LISTS =
  'For a list of links, different linked rows may meet different conditions. To find a row that meets all of them, query the type of that row and select its links.';

const namedInputs = (schema: ExposedSchema, ending: string): ReadonlyMap<string, NamedClass> =>
  new Map([...schema.types.values()].map((type) => [type.type, namedClass(`${type.graphqlName}${ending}`)]));

function addFields(
  schema: ExposedSchema,
  type: ExposedType,
  input: NamedClass,
  inputOf: (field: ExposedField) => NamedClass | undefined,
): void {
  const { unfiltered = [] } = typeFacts(type.type);
  for (const field of type.fields.values()) {
    const isLeftOut = unfiltered.includes(field.name) || isOracle(schema, type.type, field.name);
    const operatorInput = isLeftOut ? undefined : inputOf(field);
    if (operatorInput === undefined) continue;
    Field(() => operatorInput, { nullable: true })(input.prototype, field.graphqlName);
  }
  for (const name of ['and', 'or']) {
    Field(() => [input], { nullable: true })(input.prototype, name);
  }
}
