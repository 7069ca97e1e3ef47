import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';

/** A value of a store, as a backup has it. */
export interface DumpedRecord {
  readonly key: string;
  readonly value: string;
  readonly ttlMs: number;
}

/** A memory store that notes how long its records live. */
export class DumpedStore {
  readonly store: Store;
  readonly #now: () => number;
  readonly #ends = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
    const inner = createMemoryStore({ now });
    this.store = {
      get: (key) => inner.get(key),
      set: (key, value, ttlMs) => inner.set(key, value, ttlMs).then(() => void this.#note(key, ttlMs, true)),
      add: (key, value, ttlMs) => inner.add(key, value, ttlMs).then((done) => this.#note(key, ttlMs, done)),
      replace: (key, expected, value, ttlMs) =>
        inner.replace(key, expected, value, ttlMs).then((done) => this.#note(key, ttlMs, done)),
      take: (key) => inner.take(key),
      delete: (key) => inner.delete(key),
      remove: (key, expected) => inner.remove(key, expected),
      entries: (prefix) => inner.entries(prefix),
      limit: (options) => inner.limit(options),
      publish: (channel, message) => inner.publish(channel, message),
      subscribe: (channel, listener) => inner.subscribe(channel, listener),
      ping: () => inner.ping(),
      close: () => inner.close(),
    };
  }

  async dump(): Promise<readonly DumpedRecord[]> {
    const records: DumpedRecord[] = [];
    for await (const [key, value] of this.store.entries('')) {
      records.push({ key, value, ttlMs: (this.#ends.get(key) ?? 0) - this.#now() });
    }
    return records;
  }

  async fill(records: readonly DumpedRecord[]): Promise<void> {
    for (const { key, value, ttlMs } of records) await this.store.set(key, value, ttlMs);
  }

  #note(key: string, ttlMs: number | 'kept', isDone: boolean): boolean {
    if (isDone && ttlMs !== 'kept') this.#ends.set(key, this.#now() + ttlMs);
    return isDone;
  }
}
