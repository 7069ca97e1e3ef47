import type { RateLimit, RateLimitOptions } from './rate-limits.ts';

/**
 * What Shotgraph keeps between requests: sessions, launches, sign-in attempts, replay records. Values are opaque
 * strings; the caller encrypts them where necessary. All keys expire. Every adapter passes
 * `test/contract/store.contract.ts`. A store that cannot be reached rejects with `AppError('UNAVAILABLE')`:
 * callers fail closed.
 */
export interface Store {
  get(key: string): Promise<string | undefined>;
  /** Writes or replaces; the key is gone after `ttlMs`. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Writes only where the key is absent, atomically; true where it was written. */
  add(key: string, value: string, ttlMs: number): Promise<boolean>;
  /**
   * Writes only where the key still has the value `expected`, atomically; true where it was written. It never
   * restores a key that was deleted meanwhile: an ended session would live again.
   * @param ttlMs `kept` leaves the expiry of the key as it is
   */
  replace(key: string, expected: string, value: string, ttlMs: number | 'kept'): Promise<boolean>;
  /** Reads and deletes in one step: of several concurrent callers exactly one gets the value. */
  take(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
  /** Deletes only where the key still has the value `expected`, atomically; true where it was there. */
  remove(key: string, expected: string): Promise<boolean>;
  /** All entries whose key has this prefix, for counting. Entries that are written meanwhile may be missing. */
  entries(prefix: string): AsyncIterable<readonly [key: string, value: string]>;
  /**
   * A limit that all processes on the store share. It never rejects: while the store is unavailable this process
   * counts by itself.
   */
  limit(options: RateLimitOptions): RateLimit;
  publish(channel: string, message: string): Promise<void>;
  /** Resolves once the subscription is active. The returned function ends it. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Rejects where the store cannot be reached; for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
