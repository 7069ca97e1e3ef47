import DataLoader from 'dataloader';
import { EMPTY_PAGE, type Page, type PageRequest, type RowPlace } from '../ports/ports.ts';
import { mergeSelections } from '../ports/selection.ts';
import { AppError } from '../../base/errors.ts';
import { grouped } from '../../base/bare.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions, Row } from '../../shotgun/port/records.ts';
import { allOf, type FilterGroup, type SearchRequest } from '../../shotgun/port/requests.ts';
import type { KnownParents } from '../plan/beside-reads.ts';
import { idsNamedBy } from '../plan/searches.ts';
import { NOTHING } from '../input/filters.ts';
import { searchRows } from '../../shotgun/calls/search.ts';
import type { LevelReader, Plans } from './level-reader.ts';
import { comparedKeys, markOf, placeOf, rowsAfter } from './page-places.ts';
import type { ReadPlan } from '../plan/planning.ts';
import { maxRowsOf } from '../plan/site-limits.ts';
import type { RowLoader } from './row-loader.ts';

/** A page of the API, by number from 1 and size, and its wanted rows. */
interface ApiPage {
  readonly size: number;
  readonly number: number;
  /** Rows of the page before the first wanted one. */
  readonly skip: number;
}

/**
 * The pages that contain `count` rows from `offset` on. The API has only pages (API 3.6), while a cursor may be
 * anywhere: `{offset: 50, count: 51}` lies within page 1 of 101. Uses the smallest single page that contains them,
 * because a few extra rows cost nothing. If no page of up to `maxSize` rows does, two neighbours are read in parallel.
 */
export function pagesHolding(offset: number, count: number, maxSize: number): readonly ApiPage[] {
  for (let size = count; size <= maxSize; size += 1) {
    const number = Math.floor(offset / size) + 1;
    if (offset + count <= number * size) return [{ size, number, skip: offset - (number - 1) * size }];
  }
  const number = Math.floor(offset / count) + 1;
  const skip = offset - (number - 1) * count;
  return [
    { size: count, number, skip },
    { size: count, number: number + 1, skip: 0 },
  ];
}

/**
 * Batches identical page requests of one query into one search with the union of their fields. Other pages are
 * read in parallel.
 */
export function createPageLoader<T>(
  read: (request: PageRequest) => Promise<T>,
): (request: PageRequest) => Promise<T> {
  const loader = new DataLoader<PageRequest, T>((requests) => readAll(requests, read), { cache: false });
  return (request) => loader.load(request);
}

async function readAll<T>(
  requests: readonly PageRequest[],
  read: (request: PageRequest) => Promise<T>,
): Promise<(T | Error)[]> {
  const groups = grouped(requests, keyOf);
  const pages = new Map<string, Promise<T | Error>>();
  for (const [key, group] of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const selection = mergeSelections(group.map((request) => request.selection));
    pages.set(
      key,
      read({ ...first, selection, isPlaced: group.some(({ isPlaced }) => isPlaced) }).catch(
        (error: unknown) => (error instanceof Error ? error : new Error('A page failed.', { cause: error })),
      ),
    );
  }
  return Promise.all(requests.map(async (request) => (await pages.get(keyOf(request))) ?? notRead()));
}

const notRead = (): Error => new Error('A page was not read.');

const keyOf = ({ type, filter, sort, first, after, scope }: PageRequest): string =>
  JSON.stringify([type, filter, sort, first, after, scope]);

interface PageDeps {
  readonly client: ActingClient;
  readonly plans: Plans;
  readonly levels: LevelReader;
  readonly loader: RowLoader;
  readonly options: CallOptions;
}

/** The plan for a page, made before any call. */
export interface PagePlan {
  readonly plan: ReadPlan;
  /** The constraint on the rows before they are read. */
  readonly known: KnownParents;
  /** Fields of the search: those of the plan and, if places are requested, the sort fields. */
  readonly fields: readonly string[];
  readonly filter: FilterGroup;
  /** The rows to read, by their position among all matches. */
  readonly window: { readonly offset: number; readonly count: number };
  /** True if the first of them is the row before the page, read again to check that it has not moved. */
  readonly isByPosition: boolean;
  /** False for rows that appear nowhere else in the response, such as deleted ones. */
  readonly isKept: boolean;
}

/** The rows found, and the number of rows before the first. */
interface Found {
  readonly rows: readonly Row[];
  readonly position: number;
}

