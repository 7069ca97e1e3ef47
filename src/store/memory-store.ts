import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { memoryLimit, type RateLimit, type RateLimitOptions } from './rate-limits.ts';
import type { Store } from './store.ts';

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

const PURGE_EVERY_WRITES = 1000;

/** What launches may take of the memory. They are what people send most of: a click may bring thousands of ids. */
export interface LaunchBound {
  readonly maxBytes: number;
  /** Told after each change. */
  onBytes?(bytes: number): void;
}

const NO_BOUND: LaunchBound = { maxBytes: Number.POSITIVE_INFINITY };

/**
 * Keeps everything in the memory of this process: for a single instance, and lost when it stops. Each operation is
 * synchronous and therefore atomic. A new launch beyond the bound is refused (`LAUNCHES_FULL`): somebody may still wait for
 * each that is kept, so none is given up for it.
 */
export function createMemoryStore(clock: Clock, launches: LaunchBound = NO_BOUND): Store {
  return new MemoryStore(clock, launches);
}

/** A vault and a place put their own words before the kind of a record. */
const LAUNCH = /(?:^|:)launch:/u;

/** Keys and records are letters of ASCII. */
const bytesOf = (key: string, { value }: Entry): number => (LAUNCH.test(key) ? key.length + value.length : 0);

class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #launches: LaunchBound;
  #launchBytes = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  #writesUntilPurge = PURGE_EVERY_WRITES;

  constructor(clock: Clock, launches: LaunchBound) {
    this.#clock = clock;
    this.#launches = launches;
  }

  async get(key: string): Promise<string | undefined> {
    return this.#live(key)?.value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#write(key, value, ttlMs);
  }

  async add(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.#live(key) !== undefined) return false;
    this.#write(key, value, ttlMs);
    return true;
  }

  async replace(key: string, expected: string, value: string, ttlMs: number | 'kept'): Promise<boolean> {
    const entry = this.#live(key);
    if (entry?.value !== expected) return false;
    this.#write(key, value, ttlMs === 'kept' ? entry.expiresAtMs - this.#clock.now() : ttlMs);
    return true;
  }

  async take(key: string): Promise<string | undefined> {
    const value = this.#live(key)?.value;
    this.#drop(key);
    return value;
  }

  async delete(key: string): Promise<void> {
    this.#drop(key);
  }

  async remove(key: string, expected: string): Promise<boolean> {
    return this.#live(key)?.value === expected && this.#drop(key);
  }

  async *entries(prefix: string): AsyncIterable<readonly [string, string]> {
    for (const key of [...this.#entries.keys()]) {
      const entry = key.startsWith(prefix) ? this.#live(key) : undefined;
      if (entry !== undefined) yield [key, entry.value];
    }
  }

  limit(options: RateLimitOptions): RateLimit {
    return memoryLimit(options);
  }

  async publish(channel: string, message: string): Promise<void> {
    for (const listener of this.#listeners.get(channel) ?? []) queueMicrotask(() => listener(message));
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return async () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(channel);
    };
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear();
    this.#count(-this.#launchBytes);
    this.#listeners.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAtMs > this.#clock.now()) return entry;
    this.#drop(key);
    return undefined;
  }

  #write(key: string, value: string, ttlMs: number): void {
    this.#writesUntilPurge -= 1;
    if (this.#writesUntilPurge <= 0) this.#purge();
    const entry = { value, expiresAtMs: this.#clock.now() + ttlMs };
    const bytes = bytesOf(key, entry);
    // A launch that is kept already may grow: its claim is not refused.
    if (bytes > 0 && this.#live(key) === undefined) this.#assertRoom(bytes);
    this.#drop(key);
    this.#entries.set(key, entry);
    this.#count(bytes);
  }

  /** @throws AppError LAUNCHES_FULL */
  #assertRoom(bytes: number): void {
    const { maxBytes } = this.#launches;
    if (this.#launchBytes + bytes > maxBytes) this.#purge();
    if (this.#launchBytes + bytes > maxBytes) throw new AppError('LAUNCHES_FULL');
  }

  #drop(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#count(-bytesOf(key, entry));
    return this.#entries.delete(key);
  }

  #count(bytes: number): void {
    if (bytes === 0) return;
    this.#launchBytes += bytes;
    this.#launches.onBytes?.(this.#launchBytes);
  }

  /** Without this, expired keys that are never read again would stay for ever. Each write scans a few keys. */
  #purge(): void {
    const nowMs = this.#clock.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAtMs <= nowMs) this.#drop(key);
    }
    this.#writesUntilPurge = Math.max(PURGE_EVERY_WRITES, this.#entries.size);
  }
}
