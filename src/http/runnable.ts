import type { Logger } from '../base/logger.ts';
import type { HttpServer } from './server.ts';

export interface App {
  /** Resolves once requests are answered. */
  start(): Promise<void>;
  /** Lets requests under way finish, then closes every connection. */
  stop(): Promise<void>;
  /** Reads again what can change without a restart. */
  reload(): void;
  /** Where the server listens; the public address is the configuration's. Known once started. */
  readonly url: string;
}

/** What happens around the server's own start and stop. */
export interface Life {
  /** Requests are answered from now on. */
  started(): void;
  reload(): void;
  stopping(): void;
  /** No request is under way any more. */
  stopped(): Promise<void>;
}

/** The server with all that lives as long as it does. A start that fails stops what was started before. */
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
        // A port that is taken: nothing of this server may keep the process alive.
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
