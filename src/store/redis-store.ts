import { createClient } from 'redis';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from './store.ts';

export interface RedisStoreOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Put before every key and channel, so that several servers can share one Redis. */
  readonly prefix?: string;
  readonly commandTimeoutMs?: number;
}

const DEFAULT_PREFIX = 'shotgraph:';
const DEFAULT_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 1000;
const RECONNECT_STEP_MS = 50;

/** Writes where the key still holds what was read: no other command can compare and set in one step. */
const REPLACE_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
return 0`;

/**
 * Keeps everything in a Redis that several instances share. It connects in the background and again after a
 * loss; meanwhile every operation rejects with `UNAVAILABLE` at once instead of waiting in a queue.
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const client = connectionTo(options);
  const subscriber = client.duplicate();
  for (const connection of [client, subscriber]) {
    connection.on('error', (error: unknown) => options.logger.warn('store.connection', { error }));
    // A first connection that fails is tried again by the client itself: the server starts and says so in readiness.
    connection.connect().catch((error: unknown) => options.logger.warn('store.connection', { error }));
  }
  return new RedisStore(client, subscriber, options);
}

function connectionTo(options: RedisStoreOptions) {
  const timeoutMs = options.commandTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  return createClient({
    url: options.url,
    disableOfflineQueue: true,
    commandOptions: { timeout: timeoutMs },
    socket: {
      connectTimeout: timeoutMs,
      reconnectStrategy: (retries) => Math.min(retries * RECONNECT_STEP_MS, MAX_RECONNECT_DELAY_MS),
    },
  });
}

type Connection = ReturnType<typeof connectionTo>;

class RedisStore implements Store {
  readonly #client: Connection;
  readonly #subscriber: Connection;
  readonly #prefix: string;
  readonly #timeoutMs: number;

  constructor(client: Connection, subscriber: Connection, options: RedisStoreOptions) {
    this.#client = client;
    this.#subscriber = subscriber;
    this.#prefix = options.prefix ?? DEFAULT_PREFIX;
    this.#timeoutMs = options.commandTimeoutMs ?? DEFAULT_TIMEOUT_MS;
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

  replace(key: string, expected: string, value: string, ttlMs: number): Promise<boolean> {
    return this.#attempt(async () => {
      const answer = await this.#client.eval(REPLACE_SCRIPT, {
        keys: [this.#prefix + key],
        arguments: [expected, value, String(expiry(ttlMs).expiration.value)],
      });
      return answer === 1;
    });
  }

  take(key: string): Promise<string | undefined> {
    return this.#attempt(async () => (await this.#client.getDel(this.#prefix + key)) ?? undefined);
  }

  async delete(key: string): Promise<void> {
    await this.#attempt(() => this.#client.del(this.#prefix + key));
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#attempt(() => this.#client.publish(this.#prefix + channel, message));
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const name = this.#prefix + channel;
    await this.#attempt(() => this.#subscriber.subscribe(name, listener));
    return async () => {
      if (this.#subscriber.isOpen) await this.#attempt(() => this.#subscriber.unsubscribe(name, listener));
    };
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#client.ping());
  }

  async close(): Promise<void> {
    for (const connection of [this.#subscriber, this.#client]) {
      if (connection.isOpen) connection.destroy();
    }
  }

  async #attempt<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(operation(), this.#timeoutMs);
    } catch (cause) {
      throw new AppError('UNAVAILABLE', { cause });
    }
  }
}

/** The client's own time-out ends once a command is written: a server that keeps its connections and answers nothing would hold us. */
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
