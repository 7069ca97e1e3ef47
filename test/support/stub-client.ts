import type { Login } from '../../src/base/ids.ts';
import type {
  ActingClient,
  CallOptions,
  FieldValue,
  FilterCondition,
  Row,
  SearchRequest,
  WriteValues,
} from '../../src/shotgun/shotgun.ts';

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

/** Rows of a site in memory and what was asked of it, as any person. Knows `id in` and pages; other filters hold. */
export interface StubSite {
  readonly rows: Record<string, StubRow[]>;
  readonly calls: StubCall[];
  /** Who may not see what. */
  hidden(login: string, type: string, id: number): boolean;
  /** Throws for a call that shall fail. */
  before(call: StubCall): Promise<void> | void;
}

export function createStubSite(rows: StubSite['rows']): StubSite {
  return { rows, calls: [], hidden: () => false, before: () => undefined };
}

export function stubClient(site: StubSite, login: string): ActingClient {
  const note = async (call: Omit<StubCall, 'login'>): Promise<void> => {
    const noted = { login, ...call };
    site.calls.push(noted);
    await site.before(noted);
  };
  return {
    login: login as Login,
    async search(search: SearchRequest, options?: CallOptions) {
      const { type, pageSize, pageNumber = 1 } = search;
      await note({ kind: 'search', type, search, signal: options?.signal });
      const ids = wantedIds(search);
      const found = (site.rows[type] ?? [])
        .filter(({ id }) => (ids === undefined || ids.includes(id)) && !site.hidden(login, type, id))
        .sort((left, right) => left.id - right.id);
      return found
        .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
        .map((row) => rowOf(type, row, search.fields));
    },
    async create(type, values) {
      await note({ kind: 'create', type, values });
      const table = (site.rows[type] ??= []);
      const id = 1 + Math.max(0, ...table.map((row) => row.id));
      table.push({ ...(values as Record<string, FieldValue>), id });
      return { type, id };
    },
    async update(type, id, values) {
      await note({ kind: 'update', type, id, values });
      const table = site.rows[type] ?? [];
      const index = table.findIndex((row) => row.id === id);
      const row = table[index];
      if (row !== undefined) table[index] = { ...row, ...(values as Record<string, FieldValue>) };
    },
    async delete(type, id) {
      await note({ kind: 'delete', type, id });
    },
    async revive(type, id) {
      await note({ kind: 'revive', type, id });
      return true;
    },
    batch: notHere,
    summarize: notHere,
    textSearch: notHere,
    noteThread: notHere,
    activity: notHere,
    followers: notHere,
    following: notHere,
    follow: notHere,
    unfollow: notHere,
    fieldInfo: notHere,
  };
}

/** What only a whole site can answer is tried on the emulated one. */
const notHere = (): Promise<never> => Promise.reject(new Error('This site in memory knows rows only.'));

function wantedIds({ filter }: SearchRequest): readonly number[] | undefined {
  const condition = filter.conditions.find(
    (part): part is FilterCondition => Array.isArray(part) && part[0] === 'id' && part[1] === 'in',
  );
  return condition?.[2] as readonly number[] | undefined;
}

/** Only what was asked, as on the wire: unknown fields are absent. */
function rowOf(type: string, row: StubRow, fields: readonly string[]): Row {
  const known = fields.filter((name) => name !== 'id' && row[name] !== undefined);
  return { type, id: row.id, fields: Object.fromEntries(known.map((name) => [name, row[name] ?? null])) };
}
