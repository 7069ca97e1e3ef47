import { type DefinitionNode, type DocumentNode, Kind, print, visit } from 'graphql';
import { sha256 } from '../base/digest.ts';

/**
 * What is equal for two documents that ask the same: white space, comments, the order of definitions and the `__typename`
 * that caches of clients add make no difference. Libraries send a file of operations in other words than are written there.
 */
export function shapeOf(document: DocumentNode): string {
  const plain = visit(document, {
    Field(node) {
      const isAdded = node.name.value === '__typename' && node.alias === undefined;
      return isAdded && (node.directives ?? []).length === 0 ? null : undefined;
    },
    // A selection set of `__typename` alone has to stay one.
    SelectionSet: {
      leave: (node) => (node.selections.length === 0 ? { ...node, selections: [TYPENAME] } : undefined),
    },
  });
  const definitions = plain.definitions.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return sha256(print({ ...plain, definitions }));
}

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;

const keyOf = (definition: DefinitionNode): string =>
  `${definition.kind} ${'name' in definition ? (definition.name?.value ?? '') : ''}`;
