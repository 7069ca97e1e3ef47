import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
  type InlineFragmentNode,
  isAbstractType,
} from 'graphql';
import { type EntitySelection, EMPTY_SELECTION } from '../../query/ports/selection.ts';
import { ownValue } from '../../base/bare.ts';
import type { ExposedField, ExposedSchema, ExposedType } from '../../site/expose.ts';
import { createDocumentMemory, fragmentOf, isIncluded } from './document-memory.ts';
import { neededBy } from './needed.ts';

/** Contains only the fields that every link carries. */
const ENTITY = 'Entity';

interface Draft {
  readonly fields: Set<string>;
  readonly links: Map<string, Map<string, Draft>>;
  readonly namedLinks: Set<string>;
  askedAs?: Map<string, string>;
}

type DraftsByType = Map<string, Draft>;

/**
 * Reads the selection of entities in a document: maps GraphQL names to system names, merges fragments and aliases.
 */
export interface SelectionReader {
  /**
   * The selection of one type below the field that is being resolved.
   *
   * @param path fields between that field and the entity, such as `['nodes']`; several paths are merged
   */
  of(info: GraphQLResolveInfo, type: string, paths?: readonly (readonly string[])[]): EntitySelection;
  /**
   * Whether a field is selected directly below the field that is being resolved.
   *
   * @param path fields between the two
   */
  asks(info: GraphQLResolveInfo, field: string, path?: readonly string[]): boolean;
}

/** Creates a reader for the types of a schema. */
export function createSelectionReader(schema: ExposedSchema): SelectionReader {
  const byGraphqlName = new Map([...schema.types.values()].map((type) => [type.graphqlName, type]));
  const fieldsByGraphqlName = new Map([...schema.types.values()].map((type) => [type.type, fieldsOf(type)]));

  const typesOf = createTypesOf(byGraphqlName);

  /** @param current the type that plain fields belong to; undefined for the interface Entity */
  const collect = (
    info: GraphQLResolveInfo,
    set: SelectionSetNode,
    current: ExposedType | undefined,
    drafts: DraftsByType,
  ): void => {
    for (const node of set.selections) {
      if (!isIncluded(node, info)) continue;
      if (node.kind === Kind.FIELD) {
        if (current !== undefined) collectField(info, node, current, drafts);
        continue;
      }
      const fragment = fragmentOf(node, info);
      if (fragment === undefined) continue;
      for (const narrowed of typesOf(info, fragment, current))
        collect(info, fragment.selectionSet, narrowed, drafts);
    }
  };

  const collectField = (
    info: GraphQLResolveInfo,
    node: FieldNode,
    type: ExposedType,
    drafts: DraftsByType,
  ): void => {
    const field = fieldsByGraphqlName.get(type.type)?.get(node.name.value);
    if (field === undefined) {
      const needed = neededBy(info.schema, type.graphqlName, node.name.value);
      if (needed !== undefined) addSelection(draftOf(drafts, type.type), needed);
      return;
    }
    const draft = draftOf(drafts, type.type);
    draft.fields.add(field.name);
    if (node.name.value !== field.graphqlName)
      (draft.askedAs ??= new Map<string, string>()).set(field.name, node.name.value);
    const isLink = field.valueType.shown === 'link' || field.valueType.shown === 'links';
    if (!isLink || node.selectionSet === undefined) return;
    const targets: DraftsByType = draft.links.get(field.name) ?? new Map<string, Draft>();
    draft.links.set(field.name, targets);
    if (asksName(info, node.selectionSet)) draft.namedLinks.add(field.name);
    const target = field.target === null ? undefined : byGraphqlName.get(field.target);
    collect(info, node.selectionSet, target, targets);
  };

  // Rows with one selection are read together, so equal documents have one selection.
  const once = createDocumentMemory<EntitySelection>();
  return {
    of: (info, type, paths = [[]]) =>
      once(info, `${type} ${paths.join(' ')}`, () => {
        const drafts: DraftsByType = new Map();
        const current = schema.types.get(type);
        const sets = paths.flatMap((path) => selectionSetsAt(info, info.fieldNodes, path));
        for (const set of sets) collect(info, set, current, drafts);
        return drafts.get(type) ?? EMPTY_SELECTION;
      }),
    asks,
  };
}

