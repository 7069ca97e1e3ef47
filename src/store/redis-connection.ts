import { createClient, ErrorReply } from 'redis';
import type { Logger } from '../base/logger.ts';

export interface RedisConnectionOptions {
  readonly url: string;
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** Time between two PINGs, in milliseconds. */
  readonly pulseMs: number;
}

const MAX_RECONNECT_DELAY_MS = 1000;
const RECONNECT_STEP_MS = 50;

function clientFor({ url, timeoutMs }: RedisConnectionOptions) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandOptions: { timeout: timeoutMs },
    socket: {
      connectTimeout: timeoutMs,
      reconnectStrategy: (retries) => Math.min(retries * RECONNECT_STEP_MS, MAX_RECONNECT_DELAY_MS),
    },
  });
}

export type RedisClient = ReturnType<typeof clientFor>;

/**
 * A connection that reconnects by itself. The library notices a connection that was closed. It does not notice a
 * server that vanished without closing it (a lost host, a failover): its own timeout counts our writes as
 * activity, so every command would fail until the operating system gives up, a quarter of an hour later. Therefore
 * the server must answer a PING between two pulses, or the connection is replaced.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #onReplaced: ((client: RedisClient) => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  #client: RedisClient;
  #isSilent = false;
  #isClosed = false;

  /** @param onReplaced called when a new connection replaces one that was given up */
  constructor(options: RedisConnectionOptions, onReplaced?: (client: RedisClient) => void) {
    this.#options = options;
    this.#onReplaced = onReplaced;
    this.#client = this.#open();
    this.#timer = setInterval(() => this.#pulse(), options.pulseMs).unref();
  }

  get client(): RedisClient {
    return this.#client;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#client.destroy();
  }

  #open(): RedisClient {
    const client = clientFor(this.#options);
    client.on('ready', () => {
      this.#heardOf(client);
      // The library still completes a connection that was in progress when it was destroyed; it would keep the
      // process alive.
      if (this.#isClosed || client !== this.#client) client.destroy();
    });
    client.on('error', (error: unknown) => {
      // The library retries a connection that fails.
      this.#heardOf(client);
      this.#told(error);
    });
    // The server starts without Redis and reports it in readiness.
    client.connect().catch((error: unknown) => this.#told(error));
    return client;
  }

  #told(error: unknown): void {
    this.#options.logger.warn('store.connection', { code: 'UNAVAILABLE', error });
  }

  #heardOf(client: RedisClient): void {
    if (client === this.#client) this.#isSilent = false;
  }

  #pulse(): void {
    // After a pause of this process, the answer may have arrived without having been read yet.
    setImmediate(() => {
      if (this.#isClosed) return;
      if (this.#isSilent) this.#replace();
      this.#isSilent = true;
      const client = this.#client;
      if (!client.isReady) return;
      client.ping().then(
        () => this.#heardOf(client),
        (error: unknown) => {
          if (error instanceof ErrorReply) this.#heardOf(client);
        },
      );
    });
  }

  #replace(): void {
    this.#options.logger.warn('store.silent', { code: 'UNAVAILABLE' });
    this.#client.destroy();
    this.#client = this.#open();
    this.#client.once('ready', () => this.#onReplaced?.(this.#client));
  }
}
