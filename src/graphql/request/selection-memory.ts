import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { EntitySelection } from '../../query/ports/selection.ts';

/** The selections of one field of a document: one per combination of the deciding variables. */
interface Remembered {
  /** Variables of `@skip` and `@include`, at any depth below the field. */
  readonly variables: readonly string[];
  readonly byKey: Map<string, EntitySelection>;
}

/** Each conditional part doubles the possible selections. Real documents have a few. */
const MAX_PER_FIELD = 64;

/**
 * Caches selections by parsed field. A repeated document has the same selections, so it reuses their plans.
 * Entries are garbage-collected with their document, and Apollo keeps documents in a bounded store.
 */
export function createSelectionMemory() {
  const byField = new WeakMap<FieldNode, Remembered>();
  return (info: GraphQLResolveInfo, key: string, read: () => EntitySelection): EntitySelection => {
    const [field, ...others] = info.fieldNodes;
    // Merged fields depend on conditions above them, so they are not cached.
    if (field === undefined || others.length > 0) return read();
    const remembered = byField.get(field) ?? { variables: variablesBelow(info, field), byKey: new Map() };
    byField.set(field, remembered);
    const { variables, byKey } = remembered;
    const values = variables.map((name) => (info.variableValues[name] === true ? '+' : '-'));
    const fullKey = `${key} ${values.join('')}`;
    const known = byKey.get(fullKey) ?? read();
    if (byKey.size >= MAX_PER_FIELD) byKey.clear();
    byKey.set(fullKey, known);
    return known;
  };
}

function variablesBelow(info: GraphQLResolveInfo, field: FieldNode): readonly string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visitSet = (set: SelectionSetNode | undefined): void => {
    for (const node of set?.selections ?? []) {
      for (const { arguments: values = [] } of node.directives ?? []) {
        for (const { value } of values) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if (node.kind !== Kind.FRAGMENT_SPREAD) {
        visitSet(node.selectionSet);
      } else if (!seen.has(node.name.value)) {
        seen.add(node.name.value);
        visitSet(info.fragments[node.name.value]?.selectionSet);
      }
    }
  };
  visitSet(field.selectionSet);
  return [...names];
}
