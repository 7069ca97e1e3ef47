/** In a selection's fields: requires the row itself to be read as the person, even if nothing else is selected. */
export const ROW = 'id';

/** Selects only that the row is read. */
export const ROW_ONLY: EntitySelection = { fields: new Set([ROW]), links: new Map(), namedLinks: new Set() };

/**
 * The fields that a GraphQL request selects of one entity, by system names: the interface between `graphql` and
 * `query`. `id` and `type` are not in it, nor is the entity's own `name`: every link includes them (API 2.4).
 */
export interface EntitySelection {
  /** Scalar fields and links of the entity itself. */
  readonly fields: ReadonlySet<string>;
  /**
   * Links with a selection beyond id, type and name: field -> type of the target -> selection. A field named here
   * is also in `fields`.
   */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, EntitySelection>>;
  /** Links with a selected `name`: a link includes it, but its replacement at the end of a path does not. */
  readonly namedLinks: ReadonlySet<string>;
  /** The name in the request, if it differs from the field's own: messages use the client's name. */
  readonly askedAs?: ReadonlyMap<string, string>;
}

/**
 * For a selection with `ROW`: whether the person may see the row, or the error if that is unknown. A link alone
 * proves nothing: ShotGrid also shows links to rows that a person may not see.
 */
export const SEEN = Symbol('seen');

/** The selected fields that ShotGrid keeps from the person's role, by GraphQL name. They are null in the node. */
export const KEPT_FROM_ROLE = Symbol('keptFromRole');

/**
 * An entity as resolvers see it: a plain object with the selected fields by GraphQL name, links replaced by nodes.
 * A link whose target the person may not see keeps only `type`, `id` and `name` (ShotGrid showed those).
 */
export interface EntityNode {
  /** GraphQL name of the type. */
  readonly __typename: string;
  /** System name of the type. */
  readonly type: string;
  readonly id: number;
  /** An error if a link came without a name and the row could not be read. */
  readonly name: string | Error | null;
  readonly [SEEN]?: boolean | Error;
  readonly [KEPT_FROM_ROLE]?: ReadonlySet<string>;
  readonly [field: string]: unknown;
}

export const EMPTY_SELECTION: EntitySelection = {
  fields: new Set(),
  links: new Map(),
  namedLinks: new Set(),
};

/** The union of these selections: siblings of one type share one read. */
export function mergeSelections(selections: readonly EntitySelection[]): EntitySelection {
  const [only] = selections;
  if (selections.length === 1 && only !== undefined) return only;
  const fields = new Set<string>();
  const namedLinks = new Set<string>();
  const askedAs = new Map(selections.flatMap((selection) => [...(selection.askedAs ?? [])]));
  const gathered = new Map<string, Map<string, EntitySelection[]>>();
  for (const selection of selections) {
    for (const field of selection.fields) fields.add(field);
    for (const field of selection.namedLinks) namedLinks.add(field);
    for (const [field, targets] of selection.links) {
      const byType = gathered.get(field) ?? new Map<string, EntitySelection[]>();
      gathered.set(field, byType);
      for (const [type, target] of targets) byType.set(type, [...(byType.get(type) ?? []), target]);
    }
  }
  const links = new Map(
    [...gathered].map(([field, byType]) => [
      field,
      new Map([...byType].map(([type, targets]) => [type, mergeSelections(targets)])),
    ]),
  );
  return { fields, links, namedLinks, ...(askedAs.size > 0 && { askedAs }) };
}
