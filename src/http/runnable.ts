import type { Logger } from '../base/logger.ts';
import type { HttpServer } from './server.ts';

export interface App {
  /** Resolves once requests are answered. */
  start(): Promise<void>;
  /** Lets pending requests finish, then closes every connection. */
  stop(): Promise<void>;
  /** Rereads the files that can change without a restart. */
  reload(): void;
  /** The address that the server listens on, known once started. The public address is in the configuration. */
  readonly url: string;
}

/** Hooks around the server's own start and stop. */
export interface Life {
  /** Called once requests are answered. */
  started(): void;
  reload(): void;
  stopping(): void;
  /** Called once no request is pending. */
  stopped(): Promise<void>;
}

/** The server with everything that shares its lifetime. A failed start stops the parts that had started. */
export function runnable(http: HttpServer, logger: Logger, life: Life): App {
  let url = '';
  const stop = async (): Promise<void> => {
    life.stopping();
    await http.stop();
    await life.stopped();
    logger.info('server.stopped');
  };
  return {
    async start() {
      try {
        ({ url } = await http.start());
      } catch (error) {
        // The port may be taken: no part of this server may keep the process alive.
        await stop();
        throw error;
      }
      logger.info('server.started', { url });
      life.started();
    },
    stop,
    reload: () => life.reload(),
    get url() {
      return url;
    },
  };
}
