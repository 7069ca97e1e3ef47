import type { ActingClient, CallOptions, Row } from '../shotgun/shotgun.ts';
import type { ExposedSchema, ExposedType } from '../site/expose.ts';
import { AppError } from '../base/errors.ts';
import { createDecoder, displayNameField, type MutableNode } from './decoder.ts';
import { pageHolding } from './page-window.ts';
import type { EntityReader, PageRequest } from './ports.ts';
import { createRowLoader, type RowLoader, searchedFields } from './row-loader.ts';
import { type EntitySelection, mergeSelections } from './selection.ts';

/**
 * Reads for one request as the client's person: level by level, one search per type and level for all parents
 * together, the types of a level side by side. What a link carries (id, type, name) costs nothing.
 */
export function createReader(
  client: ActingClient,
  schema: ExposedSchema,
  options: CallOptions,
): EntityReader {
  const levels = new LevelReader(schema, createRowLoader(client, options));
  return {
    one: async (type, id, selection) => (await levels.byId(type, [id], selection)).get(id) ?? null,
    async many(type, ids, selection) {
      const nodes = await levels.byId(type, ids, selection);
      return ids.map((id) => nodes.get(id) ?? null);
    },
    async page(request) {
      const rows = await searchPage(client, schema, request, options);
      const nodes = await levels.complete(request.type, rows.slice(0, request.first), request.selection);
      return { nodes, hasNextPage: rows.length > request.first };
    },
  };
}

/** One row more than asked tells exactly whether there is a next page: the API counts nothing (API 3.6). */
async function searchPage(
  client: ActingClient,
  schema: ExposedSchema,
  request: PageRequest,
  options: CallOptions,
): Promise<readonly Row[]> {
  const { type, filter, first, offset } = request;
  const page = pageHolding(offset, first + 1);
  if (page === undefined) {
    throw new AppError('BAD_USER_INPUT', { details: { argument: 'after', first, offset } });
  }
  const fields = fieldsToRead(typeOf(schema, type), request.selection);
  const sort = [...request.sort.map(({ field, direction }) => (direction === 'desc' ? `-${field}` : field))];
  // Without a last key that differs on every row, rows with equal keys could change places between pages.
  if (!request.sort.some(({ field }) => field === 'id')) sort.push('id');
  const search = { type, filter, fields, sort: sort.join(','), pageSize: page.size, pageNumber: page.number };
  const rows = await client.search(search, options);
  return rows.slice(page.skip, page.skip + first + 1);
}

class LevelReader {
  readonly #schema: ExposedSchema;
  readonly #loader: RowLoader;

  constructor(schema: ExposedSchema, loader: RowLoader) {
    this.#schema = schema;
    this.#loader = loader;
  }

  async byId(
    type: string,
    ids: Iterable<number>,
    selection: EntitySelection,
  ): Promise<ReadonlyMap<number, MutableNode>> {
    const fields = fieldsToRead(typeOf(this.#schema, type), selection);
    const wanted = new Set(ids);
    const rows = await this.#loader.rows(type, wanted, fields);
    const found = [...wanted].flatMap((id) => rows.get(id) ?? []);
    const nodes = await this.complete(type, found, selection);
    return new Map(nodes.map((node) => [node.id, node]));
  }

  /** The rows as nodes, their links filled as far as the selection goes. */
  async complete(type: string, rows: readonly Row[], selection: EntitySelection): Promise<MutableNode[]> {
    const exposed = typeOf(this.#schema, type);
    const decoder = createDecoder(this.#schema, exposed, selection.fields);
    const nodes = rows.map((row) => decoder.node(row));
    const places = linkPlaces(exposed, nodes, selection);
    await Promise.all([...groupByType(places)].map(([target, group]) => this.#fill(target, group)));
    return nodes;
  }

  /** Reads one type of a level once for all places that link to it. */
  async #fill(type: string, places: readonly LinkPlace[]): Promise<void> {
    const selection = mergeSelections([...new Set(places.map((place) => place.selection))]);
    const targets = await this.byId(
      type,
      places.map(({ node }) => node.id),
      selection,
    );
    for (const { node } of places) {
      const target = targets.get(node.id);
      // What may not be seen keeps what the link showed; a row's own display name never replaces the link's.
      if (target !== undefined) Object.assign(node, target, { name: node.name ?? target.name });
    }
  }
}

/** A link of which more is asked than it carries: the node to fill and what to fill in. */
interface LinkPlace {
  readonly node: MutableNode;
  readonly selection: EntitySelection;
}

function linkPlaces(
  type: ExposedType,
  nodes: readonly MutableNode[],
  selection: EntitySelection,
): LinkPlace[] {
  const places: LinkPlace[] = [];
  for (const [field, targets] of selection.links) {
    const name = type.fields.get(field)?.graphqlName;
    if (name === undefined) continue;
    for (const node of nodes) {
      const value = node[name] as MutableNode | readonly MutableNode[] | null | undefined;
      for (const link of value == null ? [] : [value].flat()) {
        const target = targets.get(link.type);
        if (target !== undefined && target.fields.size > 0) places.push({ node: link, selection: target });
      }
    }
  }
  return places;
}

function groupByType(places: readonly LinkPlace[]): Map<string, LinkPlace[]> {
  const groups = new Map<string, LinkPlace[]>();
  for (const place of places) {
    const group = groups.get(place.node.type);
    if (group === undefined) groups.set(place.node.type, [place]);
    else group.push(place);
  }
  return groups;
}

function fieldsToRead(type: ExposedType, selection: EntitySelection): string[] {
  const nameField = displayNameField(type);
  return searchedFields(new Set([...selection.fields, ...(nameField === null ? [] : [nameField])]));
}

function typeOf(schema: ExposedSchema, type: string): ExposedType {
  const exposed = schema.types.get(type);
  if (exposed === undefined) throw new AppError('NOT_FOUND');
  return exposed;
}
