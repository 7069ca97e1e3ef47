import { bare } from '../bare.ts';
import type { EntityRef, Storage, StoredRecord, StoredValue } from '../ports.ts';
import { displayNameOf } from './display-name.ts';

interface MutableRecord {
  readonly type: string;
  readonly id: number;
  retired: boolean;
  readonly values: Record<string, StoredValue>;
}

interface Table {
  readonly records: Map<number, MutableRecord>;
  /** Ascending; repaired after a row was put in between. */
  ids: number[];
  isSorted: boolean;
  nextId: number;
  /** The rows that are not retired, by ascending id; undefined after any of that changed. */
  live: readonly MutableRecord[] | undefined;
}

export interface MemoryStorage extends Storage {
  /** Forgets every row. */
  clear(): void;
}

/** Rows in memory, indexed by id and by every link, with an undo log for transactions. */
export function createMemoryStorage(): MemoryStorage {
  return new InMemory();
}

class InMemory implements MemoryStorage {
  readonly #tables = new Map<string, Table>();
  /** `Type.field` -> `Type:id` of the target -> ids of the rows that hold it. */
  readonly #links = new Map<string, Map<string, Set<number>>>();
  #undo: (() => void)[] | undefined;

  get(type: string, id: number): StoredRecord | undefined {
    return this.#tables.get(type)?.records.get(id);
  }

  all(type: string): Iterable<StoredRecord> {
    const table = this.#tables.get(type);
    if (table === undefined) return [];
    table.live ??= [...this.#ordered(type)].filter((record) => !record.retired);
    return table.live;
  }

  *retired(type: string): Iterable<StoredRecord> {
    for (const record of this.#ordered(type)) if (record.retired) yield record;
  }

  referring(type: string, field: string, target: EntityRef): readonly StoredRecord[] {
    const ids = this.#links.get(`${type}.${field}`)?.get(keyOf(target));
    if (ids === undefined) return [];
    const records = this.#table(type).records;
    const found: MutableRecord[] = [];
    for (const id of ids) {
      const record = records.get(id);
      if (record !== undefined && !record.retired) found.push(record);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  insert(type: string, values: Readonly<Record<string, StoredValue>>, id?: number): StoredRecord {
    const table = this.#table(type);
    const newId = id ?? table.nextId;
    const record: MutableRecord = { type, id: newId, retired: false, values: bare({ ...values }) };
    const last = table.ids.at(-1);
    if (last !== undefined && newId < last) table.isSorted = false;
    if (!table.records.has(newId)) table.ids.push(newId);
    table.records.set(newId, record);
    table.nextId = Math.max(table.nextId, newId + 1);
    table.live = undefined;
    for (const [field, value] of Object.entries(values)) this.#index(record, field, value, true);
    this.#undo?.push(() => this.#remove(record));
    return record;
  }

  patch(type: string, id: number, values: Readonly<Record<string, StoredValue>>): StoredRecord {
    const record = this.#existing(type, id);
    const before: Record<string, StoredValue | undefined> = bare({});
    for (const [field, value] of Object.entries(values)) {
      before[field] = record.values[field];
      this.#assign(record, field, value);
    }
    this.#undo?.push(() => {
      for (const [field, value] of Object.entries(before)) this.#assign(record, field, value);
    });
    return record;
  }

  setRetired(type: string, id: number, retired: boolean): void {
    const record = this.#existing(type, id);
    const before = record.retired;
    const retire = (isRetired: boolean): void => {
      record.retired = isRetired;
      this.#table(type).live = undefined;
    };
    retire(retired);
    this.#undo?.push(() => retire(before));
  }

  erase(type: string, id: number): void {
    const record = this.#existing(type, id);
    this.#remove(record);
    this.#undo?.push(() => void this.insert(type, record.values, id));
  }

  displayName(ref: EntityRef): string | null {
    const record = this.get(ref.type, ref.id);
    return record === undefined || record.retired ? null : displayNameOf(record);
  }

  clear(): void {
    this.#tables.clear();
    this.#links.clear();
  }

  transaction<T>(work: () => T): T {
    if (this.#undo !== undefined) return work();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      return work();
    } catch (error) {
      this.#undo = undefined;
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  #table(type: string): Table {
    const known = this.#tables.get(type);
    if (known !== undefined) return known;
    const table: Table = { records: new Map(), ids: [], isSorted: true, nextId: 1, live: undefined };
    this.#tables.set(type, table);
    return table;
  }

  *#ordered(type: string): Iterable<MutableRecord> {
    const table = this.#tables.get(type);
    if (table === undefined) return;
    if (!table.isSorted) {
      table.ids.sort((a, b) => a - b);
      table.isSorted = true;
    }
    for (const id of table.ids) {
      const record = table.records.get(id);
      if (record !== undefined) yield record;
    }
  }

  #existing(type: string, id: number): MutableRecord {
    const record = this.#tables.get(type)?.records.get(id);
    if (record === undefined) throw new Error(`There is no ${type} ${id}.`);
    return record;
  }

  #remove(record: MutableRecord): void {
    for (const [field, value] of Object.entries(record.values)) this.#index(record, field, value, false);
    const table = this.#table(record.type);
    table.records.delete(record.id);
    table.ids = table.ids.filter((id) => id !== record.id);
    table.live = undefined;
  }

  #assign(record: MutableRecord, field: string, value: StoredValue | undefined): void {
    this.#index(record, field, record.values[field], false);
    if (value === undefined) delete record.values[field];
    else record.values[field] = value;
    this.#index(record, field, value, true);
  }

  #index(record: MutableRecord, field: string, value: StoredValue | undefined, isAdded: boolean): void {
    for (const target of linksIn(value)) {
      const place = `${record.type}.${field}`;
      const byTarget = this.#links.get(place) ?? new Map<string, Set<number>>();
      this.#links.set(place, byTarget);
      const ids = byTarget.get(keyOf(target)) ?? new Set<number>();
      if (isAdded) byTarget.set(keyOf(target), ids.add(record.id));
      else ids.delete(record.id);
    }
  }
}

/** The links that a stored value holds: of a single link one, of a list all, of anything else none. */
export function linksIn(value: StoredValue | undefined): readonly EntityRef[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value.filter(isRef) : isRef(value) ? [value] : [];
}

function isRef(value: unknown): value is EntityRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'id' in value &&
    typeof value.type === 'string' &&
    typeof value.id === 'number' &&
    !('link_type' in value)
  );
}

const keyOf = ({ type, id }: EntityRef): string => `${type}:${id}`;
