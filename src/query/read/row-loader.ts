import type { Row, CallOptions } from '../../shotgun/port/records.ts';
import { bare } from '../../base/bare.ts';
import DataLoader from 'dataloader';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { FilterGroup } from '../../shotgun/port/requests.ts';
import type { BesideRead } from '../plan/beside-reads.ts';
import { type Missing, type RowSearch, rowSearches } from '../plan/searches.ts';
import { searchRows } from '../../shotgun/calls/search.ts';

interface Known {
  /** Null for a row that was requested and not returned. */
  readonly row: Row | null;
  /** Shared by all rows of one search. */
  readonly fields: ReadonlySet<string>;
}

/**
 * The rows that one request has read, by type and id, with their requested fields. A project that both a version
 * and its task link to is read once, though they request it at different levels.
 */
class RowCache {
  readonly #byType = new Map<string, Map<number, Known>>();

  /** The row if all these fields are known; null if it cannot be seen; undefined if it must be read. */
  find(type: string, id: number, fields: ReadonlySet<string>): Row | null | undefined {
    const known = this.#byType.get(type)?.get(id);
    return known !== undefined && isSubset(fields, known.fields) ? known.row : undefined;
  }

  /** Keeps the result of a search for these ids and fields. */
  keep(type: string, ids: Iterable<number>, fields: ReadonlySet<string>, rows: readonly Row[]): void {
    const known = this.#byType.get(type) ?? new Map<number, Known>();
    this.#byType.set(type, known);
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) known.set(id, joined(known.get(id), { row: found.get(id) ?? null, fields }));
  }
}

function joined(before: Known | undefined, now: Known): Known {
  if (before === undefined || before.row === null || now.row === null) return now;
  return {
    row: { ...now.row, fields: bare({ ...before.row.fields, ...now.row.fields }) },
    fields: new Set([...before.fields, ...now.fields]),
  };
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  if (part === whole) return true;
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}

type RowsById = ReadonlyMap<number, Row>;

interface RowsRequest {
  readonly type: string;
  readonly ids: ReadonlySet<number>;
  readonly fields: ReadonlySet<string>;
}

export interface RowLoader {
  /** The rows of these ids that the person may see; others are absent (API 3.9). */
  rows(type: string, ids: ReadonlySet<number>, fields: ReadonlySet<string>): Promise<RowsById>;
  /** The ids with at least one unknown field. */
  missing(type: string, ids: ReadonlySet<number>, fields: ReadonlySet<string>): readonly number[];
  /** Keeps rows that another search returned with these fields. */
  keep(type: string, fields: ReadonlySet<string>, rows: readonly Row[]): void;
  /**
   * Prefetch rows that later `rows()` calls will probably request by id. A failure only means that the rows are
   * read later.
   *
   * @returns the ids of the rows found
   */
  prefetch(read: BesideRead): Promise<readonly number[]>;
  /** Everything is read again from here on. */
  forget(): void;
}

interface RowLoaderOptions extends CallOptions {
  /** The most ids of one search. */
  readonly maxIds: number;
}

/**
 * Reads rows by id for one person and one request. Requests of one tick become one search per type, with the union
 * of their fields.
 */
export function createRowLoader(client: ActingClient, { maxIds, ...options }: RowLoaderOptions): RowLoader {
  let cache = new RowCache();
  const prefetch: RowLoader['prefetch'] = ({ type, fields, filter, sort, maxRows }) => {
    // Results that arrive after the cache was dropped are outdated.
    const into = cache;
    return client
      .call(
        searchRows({
          type,
          filter,
          fields: [...fields],
          pageSize: maxRows,
          ...(sort !== undefined && { sort }),
        }),
        options,
      )
      .then((rows) => {
        keepRows(into, type, fields, rows);
        return rows.map(({ id }) => id);
      })
      .catch(() => []);
  };
  const search = (type: string, ids: readonly number[], fields: ReadonlySet<string>) =>
    client.call(
      searchRows({ type, filter: idFilter(ids), fields: [...fields].sort(), pageSize: ids.length }),
      options,
    );
  // DataLoader batches the requests of one tick; it cannot cache, because its keys would have to name single rows.
  const batcher = new DataLoader<RowsRequest, Error | undefined>(
    async (requests) => {
      const failures = await loadMissing(requests, { missing: missingIn(cache), maxIds }, async (read) => {
        cache.keep(read.type, read.ids, read.fields, await search(read.type, read.ids, read.fields));
      });
      return requests.map(({ type }) => failures.get(type));
    },
    { cache: false },
  );
  return {
    missing: (type, ids, fields) => missingIn(cache)(type, ids, fields),
    async rows(type, ids, fields) {
      if (ids.size === 0) return new Map();
      const failure = await batcher.load({ type, ids, fields });
      if (failure !== undefined) throw failure;
      return new Map([...ids].flatMap((id) => entryOf(cache.find(type, id, fields))));
    },
    keep: (type, fields, rows) => keepRows(cache, type, fields, rows),
    prefetch,
    forget() {
      cache = new RowCache();
    },
  };
}

const keepRows = (cache: RowCache, type: string, fields: ReadonlySet<string>, rows: readonly Row[]): void =>
  cache.keep(
    type,
    rows.map((row) => row.id),
    fields,
    rows,
  );

/** Reads the missing rows. An error fails only requests for its type. */
async function loadMissing(
  requests: readonly RowsRequest[],
  { missing, maxIds }: { readonly missing: Missing; readonly maxIds: number },
  read: (search: RowSearch) => Promise<void>,
): Promise<ReadonlyMap<string, Error>> {
  const failures = new Map<string, Error>();
  const carryOut = async (search: RowSearch): Promise<void> => {
    try {
      await read(search);
    } catch (error) {
      failures.set(
        search.type,
        error instanceof Error ? error : new Error('A search failed.', { cause: error }),
      );
    }
  };
  await Promise.all(rowSearches(requests, missing, maxIds).map(carryOut));
  return failures;
}

const missingIn =
  (cache: RowCache): Missing =>
  (type, ids, fields) =>
    [...ids].filter((id) => cache.find(type, id, fields) === undefined);

const idFilter = (ids: readonly number[]): FilterGroup => ({
  logical_operator: 'and',
  conditions: [['id', 'in', ids]],
});

const entryOf = (row: Row | null | undefined): [number, Row][] =>
  row === null || row === undefined ? [] : [[row.id, row]];
