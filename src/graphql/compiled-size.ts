import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Selections of the function that an operation would be compiled to: each as often as its fragment is spread, and below
 * an interface once for each type that it can be. A small document can be a large function, so it counts up to `most` only.
 */
export function compiledSizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  most: number,
): number {
  const fragments = new Map(document.definitions.flatMap((each) => fragmentEntry(each)));
  const typesOf = (name: string): readonly GraphQLObjectType[] => {
    const type = schema.getType(name);
    if (isAbstractType(type)) return schema.getPossibleTypes(type);
    return isObjectType(type) ? [type] : [];
  };
  let size = 0;
  const count = (set: SelectionSetNode | undefined, type: GraphQLObjectType): void => {
    for (const node of set?.selections ?? []) {
      size += 1;
      if (size > most) return;
      if (node.kind === Kind.FIELD) {
        const field = type.getFields()[node.name.value];
        if (field !== undefined && node.selectionSet !== undefined) {
          for (const below of typesOf(getNamedType(field.type).name)) count(node.selectionSet, below);
        }
        continue;
      }
      const part = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      const condition = part?.typeCondition?.name.value;
      if (condition === undefined || typesOf(condition).includes(type)) count(part?.selectionSet, type);
    }
  };
  const root = schema.getRootType(operation.operation);
  if (root != null) count(operation.selectionSet, root);
  return size;
}

const fragmentEntry = (
  definition: DocumentNode['definitions'][number],
): (readonly [string, FragmentDefinitionNode])[] =>
  definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [];
