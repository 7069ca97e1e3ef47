import type { ActingClient, CallOptions } from '../shotgun/shotgun.ts';
import { AnswerSize } from './answer-size.ts';
import { idsNamedBy } from './beside.ts';
import { NOTHING } from './filters.ts';
import { LevelReader } from './level-reader.ts';
import { createLiveFields, type KnownFields } from './live-fields.ts';
import { type ApiPage, pagesHolding } from './page-window.ts';
import type { Plans } from './plans.ts';
import { createPageLoader } from './page-loader.ts';
import type { CountRequest, EntityReader, Page, PageRequest } from './ports.ts';
import { linkNode } from './field-values.ts';
import { createRowGroups } from './row-groups.ts';
import { createRowLoader, type RowLoader } from './row-loader.ts';
import { SearchBudget } from './search-budget.ts';

export interface ReaderOptions extends CallOptions {
  /** Most searches that all fields of the request may need together. */
  readonly maxSearches: number;
  readonly known: KnownFields;
}

/**
 * Reads for one request as the client's person: level by level, one search per type and level for all parents
 * together, the types of a level side by side. What a link carries (id, type, name) costs nothing.
 */
export function createReader(
  client: ActingClient,
  plans: Plans,
  { maxSearches, known, ...options }: ReaderOptions,
): EntityReader {
  const loader = createRowLoader(client, options);
  const levels = new LevelReader(plans, loader, createLiveFields(client, known, options));
  const readRows = createRowGroups(levels);
  const size = new AnswerSize(plans.schema);
  const budget = new SearchBudget(maxSearches);
  const reserve: EntityReader['reserve'] = (type, selection) => {
    budget.addRows(plans.plan(type, selection));
    return budget.assertEnough();
  };
  const readPage = createPageLoader((request) =>
    readOnePage(request, { client, plans, levels, loader, options }),
  );
  return {
    reserve,
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
      size.add(
        nodes.filter((node) => node !== null),
        selection,
      );
      return nodes;
    },
    async linked(link, selection) {
      const node = linkNode(plans.schema, link);
      if (selection.fields.size > 0) {
        const { type, id } = link;
        await reserve(type, selection);
        await levels.fillLinks([node], { type, selection }, () => readRows({ type, ids: [id], selection }));
      }
      size.add([node], selection);
      return node;
    },
    async page(request) {
      budget.addPage(plans.plan(request.type, request.selection));
      await budget.assertEnough();
      const page = await readPage(request);
      size.add(page.nodes, request.selection);
      return page;
    },
    count: (request) => countRows(client, options, request),
    forget: () => loader.forget(),
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
  return Number((await client.summarize(request, options)).summaries.get('id'));
}

interface PageDeps {
  readonly client: ActingClient;
  readonly plans: Plans;
  readonly levels: LevelReader;
  readonly loader: RowLoader;
  readonly options: CallOptions;
}

async function readOnePage(
  request: PageRequest,
  { client, plans, levels, loader, options }: PageDeps,
): Promise<Page> {
  const { type, filter, offset, first, selection, scope } = request;
  if (filter === NOTHING) return { nodes: [], hasNextPage: false };
  const plan = plans.plan(type, selection);
  const search = searchOf(request, plan.fields);
  const ids = idsNamedBy(filter);
  const known = ids === undefined ? { filter } : { ids };
  const beside = levels.readBeside(plan, scope?.retired === true ? { ids: [] } : known);
  // One row more than asked tells exactly whether there is a next page: the API counts nothing (API 3.6).
  const pages = pagesHolding(offset, first + 1);
  const found = await Promise.all(
    pages.map(async ({ size, number, skip }: ApiPage) =>
      (await client.search({ ...search, pageSize: size, pageNumber: number }, options)).slice(skip),
    ),
  );
  const rows = found.flat().slice(0, first + 1);
  const shown = rows.slice(0, first);
  loader.keep(type, plan.fields, shown);
  return { nodes: await levels.complete(plan, shown, beside), hasNextPage: rows.length > first };
}

function searchOf({ type, filter, sort, scope }: PageRequest, fields: ReadonlySet<string>) {
  const keys = sort.map(({ field, direction }) => (direction === 'desc' ? `-${field}` : field));
  // Without a last key that differs on every row, rows with equal keys could change places between pages.
  if (!sort.some(({ field }) => field === 'id')) keys.push('id');
  return { type, filter, fields: [...fields], sort: keys.join(','), ...(scope && { scope }) };
}
