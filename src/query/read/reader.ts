import { AppError } from '../../base/errors.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions } from '../../shotgun/port/records.ts';
import { summarizeRows } from '../../shotgun/calls/summarize.ts';
import { AnswerSize } from './answer-size.ts';
import { NOTHING } from '../input/filters.ts';
import { fillLinks, LevelReader } from './level-reader.ts';
import { createLiveFields, type KnownFields } from './live-fields.ts';
import { readOnePage } from './page-reader.ts';
import type { Plans } from './plans.ts';
import { createPageLoader } from './page-loader.ts';
import type { CountRequest, EntityReader, Page, PageRequest } from '../ports/ports.ts';
import { linkNode, type MutableNode } from '../decode/field-values.ts';
import { createRowGroups, type RowsWish } from './row-groups.ts';
import { createRowLoader } from './row-loader.ts';
import { SearchBudget } from './search-budget.ts';

export interface ReaderOptions extends CallOptions {
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
  const loader = createRowLoader(client, options);
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
  const reserve: EntityReader['reserve'] = (type, selection) => {
    budget.addRows(plans.plan(type, selection));
    return budget.assertEnough();
  };
  const readPage = createPageLoader((request) => source.page(request));
  return {
    reserve,
    async reservePage(type, selection) {
      budget.addPage(plans.plan(type, selection));
      await budget.assertEnough();
    },
    async one(type, id, selection) {
      await reserve(type, selection);
      const node = (await readRows({ type, ids: [id], selection })).get(id) ?? null;
      if (node !== null) size.add([node], selection);
      return node;
    },
    async many(type, ids, selection) {
      await reserve(type, selection);
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
        await reserve(type, selection);
        await fillLinks(plans.decoder(type, selection), [node], () =>
          readRows({ type, ids: [id], selection }),
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
