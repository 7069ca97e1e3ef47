import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** `_` stays before a digit, so that `sg_priority_1` leads back to itself. */
const CAMEL = /^[a-z][A-Za-z0-9]*(?:_\d[A-Za-z0-9]*)*$/u;
const PASCAL = /^[A-Z][A-Za-z0-9]*$/u;
const UPPER = /^[A-Z][A-Z0-9_]*$/u;
/** Lists that keep a place for what the person may not see or what is gone. */
const KEEPS_PLACES = /^Launch\.selected$|ByIds$/u;
/** Costs no call. */
const NEVER_FAILS = /^Query\.viewer$/u;
const CARRIED_BY_LINKS = /^(?:id|nodeId|type)$/u;
const INPUT = /(?:Input|Filter|Sort)$/u;

/** Breaches of the conventions of our schema, each as a sentence that names the place. */
export function conventionBreaches(document: DocumentNode): string[] {
  return document.definitions.flatMap((definition): string[] => {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        return [
          ...typeBreaches(definition.name.value),
          ...rowBreaches(definition),
          ...(definition.fields ?? []).flatMap((field) => fieldBreaches(definition.name.value, field)),
        ];
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        return [
          ...typeBreaches(definition.name.value),
          ...breach(
            !INPUT.test(definition.name.value),
            definition.name.value,
            'does not end as an input does',
          ),
          ...(definition.fields ?? []).flatMap((field) => valueBreaches(definition.name.value, field)),
        ];
      case Kind.ENUM_TYPE_DEFINITION:
        return (definition.values ?? []).flatMap(({ name }) =>
          breach(!UPPER.test(name.value), `${definition.name.value}.${name.value}`, 'is not in UPPER_CASE'),
        );
      default:
        return [];
    }
  });
}

/** Whoever may not see the row that a link leads to gets null for all that the link itself does not carry. */
const rowBreaches = ({ name, interfaces, fields }: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode) =>
  interfaces?.some((of) => of.name.value === 'Entity') === true
    ? (fields ?? []).flatMap((field) =>
        breach(
          field.type.kind === Kind.NON_NULL_TYPE && !CARRIED_BY_LINKS.test(field.name.value),
          `${name.value}.${field.name.value}`,
          'takes the list that a row stands in with it, where the row may not be seen',
        ),
      )
    : [];

const breach = (is: boolean, place: string, what: string): string[] => (is ? [`${place} ${what}.`] : []);

const typeBreaches = (name: string): string[] => breach(!PASCAL.test(name), name, 'is not in PascalCase');

function fieldBreaches(type: string, field: FieldDefinitionNode): string[] {
  const place = `${type}.${field.name.value}`;
  const isRoot = type === 'Query' || type === 'Mutation';
  const reason = field.directives?.find(({ name }) => name.value === 'deprecated')?.arguments?.[0];
  const isSilent = field.directives?.some(({ name }) => name.value === 'deprecated') === true && !reason;
  return [
    ...breach(!CAMEL.test(field.name.value), place, 'is not in camelCase'),
    ...breach(isRoot && field.description === undefined, place, 'has no description'),
    ...breach(
      type === 'Query' && field.type.kind === Kind.NON_NULL_TYPE && !NEVER_FAILS.test(place),
      place,
      'takes the whole answer with it when it fails',
    ),
    ...breach(
      hasNullItems(field.type) && !KEEPS_PLACES.test(place),
      place,
      'is a list whose items may be null',
    ),
    ...breach(isSilent, place, 'is deprecated without a reason'),
    ...(field.arguments ?? []).flatMap((argument) => valueBreaches(place, argument)),
  ];
}

const valueBreaches = (place: string, { name, type }: InputValueDefinitionNode): string[] => [
  ...breach(!CAMEL.test(name.value), `${place}.${name.value}`, 'is not in camelCase'),
  ...breach(hasNullItems(type), `${place}.${name.value}`, 'is a list whose items may be null'),
];

function hasNullItems(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return hasNullItems(type.type);
  return type.kind === Kind.LIST_TYPE && type.type.kind !== Kind.NON_NULL_TYPE;
}
