import type { Clock } from '../base/clock.ts';
import { memoryLimit, type RateLimit, type RateLimitOptions } from './rate-limits.ts';
import type { Store } from './store.ts';

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

const PURGE_EVERY_WRITES = 1000;

/**
 * Keeps everything in the memory of this process: for a single instance, and lost when it stops. Each operation is
 * synchronous and therefore atomic.
 */
export function createMemoryStore(clock: Clock): Store {
  return new MemoryStore(clock);
}

class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  #writesUntilPurge = PURGE_EVERY_WRITES;

  constructor(clock: Clock) {
    this.#clock = clock;
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
    this.#entries.delete(key);
    return value;
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  async remove(key: string, expected: string): Promise<boolean> {
    return this.#live(key)?.value === expected && this.#entries.delete(key);
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
    this.#listeners.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAtMs > this.#clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #write(key: string, value: string, ttlMs: number): void {
    this.#writesUntilPurge -= 1;
    if (this.#writesUntilPurge <= 0) this.#purge();
    this.#entries.set(key, { value, expiresAtMs: this.#clock.now() + ttlMs });
  }

  /** Without this, expired keys that are never read again would stay for ever. Each write scans a few keys. */
  #purge(): void {
    const nowMs = this.#clock.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAtMs <= nowMs) this.#entries.delete(key);
    }
    this.#writesUntilPurge = Math.max(PURGE_EVERY_WRITES, this.#entries.size);
  }
}