/** Rows may have left or joined a list, so if ShotGrid can compare the place's keys, search for rows after them. */
export function planPage(request: PageRequest, plan: ReadPlan): PagePlan {
  const { filter, first, sort, scope, after, isPlaced } = request;
  const isRetired = scope?.retired === true;
  const ids = idsNamedBy(filter);
  const keys = after === null || after.keys === null ? null : comparedKeys(plan.type, sort);
  const rest = keys === null || after?.keys == null ? null : rowsAfter(keys, after.keys);
  const isByPosition = after !== null && rest === null;
  const needsKeys = isPlaced || after?.keys === null;
  const ofPage: FilterGroup = rest === null ? filter : allOf(filter, rest);
  const known = ids === undefined ? { filter: ofPage, sort: isByPosition ? null : sort, first } : { ids };
  return {
    plan,
    known: isRetired ? { ids: [] } : known,
    fields: [...new Set([...plan.fields, ...(needsKeys ? sort.map(({ field }) => field) : [])])],
    filter: ofPage,
    // One extra row shows exactly whether there is a next page: the API returns no count (API 3.6).
    window: isByPosition ? { offset: after.position, count: first + 2 } : { offset: 0, count: first + 1 },
    isByPosition,
    isKept: !isRetired,
  };
}

export async function readOnePage(request: PageRequest, deps: PageDeps): Promise<Page> {
  const { type, filter, first, selection, sort, isPlaced } = request;
  if (filter === NOTHING) return EMPTY_PAGE;
  const { plans, levels, loader } = deps;
  const planned = planPage(request, plans.plan(type, selection));
  const { plan } = planned;
  const beside = levels.readBeside(plan, planned.known);
  const { rows, position } = await new ListReading(request, planned, deps).read();
  const shown = rows.slice(0, first);
  if (planned.isKept) loader.keep(type, plan.fields, shown);
  const keys = isPlaced ? comparedKeys(plans.schema.types.get(type), sort) : null;
  const nodes = await levels.complete(plan, shown, beside);
  return {
    nodes,
    places: isPlaced ? shown.map((row, index) => placeOf({ sort, keys }, row, position + index)) : [],
    hasNextPage: rows.length > first,
  };
}

class ListReading {
  readonly #request: PageRequest;
  readonly #plan: PagePlan;
  readonly #search: Omit<SearchRequest, 'pageSize' | 'filter' | 'fields'>;
  readonly #deps: PageDeps;

  constructor(request: PageRequest, plan: PagePlan, deps: PageDeps) {
    const { type, sort, scope } = request;
    const keys = sort.map(({ field, direction }) => (direction === 'desc' ? `-${field}` : field));
    // Without a unique last key, rows with equal keys could change places between pages.
    if (!sort.some(({ field }) => field === 'id')) keys.push('id');
    this.#request = request;
    this.#plan = plan;
    this.#search = { type, sort: keys.join(','), ...(scope && { scope }) };
    this.#deps = deps;
  }

  get #maxRows(): number {
    return maxRowsOf(this.#deps.plans.schema.facts);
  }

  /**
   * Executes the plan. By position it reads the last row again: if another row is there, it searches for the row's
   * new position.
   *
   * @throws AppError BAD_USER_INPUT if the last row is gone: the next page is then unknown
   */
  async read(): Promise<Found> {
    const { window, isByPosition, fields } = this.#plan;
    const { after } = this.#request;
    const found = await this.#read(window, fields);
    if (after === null) return { rows: found, position: 0 };
    if (!isByPosition) return { rows: found, position: after.position + 1 };
    const [last, ...rows] = found;
    if (last !== undefined && this.#isAt(after, last)) return { rows, position: after.position + 1 };
    const position = (await this.#look(after)) + 1;
    return { rows: await this.#read({ offset: position, count: window.count - 1 }, fields), position };
  }

  #isAt({ id, mark }: RowPlace, row: Row): boolean {
    return row.id === id && markOf(this.#request.sort, row) === mark;
  }

  async #look(after: RowPlace): Promise<number> {
    const { sort } = this.#request;
    // The most rows that one search scans for a row that has moved.
    const count = this.#maxRows;
    const start = Math.max(0, after.position - Math.floor(count / 2));
    const fields = ['id', ...sort.map(({ field }) => field)];
    const rows = await this.#read({ offset: start, count }, fields);
    const index = rows.findIndex((row) => this.#isAt(after, row));
    if (index >= 0) return start + index;
    throw new AppError('BAD_USER_INPUT', {
      message:
        'The list has changed: the row before this place has left it or has moved. Read it again from its beginning. Lists by id, number or date can always be read on.',
      details: { path: 'after', reason: 'listChanged' },
    });
  }

  async #read({ offset, count }: PagePlan['window'], fields: readonly string[]): Promise<readonly Row[]> {
    const { client, options } = this.#deps;
    const { filter } = this.#plan;
    const found = await Promise.all(
      pagesHolding(offset, count, this.#maxRows).map(async ({ size, number, skip }: ApiPage) => {
        const search = { ...this.#search, filter, fields, pageSize: size, pageNumber: number };
        return (await client.call(searchRows(search), options)).slice(skip);
      }),
    );
    return found.flat().slice(0, count);
  }
}
