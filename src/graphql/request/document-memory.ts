import {
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What was made of one field of a document: one for each combination of the deciding variables. */
interface Remembered<T> {
  /** Variables of `@skip` and `@include`, at any depth below the field. */
  readonly variables: readonly string[];
  readonly byKey: Map<string, T>;
}

/** Each conditional part doubles the possible selections. Real documents have a few. */
const MAX_PER_FIELD = 64;

/** Gives what was made of the field that is being resolved, or makes it. `key` tells apart what is made of one field. */
export type DocumentMemory<T> = (info: GraphQLResolveInfo, key: string, make: () => T) => T;

/**
 * Keeps what is made of a parsed field and of nothing else but the variables of its directives: a repeated document
 * has the same again. Entries are garbage-collected with their document, and Apollo keeps documents in a bounded store. Merged fields
 * depend on conditions above them, so they are kept for one request: graphql-js resolves all rows of a list with
 * one array of them.
 */
export function createDocumentMemory<T>(): DocumentMemory<T> {
  const byField = new WeakMap<FieldNode, Remembered<T>>();
  const byMerged = new WeakMap<readonly FieldNode[], Map<string, T>>();
  return (info, key, make) => {
    const [field, ...others] = info.fieldNodes;
    if (field === undefined || others.length > 0) {
      const ofRequest = byMerged.get(info.fieldNodes) ?? new Map<string, T>();
      byMerged.set(info.fieldNodes, ofRequest);
      return kept(ofRequest, key, make);
    }
    const remembered = byField.get(field) ?? { variables: variablesBelow(info, field), byKey: new Map() };
    byField.set(field, remembered);
    const { variables, byKey } = remembered;
    const values = variables.map((name) => signOf(info.variableValues[name]));
    if (byKey.size >= MAX_PER_FIELD) byKey.clear();
    return kept(byKey, `${key} ${values.join('')}`, make);
  };
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

/** A variable of a directive that is null is an error of the request, which no other request shares. */
const signOf = (value: unknown): string => {
  if (typeof value !== 'boolean') return '?';
  return value ? '+' : '-';
};

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

/**
 * Whether `@skip` and `@include` leave a part of the document in.
 *
 * @throws GraphQLError for a condition that is null
 */
export function isIncluded(
  node: SelectionNode,
  { variableValues }: Pick<GraphQLResolveInfo, 'variableValues'>,
): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  // As graphql-js: what is skipped is not asked whether it is included, and a condition that is null fails there alone.
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
}

/** What a part of a selection spreads. Undefined for a fragment that the document does not have. */
export const fragmentOf = (
  node: InlineFragmentNode | FragmentSpreadNode,
  { fragments }: Pick<GraphQLResolveInfo, 'fragments'>,
): InlineFragmentNode | FragmentDefinitionNode | undefined =>
  node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
