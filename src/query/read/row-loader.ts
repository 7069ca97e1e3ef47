import DataLoader from 'dataloader';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { FilterGroup } from '../../shotgun/port/requests.ts';
import type { CallOptions, Row } from '../../shotgun/port/records.ts';
import type { BesideRead } from '../plan/beside.ts';
import { searchRows } from '../../shotgun/calls/search.ts';
import { RowCache } from './row-cache.ts';

export type RowsById = ReadonlyMap<number, Row>;

interface RowsRequest {
  readonly type: string;
  readonly ids: ReadonlySet<number>;
  readonly fields: ReadonlySet<string>;
}

/** Ids that one search asks for: the largest page; as text they stay below the 90 KB that passed for sure (API 2.11). */
const IDS_PER_SEARCH = 5000;

export interface RowLoader {
  /** The rows of these ids that the person may see; what is missing is absent (API 3.9). */
  rows(type: string, ids: ReadonlySet<number>, fields: ReadonlySet<string>): Promise<RowsById>;
  /** Those of the ids of which a field is not known yet. */
  missing(type: string, ids: ReadonlySet<number>, fields: ReadonlySet<string>): readonly number[];
  /** Rows that another search gave with these fields. */
  keep(type: string, fields: ReadonlySet<string>, rows: readonly Row[]): void;
  /**
   * Searches for rows that will probably be asked for by their ids, for those to wait for who will ask. A failure only
   * means that the rows are read later.
   */
  prefetch(read: BesideRead, maxRows: number): Promise<void>;
  /** Everything is read anew from here on. */
  forget(): void;
}

/**
 * Reads rows by id for one person and one request. What is asked in the same tick becomes one search per type, with
 * the fields of all who wait: one more field is nearly free, one more call costs 300 ms (API 3.9).
 */
export function createRowLoader(client: ActingClient, options: CallOptions): RowLoader {
  let cache = new RowCache();
  const prefetch: RowLoader['prefetch'] = ({ type, fields, filter }, maxRows) => {
    // What it finds after the cache was dropped belongs to the past.
    const into = cache;
    return client
      .call(searchRows({ type, filter, fields: [...fields], pageSize: maxRows }), options)
      .then((rows) => keepRows(into, type, fields, rows))
      .catch(() => undefined);
  };
  const search = (type: string, ids: readonly number[], fields: ReadonlySet<string>) =>
    client.call(
      searchRows({ type, filter: idFilter(ids), fields: [...fields].sort(), pageSize: ids.length }),
      options,
    );
  // DataLoader gathers what is asked in one tick; it cannot cache, because its keys would have to name single rows.
  const batcher = new DataLoader<RowsRequest, Error | undefined>(
    async (requests) => {
      const failures = await loadMissing(requests, cache, search);
      return requests.map(({ type }) => failures.get(type));
    },
    { cache: false },
  );
  return {
    missing: (type, ids, fields) => [...ids].filter((id) => cache.find(type, id, fields) === undefined),
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

type SearchById = (
  type: string,
  ids: readonly number[],
  fields: ReadonlySet<string>,
) => Promise<readonly Row[]>;

/** Reads into the cache what the requests lack. An error fails only those who asked for its type. */
async function loadMissing(
  requests: readonly RowsRequest[],
  cache: RowCache,
  search: SearchById,
): Promise<ReadonlyMap<string, Error>> {
  const wanted = new Map<string, { ids: Set<number>; fields: Set<string> }>();
  for (const { type, ids, fields } of requests) {
    const missing = [...ids].filter((id) => cache.find(type, id, fields) === undefined);
    if (missing.length === 0) continue;
    const entry = wanted.get(type) ?? { ids: new Set(), fields: new Set() };
    wanted.set(type, entry);
    for (const id of missing) entry.ids.add(id);
    for (const field of fields) entry.fields.add(field);
  }
  const failures = new Map<string, Error>();
  const readChunk = async (type: string, ids: readonly number[], fields: ReadonlySet<string>) => {
    try {
      cache.keep(type, ids, fields, await search(type, ids, fields));
    } catch (error) {
      failures.set(type, error instanceof Error ? error : new Error('A search failed.', { cause: error }));
    }
  };
  await Promise.all(
    [...wanted].flatMap(([type, { ids, fields }]) =>
      chunksOf([...ids], IDS_PER_SEARCH).map((chunk) => readChunk(type, chunk, fields)),
    ),
  );
  return failures;
}

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const idFilter = (ids: readonly number[]): FilterGroup => ({
  logical_operator: 'and',
  conditions: [['id', 'in', ids]],
});

const entryOf = (row: Row | null | undefined): [number, Row][] =>
  row === null || row === undefined ? [] : [[row.id, row]];
