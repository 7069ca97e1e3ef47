import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type LimitClient, redisLimit, type RateLimit, type RateLimitOptions } from './rate-limits.ts';
import { RedisConnection } from './redis-connection.ts';
import type { Store } from './store.ts';

export interface RedisStoreOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Prefix of every key and channel, so that several servers can share one Redis. */
  readonly prefix?: string;
  readonly commandTimeoutMs?: number;
  /** Time between two PINGs, in milliseconds. */
  readonly pulseMs?: number;
}

const DEFAULT_PREFIX = 'shotgraph:';
const DEFAULT_TIMEOUT_MS = 2000;
const SCANNED_AT_ONCE = 500;
const DEFAULT_PULSE_MS = 5000;

/** Writes where the key still has the value that was read: no single Redis command compares and sets. */
const REPLACE_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  if ARGV[3] == 'kept' then
    redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
  else
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  end
  return 1
end
return 0`;

/** Deletes where the key still has the value that was written: only its owner releases a lock. */
const REMOVE_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0`;

/**
 * Keeps everything in a Redis that several instances share. It connects in the background and reconnects after a
 * loss. Meanwhile every operation rejects with `UNAVAILABLE` at once instead of waiting in a queue.
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  return new RedisStore(options);
}

type Listener = (message: string) => void;

class RedisStore implements Store {
  readonly #commands: RedisConnection;
  readonly #subscriber: RedisConnection;
  /** By channel: a replacement connection has no subscriptions yet. */
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #logger: Logger;

  constructor(options: RedisStoreOptions) {
    this.#prefix = options.prefix ?? DEFAULT_PREFIX;
    this.#timeoutMs = options.commandTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#logger = options.logger;
    const { url, logger, pulseMs = DEFAULT_PULSE_MS } = options;
    const connection = { url, logger, timeoutMs: this.#timeoutMs, pulseMs };
    this.#commands = new RedisConnection(connection);
    this.#subscriber = new RedisConnection(connection, () => this.#subscribeAgain());
  }

  get #client() {
    return this.#commands.client;
  }

  get(key: string): Promise<string | undefined> {
    return this.#attempt(async () => (await this.#client.get(this.#prefix + key)) ?? undefined);
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#attempt(() => this.#client.set(this.#prefix + key, value, expiry(ttlMs)));
  }

  add(key: string, value: string, ttlMs: number): Promise<boolean> {
    return this.#attempt(async () => {
      const answer = await this.#client.set(this.#prefix + key, value, { ...expiry(ttlMs), condition: 'NX' });
      return answer !== null;
    });
  }

  replace(key: string, expected: string, value: string, ttlMs: number | 'kept'): Promise<boolean> {
    const life = ttlMs === 'kept' ? ttlMs : String(expiry(ttlMs).expiration.value);
    return this.#run(REPLACE_SCRIPT, key, [expected, value, life]);
  }

  take(key: string): Promise<string | undefined> {
    return this.#attempt(async () => (await this.#client.getDel(this.#prefix + key)) ?? undefined);
  }

  async delete(key: string): Promise<void> {
    await this.#attempt(() => this.#client.del(this.#prefix + key));
  }

  remove(key: string, expected: string): Promise<boolean> {
    return this.#run(REMOVE_SCRIPT, key, [expected]);
  }

  async *entries(prefix: string): AsyncIterable<readonly [string, string]> {
    const start = this.#prefix + prefix;
    let cursor: string = '0';
    do {
      const from = cursor;
      const page = await this.#attempt(() =>
        this.#client.scan(from, { MATCH: `${asGlob(start)}*`, COUNT: SCANNED_AT_ONCE }),
      );
      cursor = page.cursor;
      const values = await this.#attempt(async () =>
        page.keys.length === 0 ? [] : this.#client.mGet(page.keys),
      );
      for (const [index, key] of page.keys.entries()) {
        const value = values[index];
        if (typeof value === 'string') yield [key.slice(this.#prefix.length), value];
      }
    } while (cursor !== '0');
  }

  limit(options: RateLimitOptions): RateLimit {
    return redisLimit({ ...options, name: this.#prefix + options.name }, this.#limitClient());
  }

  /** Uses the current connection, with the time limit of any other command. */
  #limitClient(): LimitClient {
    const current = () => this.#client;
    const inTime = <T>(work: Promise<T>): Promise<T> => withDeadline(work, this.#timeoutMs);
    return {
      get isReady() {
        return current().isReady;
      },
      eval: (script, given) => inTime(current().eval(script, given)),
      del: (key) => inTime(current().del(key)),
      multi() {
        const multi = current().multi();
        const chain = {
          get: (key: string) => (multi.get(key), chain),
          pTTL: (key: string) => (multi.pTTL(key), chain),
          exec: (asPipeline: boolean) => inTime(multi.exec(asPipeline)),
        };
        return chain;
      },
    };
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#attempt(() => this.#client.publish(this.#prefix + channel, message));
  }

  async subscribe(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const name = this.#prefix + channel;
    await this.#attempt(() => this.#subscriber.client.subscribe(name, listener));
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return async () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(name);
      const { client } = this.#subscriber;
      if (client.isOpen) await this.#attempt(() => client.unsubscribe(name, listener));
    };
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#client.ping());
  }

  async close(): Promise<void> {
    this.#subscriber.close();
    this.#commands.close();
  }

  #subscribeAgain(): void {
    for (const [name, listeners] of this.#listeners) {
      for (const listener of listeners) {
        this.#subscriber.client
          .subscribe(name, listener)
          // If the connection was lost meanwhile, it is found silent or closed, and the next one subscribes again.
          .catch((error: unknown) => this.#logger.warn('store.connection', { error }));
      }
    }
  }

  #run(script: string, key: string, values: string[]): Promise<boolean> {
    return this.#attempt(async () => {
      const answer = await this.#client.eval(script, { keys: [this.#prefix + key], arguments: values });
      return answer === 1;
    });
  }

  async #attempt<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(operation(), this.#timeoutMs);
    } catch (cause) {
      throw new AppError('UNAVAILABLE', { cause });
    }
  }
}

/** Redis matches keys by a glob pattern: escape its special characters. */
const asGlob = (text: string): string => text.replaceAll(/[*?[\]\\]/gu, '\\$&');

/**
 * The library's own timeout ends once a command is written: a server that keeps connections open without answering
 * would block us.
 */
async function withDeadline<T>(operation: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time.')), timeoutMs);
  });
  try {
    return await Promise.race([operation, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

const expiry = (ttlMs: number) =>
  ({ expiration: { type: 'PX', value: Math.max(1, Math.ceil(ttlMs)) } }) as const;
