import type { Login } from '../../src/base/ids.ts';
import type { Operation, SampleSite } from '../../src/shotgun/client/operation.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import type { FilterCondition, FilterGroup, SearchRequest } from '../../src/shotgun/port/requests.ts';
import type { FieldValue, Row, WriteValues } from '../../src/shotgun/port/records.ts';
import type { Write } from '../../src/shotgun/calls/write.ts';
import { isSearch, isWrite } from './site-operations.ts';

export type StubRow = Readonly<Record<string, FieldValue>> & { readonly id: number };

export interface StubCall {
  readonly login: string;
  readonly kind: 'search' | 'create' | 'update' | 'delete' | 'revive';
  readonly type: string;
  readonly search?: SearchRequest;
  readonly id?: number;
  readonly values?: WriteValues;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of a site in memory and what was asked of it, as any person. Knows `id in`, `id greater_than` and pages; other filters hold. */
export interface StubSite {
  readonly rows: Record<string, StubRow[]>;
  readonly calls: StubCall[];
  /** Who may not see what. */
  hidden(login: string, type: string, id: number): boolean;
  /** False for a site that leaves out dotted paths, as it may with any form that it does not know (API 3.4). */
  readsPaths: boolean;
  /** Throws for a call that shall fail. */
  before(call: StubCall): Promise<void> | void;
}

export function createStubSite(rows: StubSite['rows']): StubSite {
  return { rows, calls: [], readsPaths: true, hidden: () => false, before: () => undefined };
}

export const stubClient = (site: StubSite, login: string): ActingClient => ({
  login: login as Login,
  // The operation tells what its answer is: the compiler cannot know which one it is.
  call: (operation, options) => answer(site, login, operation, options?.signal) as Promise<never>,
});

async function answer(
  site: StubSite,
  login: string,
  operation: Operation<unknown>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const note = async (call: Omit<StubCall, 'login'>): Promise<void> => {
    const noted = { login, ...call };
    site.calls.push(noted);
    await site.before(noted);
  };
  if (isSearch(operation)) {
    const { request: search } = operation;
    await note({ kind: 'search', type: search.type, search, signal });
    return found(site, login, search);
  }
  if (isWrite(operation)) {
    const { type, id, values } = operation;
    const kind = operation.kind as Exclude<StubCall['kind'], 'search'>;
    const hasValues = kind === 'create' || kind === 'update';
    await note({ kind, type, ...(id !== null && { id }), ...(hasValues && { values }) });
    return written(site, operation);
  }
  // Whatever a row in memory lacks is hidden, not gone.
  if (operation.kind === 'fieldInfo') return operation.sample?.(NO_SITE);
  throw new Error(
    'This site in memory knows rows only; what only a whole site can answer is tried on the emulated one.',
  );
}

const NO_SITE: SampleSite = {
  types: [],
  link: (type) => ({ type, id: 1, name: null }),
  made: (type) => ({ type, id: 1 }),
  summary: () => ({ name: '', value: null, summaries: new Map(), groups: [] }),
};

function found(site: StubSite, login: string, search: SearchRequest): readonly Row[] {
  const { type, pageSize, pageNumber = 1 } = search;
  const ids = wantedIds(search);
  return (site.rows[type] ?? [])
    .filter(({ id }) => (ids === undefined || ids.includes(id)) && !site.hidden(login, type, id))
    .filter(({ id }) => id > lastId(search.filter))
    .sort((left, right) => left.id - right.id)
    .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
    .map((row) => rowOf(site, login, { type, row, fields: search.fields }));
}

function written(site: StubSite, { kind, type, id, values }: Write<unknown>): unknown {
  const table = (site.rows[type] ??= []);
  if (kind === 'create') {
    const made = 1 + Math.max(0, ...table.map((row) => row.id));
    table.push({ ...(values as Record<string, FieldValue>), id: made });
    return { type, id: made };
  }
  const index = table.findIndex((row) => row.id === id);
  const row = table[index];
  if (row !== undefined) table[index] = { ...row, ...(values as Record<string, FieldValue>) };
  return kind === 'revive' ? true : undefined;
}

/** The id that a page is read on after. */
function lastId({ conditions }: FilterGroup): number {
  for (const part of conditions) {
    const isGroup = 'conditions' in part;
    const id = isGroup ? lastId(part) : part[0] === 'id' && part[1] === 'greater_than' ? Number(part[2]) : 0;
    if (id > 0) return id;
  }
  return 0;
}

function wantedIds({ filter }: SearchRequest): readonly number[] | undefined {
  const condition = filter.conditions.find(
    (part): part is FilterCondition => Array.isArray(part) && part[0] === 'id' && part[1] === 'in',
  );
  return condition?.[2] as readonly number[] | undefined;
}

interface Asked {
  readonly type: string;
  readonly row: StubRow;
  readonly fields: readonly string[];
}

/** Only what was asked, as on the wire: unknown fields are absent, and so are paths that end in a link. */
function rowOf(site: StubSite, login: string, { type, row, fields }: Asked): Row {
  const values: Record<string, FieldValue> = {};
  for (const name of fields) {
    const isRead = name !== 'id' && (site.readsPaths || !name.includes('.'));
    const value = isRead ? valueAt(site, login, row, name.split('.')) : undefined;
    if (value !== undefined) values[name] = value;
  }
  return { type, id: row.id, fields: values };
}

function valueAt(
  site: StubSite,
  login: string,
  row: StubRow,
  [field = '', type, ...rest]: readonly string[],
): FieldValue | undefined {
  const value = row[field];
  if (type === undefined) return value;
  if (value === null || value === undefined) return null;
  const link = value as { type?: string; id?: number };
  if (Array.isArray(value)) return undefined;
  const found = link.type === type ? site.rows[type]?.find(({ id }) => id === link.id) : undefined;
  if (found === undefined || site.hidden(login, type, found.id)) return null;
  const end = valueAt(site, login, found, rest);
  const isLink = rest.length === 1 && typeof end === 'object' && end !== null;
  return isLink ? undefined : (end ?? (rest[0] === 'id' ? found.id : null));
}
