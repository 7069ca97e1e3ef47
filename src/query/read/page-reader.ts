import { AppError } from '../../base/errors.ts';
import type { ExposedType } from '../../site/expose.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { CallOptions, Row } from '../../shotgun/port/records.ts';
import type { FilterGroup, SearchRequest } from '../../shotgun/port/requests.ts';
import { idsNamedBy, type KnownParents } from '../plan/beside.ts';
import { NOTHING } from '../input/filters.ts';
import { searchRows } from '../../shotgun/calls/search.ts';
import type { LevelReader } from './level-reader.ts';
import { comparedKeys, markOf, placeOf, rowsAfter } from './page-places.ts';
import type { Page, PageRequest, RowPlace } from '../ports/ports.ts';
import { type ApiPage, pagesHolding } from './page-window.ts';
import type { ReadPlan } from '../plan/planning.ts';
import type { Plans } from './plans.ts';
import type { RowLoader } from './row-loader.ts';

export interface PageDeps {
  readonly client: ActingClient;
  readonly plans: Plans;
  readonly levels: LevelReader;
  readonly loader: RowLoader;
  readonly options: CallOptions;
}

/** The rows that were found, and how many come before the first of them. */
interface Found {
  readonly rows: readonly Row[];
  readonly position: number;
}

export async function readOnePage(request: PageRequest, deps: PageDeps): Promise<Page> {
  const { type, filter, first, selection, sort, scope, after, isPlaced } = request;
  if (filter === NOTHING) return { nodes: [], places: [], hasNextPage: false };
  const { plans, levels, loader } = deps;
  const plan = plans.plan(type, selection);
  const beside = levels.readBeside(plan, parentsOf(request));
  const reading = new ListReading(request, fieldsOf(request, plan), deps);
  // One row more than asked tells exactly whether there is a next page: the API counts nothing (API 3.6).
  const { rows, position } = await reading.from(after, first + 1);
  const shown = rows.slice(0, first);
  // A row that was deleted is in no other place of the answer.
  if (scope?.retired !== true) loader.keep(type, plan.fields, shown);
  const keys = isPlaced ? comparedKeys(plans.schema.types.get(type), sort) : null;
  return {
    nodes: await levels.complete(plan, shown, beside),
    places: isPlaced ? shown.map((row, index) => placeOf({ sort, keys }, row, position + index)) : [],
    hasNextPage: rows.length > first,
  };
}

/** What is known of the rows of a page before they are read. Of retired rows nothing is read beside them. */
export function parentsOf({ filter, scope }: Pick<PageRequest, 'filter' | 'scope'>): KnownParents {
  if (scope?.retired === true) return { ids: [] };
  const ids = idsNamedBy(filter);
  return ids === undefined ? { filter } : { ids };
}

/** The fields of the search: those of the plan, and where places are told those that the rows are sorted by. */
export function fieldsOf({ isPlaced, after, sort }: PageRequest, plan: ReadPlan): ReadonlySet<string> {
  const needsKeys = isPlaced || after?.keys === null;
  return needsKeys ? new Set([...plan.fields, ...sort.map(({ field }) => field)]) : plan.fields;
}

/** The filter of the rows after a place, where ShotGrid compares the keys that tell it; null elsewhere. */
export function filterAfter(
  { filter, sort, after }: Pick<PageRequest, 'filter' | 'sort' | 'after'>,
  type: ExposedType | undefined,
): FilterGroup | null {
  const keys = after === null || after.keys === null ? null : comparedKeys(type, sort);
  if (keys === null || after === null || after.keys === null) return null;
  return { logical_operator: 'and', conditions: [filter, rowsAfter(keys, after.keys)] };
}

/** Rows that one search may look through for one that has moved. */
const LOOKED_THROUGH = 5000;

class ListReading {
  readonly #request: PageRequest;
  readonly #search: Omit<SearchRequest, 'pageSize' | 'filter'>;
  readonly #deps: PageDeps;

  constructor(request: PageRequest, fields: ReadonlySet<string>, deps: PageDeps) {
    const { type, sort, scope } = request;
    const keys = sort.map(({ field, direction }) => (direction === 'desc' ? `-${field}` : field));
    // Without a last key that differs on every row, rows with equal keys could change places between pages.
    if (!sort.some(({ field }) => field === 'id')) keys.push('id');
    this.#request = request;
    this.#search = { type, fields: [...fields], sort: keys.join(','), ...(scope && { scope }) };
    this.#deps = deps;
  }

  /**
   * The rows after a place. Rows may have left or joined the list since: where ShotGrid compares the keys it is asked for
   * what comes after them. Elsewhere it can only be asked by position, so the last row is read once more: if another stands
   * there, it is looked for where it stands now.
   *
   * @throws AppError BAD_USER_INPUT where the last row is not there any more: what comes after it nobody knows
   */
  async from(after: RowPlace | null, count: number): Promise<Found> {
    const { filter } = this.#request;
    if (after === null) return { rows: await this.#read(filter, 0, count), position: 0 };
    const rest = filterAfter(this.#request, this.#type);
    if (rest !== null) return { rows: await this.#read(rest, 0, count), position: after.position + 1 };
    const [last, ...rows] = await this.#read(filter, after.position, count + 1);
    if (last !== undefined && this.#isAt(after, last)) return { rows, position: after.position + 1 };
    const position = (await this.#look(after)) + 1;
    return { rows: await this.#read(filter, position, count), position };
  }

  get #type() {
    return this.#deps.plans.schema.types.get(this.#request.type);
  }

  #isAt({ id, mark }: RowPlace, row: Row): boolean {
    return row.id === id && markOf(this.#request.sort, row) === mark;
  }

  async #look(after: RowPlace): Promise<number> {
    const { filter, sort } = this.#request;
    const start = Math.max(0, after.position - LOOKED_THROUGH / 2);
    const fields = ['id', ...sort.map(({ field }) => field)];
    const rows = await this.#read(filter, start, LOOKED_THROUGH, fields);
    const index = rows.findIndex((row) => this.#isAt(after, row));
    if (index >= 0) return start + index;
    throw new AppError('BAD_USER_INPUT', {
      message:
        'The list has changed: the row before this place has left it or has moved. Read it again from its beginning. Lists by id, number or date can always be read on.',
      details: { path: 'after', reason: 'listChanged' },
    });
  }

  // oxlint-disable-next-line max-params
  async #read(
    filter: FilterGroup,
    offset: number,
    count: number,
    fields: readonly string[] = this.#search.fields,
  ): Promise<readonly Row[]> {
    const { client, options } = this.#deps;
    const found = await Promise.all(
      pagesHolding(offset, count).map(async ({ size, number, skip }: ApiPage) => {
        const search = { ...this.#search, filter, fields, pageSize: size, pageNumber: number };
        return (await client.call(searchRows(search), options)).slice(skip);
      }),
    );
    return found.flat().slice(0, count);
  }
}
