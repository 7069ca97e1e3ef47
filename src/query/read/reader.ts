import { AppError } from '../../base/errors.ts';
import type { ExposedSchema } from '../../site/expose.ts';
import type { EntityNode, EntitySelection } from '../ports/selection.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { summarizeRows } from '../../shotgun/calls/summarize.ts';
import { NOTHING } from '../input/filters.ts';
import { fillLinks, LevelReader, type Plans, createRowGroups, type RowsWish } from './level-reader.ts';
import { createLiveFields, type KnownFields } from './live-fields.ts';
import { readOnePage, createPageLoader } from './page-reader.ts';
import type { CountRequest, EntityReader, Page, PageRequest } from '../ports/ports.ts';
import { linkNode, type MutableNode } from '../decode/field-values.ts';
import { maxIdsOf } from '../plan/site-limits.ts';
import { createRowLoader } from './row-loader.ts';
import { SearchBudget } from './search-budget.ts';

/** The most entities in one response: some 20,000 rows with ten links each. */
const MAX_ENTITIES = 250_000;

/**
 * Counts the entities of a response, each as often as it appears: nested lists of links multiply, while the few
 * rows behind them are read once. A small document could need more memory than there is (F9).
 */
class AnswerSize {
  readonly #schema: ExposedSchema;
  #left: number;

  constructor(schema: ExposedSchema, maxEntities = MAX_ENTITIES) {
    this.#schema = schema;
    this.#left = maxEntities;
  }

  /** @throws AppError TOO_LARGE if these make the whole response too large */
  add(nodes: readonly EntityNode[], selection: EntitySelection): void {
    const [first] = nodes;
    const most = first === undefined ? 0 : this.#most(first.type, selection);
    if (most !== null && most * nodes.length <= this.#left) {
      this.#left -= most * nodes.length;
      return;
    }
    const counted = new Map<EntitySelection, Map<EntityNode, number>>();
    let all = 0;
    for (const node of nodes) all += this.#count(node, selection, counted);
    // What is refused is not in the answer, and takes no room from the rest of it.
    if (all > this.#left) {
      throw new AppError('TOO_LARGE', {
        message: 'The answer would be too large. Ask for fewer rows, or for fewer lists within lists.',
      });
    }
    this.#left -= all;
  }

  /** The most entities of any one row; null if a list of links makes it depend on the row. */
  #most(type: string, { links }: EntitySelection): number | null {
    const fields = this.#schema.types.get(type)?.fields;
    let most = 1;
    for (const [field, targets] of links) {
      if (fields?.get(field)?.valueType.shown !== 'link') return null;
      let largest = 1;
      for (const [target, selection] of targets) {
        const ofTarget = this.#most(target, selection);
        if (ofTarget === null) return null;
        largest = Math.max(largest, ofTarget);
      }
      most += largest;
    }
    return most;
  }

  #count(
    node: EntityNode,
    selection: EntitySelection,
    counted: Map<EntitySelection, Map<EntityNode, number>>,
  ): number {
    if (selection.links.size === 0) return 1;
    const known = counted.get(selection) ?? new Map<EntityNode, number>();
    counted.set(selection, known);
    const before = known.get(node);
    if (before !== undefined) return before;
    const fields = this.#schema.types.get(node.type)?.fields;
    let count = 1;
    for (const [field, targets] of selection.links) {
      const value = node[fields?.get(field)?.graphqlName ?? ''] as EntityNode | readonly EntityNode[] | null;
      for (const link of value === null || value === undefined ? [] : [value].flat()) {
        const target = targets.get(link.type);
        count += target === undefined ? 1 : this.#count(link, target, counted);
      }
    }
    known.set(node, count);
    return count;
  }
}

interface ReaderOptions extends CallOptions {
  /** The most searches that all fields of the request may need together. */
  readonly maxSearches: number;
  readonly known: KnownFields;
}

/** A source of rows: the site, or a plan of the calls to it. */
export interface RowSource {
  /** The nodes of the ids that the person may see. */
  byId(read: RowsWish): Promise<ReadonlyMap<number, MutableNode>>;
  page(request: PageRequest): Promise<Page>;
  count(request: CountRequest): Promise<number>;
  /** Everything is read again from here on. */
  forget(): void;
}

/**
 * Reads for one request as the client's person: level by level, one search per type and level for all parents
 * together, the types of a level in parallel. The link's own fields (id, type, name) cost nothing.
 */
export function createReader(
  client: ActingClient,
  plans: Plans,
  { maxSearches, known, ...options }: ReaderOptions,
): EntityReader {
  const loader = createRowLoader(client, { ...options, maxIds: maxIdsOf(plans.schema.facts) });
  const levels = new LevelReader(plans, loader, createLiveFields(client, known, options));
  const source: RowSource = {
    byId: (read) => levels.byId(read),
    page: (request) => readOnePage(request, { client, plans, levels, loader, options }),
    count: (request) => countRows(client, options, request),
    forget: () => loader.forget(),
  };
  return createReaderOf(source, plans, maxSearches);
}

/** A reader of this source that refuses too many searches or too many rows. */
export function createReaderOf(source: RowSource, plans: Plans, maxSearches: number): EntityReader {
  const readRows = createRowGroups(source);
  const size = new AnswerSize(plans.schema);
  const budget = new SearchBudget(maxSearches);
  const count: EntityReader['reserve'] = (type, selection) => {
    budget.addRows(plans.plan(type, selection));
    return budget.assertEnough();
  };
  const readPage = createPageLoader((request) => source.page(request));
  return {
    reserve(type, selection) {
      budget.reserveRows(plans.plan(type, selection));
      return budget.assertEnough();
    },
    async reservePage(type, selection) {
      budget.addPage(plans.plan(type, selection));
      await budget.assertEnough();
    },
    async one(type, id, selection) {
      await count(type, selection);
      const node = (await readRows({ type, ids: [id], selection })).get(id) ?? null;
      if (node !== null) size.add([node], selection);
      return node;
    },
    async many(type, ids, selection) {
      await count(type, selection);
      return this.manyCounted(type, ids, selection);
    },
    async manyCounted(type, ids, selection) {
      const found = await readRows({ type, ids, selection });
      const nodes = ids.map((id) => found.get(id) ?? null);
      const seen = nodes.filter((node) => node !== null);
      size.add(seen, selection);
      return nodes;
    },
    async linked(link, selection, isNamed) {
      const node = linkNode(plans.schema, link);
      const isNameless = isNamed && link.name === null && plans.schema.types.has(link.type);
      if (selection.fields.size > 0 || isNameless) {
        const { type, id } = node;
        await count(type, selection);
        await fillLinks(
          [{ node, selection, whole: selection }],
          (of) => plans.decoder(type, of),
          () => readRows({ type, ids: [id], selection }),
        );
      }
      size.add([node], selection);
      return node;
    },
    async page(request) {
      const page = await readPage(request);
      size.add(page.nodes, request.selection);
      return page;
    },
    count: (request) => source.count(request),
    forget: () => source.forget(),
    beginPeriod: () => budget.beginPeriod(),
  };
}

async function countRows(
  client: ActingClient,
  options: CallOptions,
  { type, filter, scope }: CountRequest,
): Promise<number> {
  if (filter === NOTHING) return 0;
  const summaries = [{ field: 'id', type: 'count' }];
  const request = { type, filter, summaries, grouping: [], ...(scope && { scope }) };
  const count = (await client.call(summarizeRows(request), options)).summaries.get('id');
  if (typeof count === 'number') return count;
  throw new AppError('UPSTREAM_BROKEN', { details: { reason: 'wrongValue' } });
}
