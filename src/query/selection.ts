/**
 * What a GraphQL request asks of one entity, by system names: the language between `graphql` and `query`.
 * `id`, `type` and `name` are not in it: they come with every link for nothing (API 2.4).
 */
export interface EntitySelection {
  /** Scalar fields and links of the entity itself. */
  readonly fields: ReadonlySet<string>;
  /**
   * Links of which more than id, type and name is asked: field -> type of the target -> what is asked there.
   * A field named here is also in `fields`.
   */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, EntitySelection>>;
}

/**
 * An entity as the resolvers see it: a plain object with `type`, `id`, `name` and the asked fields by
 * system name, links replaced by nodes. A link whose target the person may not see keeps `type`, `id`
 * and `name` (ShotGrid showed those) and has no further field.
 */
export interface EntityNode {
  readonly type: string;
  readonly id: number;
  readonly name: string | null;
  readonly [field: string]: unknown;
}