/** The types that a fragment applies to. Plain fields belong to `current`. */
const createTypesOf =
  (byGraphqlName: ReadonlyMap<string, ExposedType>) =>
  (
    { schema }: GraphQLResolveInfo,
    { typeCondition }: Pick<InlineFragmentNode, 'typeCondition'>,
    current: ExposedType | undefined,
  ): readonly (ExposedType | undefined)[] => {
    if (typeCondition === undefined) return [current];
    const { value: condition } = typeCondition.name;
    const named = byGraphqlName.get(condition);
    // A fragment in another one may be of a type that never stands here.
    if (named !== undefined) return current === undefined || current === named ? [named] : [];
    const abstract = schema.getType(condition);
    if (condition === ENTITY || !isAbstractType(abstract)) return [current];
    const possible = schema.getPossibleTypes(abstract).flatMap(({ name }) => byGraphqlName.get(name) ?? []);
    return current === undefined ? possible : possible.filter((type) => type === current);
  };

const asks: SelectionReader['asks'] = (info, field, path = []) =>
  selectionSetsAt(info, info.fieldNodes, path).some((set) => fieldsNamed(info, set, field).length > 0);

/** Fields that show the rows of a link differently. Their selection is read with the link. */
const READ_AS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Playlist: { orderedVersions: 'versions' },
};

function fieldsOf({ type, fields }: ExposedType): ReadonlyMap<string, ExposedField> {
  const byName = new Map([...fields.values()].map((field) => [field.graphqlName, field]));
  for (const [name, link] of Object.entries(ownValue(READ_AS, type) ?? {})) {
    const field = fields.get(link);
    if (field !== undefined && !byName.has(name)) byName.set(name, field);
  }
  return byName;
}

/** `name` is the same field in every type, so the fragment around it does not matter. */
const asksName = (info: GraphQLResolveInfo, set: SelectionSetNode): boolean =>
  fieldsNamed(info, set, 'name').length > 0;

function draftOf(drafts: DraftsByType, type: string): Draft {
  const draft = drafts.get(type) ?? {
    fields: new Set<string>(),
    links: new Map<string, DraftsByType>(),
    namedLinks: new Set<string>(),
  };
  drafts.set(type, draft);
  return draft;
}

function addSelection(draft: Draft, { fields, links, namedLinks }: EntitySelection): void {
  for (const field of fields) draft.fields.add(field);
  for (const field of namedLinks) draft.namedLinks.add(field);
  for (const [field, targets] of links) {
    const drafts: DraftsByType = draft.links.get(field) ?? new Map<string, Draft>();
    draft.links.set(field, drafts);
    for (const [type, target] of targets) addSelection(draftOf(drafts, type), target);
  }
}

/** Selection sets at the end of a path of field names, through fragments. */
function selectionSetsAt(
  info: GraphQLResolveInfo,
  nodes: readonly FieldNode[],
  path: readonly string[],
): SelectionSetNode[] {
  const sets = nodes.flatMap((node) => node.selectionSet ?? []);
  const [name, ...rest] = path;
  if (name === undefined) return sets;
  const next = sets.flatMap((set) => fieldsNamed(info, set, name));
  return selectionSetsAt(info, next, rest);
}

function fieldsNamed(info: GraphQLResolveInfo, set: SelectionSetNode, name: string): FieldNode[] {
  return set.selections.flatMap((node): FieldNode[] => {
    if (node.kind === Kind.FIELD) return node.name.value === name && isIncluded(node, info) ? [node] : [];
    if (!isIncluded(node, info)) return [];
    const fragment = fragmentOf(node, info);
    return fragment === undefined ? [] : fieldsNamed(info, fragment.selectionSet, name);
  });
}
