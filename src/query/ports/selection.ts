/** Among the fields of a selection: the row itself is to be read as the person, whatever is shown of it. */
export const ROW = 'id';

/** Selects nothing of a row but that it is read. */
export const ROW_ONLY: EntitySelection = { fields: new Set([ROW]), links: new Map(), namedLinks: new Set() };

/**
 * What a GraphQL request asks of one entity, by system names: the language between `graphql` and `query`.
 * `id` and `type` are not in it, nor is `name` of the entity itself: they come with every link for nothing (API 2.4).
 */
export interface EntitySelection {
  /** Scalar fields and links of the entity itself. */
  readonly fields: ReadonlySet<string>;
  /**
   * Links of which more than id, type and name is asked: field -> type of the target -> what is asked there.
   * A field named here is also in `fields`.
   */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, EntitySelection>>;
  /** Links whose `name` is asked: it comes with the link, but not with what stands for a link at the end of a path. */
  readonly namedLinks: ReadonlySet<string>;
  /** What a field was asked as, where that is not its own name: people are told of what they wrote. */
  readonly askedAs?: ReadonlyMap<string, string>;
}

/**
 * Where a selection asks for `ROW`: whether the person may see the row, or why nobody knows. A link alone proves
 * nothing: ShotGrid shows those to rows that a person may not see.
 */
export const SEEN = Symbol('seen');

/**
 * An entity as the resolvers see it: a plain object with the asked fields by GraphQL name, links replaced by nodes.
 * A link whose target the person may not see keeps `type`, `id` and `name` (ShotGrid showed those) and has no
 * further field.
 */
export interface EntityNode {
  /** GraphQL name of the type. */
  readonly __typename: string;
  /** System name of the type. */
  readonly type: string;
  readonly id: number;
  /** An error where a link came without one and the row could not be read. */
  readonly name: string | Error | null;
  readonly [SEEN]?: boolean | Error;
  readonly [field: string]: unknown;
}

export const EMPTY_SELECTION: EntitySelection = {
  fields: new Set(),
  links: new Map(),
  namedLinks: new Set(),
};

/** One selection that asks all that any of these asks: siblings of one type share one read. */
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
