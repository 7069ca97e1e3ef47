import { createApp } from '../app.ts';
import { createLogger, type Logger, logSettings } from '../base/logger.ts';
import { loadConfig } from '../config/load-config.ts';
import { command } from './command.ts';
import { checkPlaces } from './places.ts';

/** Runs the server until SIGTERM or SIGINT, or until it cannot continue. */
export const start = command({
  name: 'start',
  summary: 'runs the server until SIGTERM or Ctrl+C',
  options: {},
  examples: [
    { line: 'start', does: 'With the variables of the process and the file .env of this folder.' },
    { line: 'start --env staging', does: 'With the file .env.staging in place of .env.' },
  ],
  async run({ environment }) {
    const config = await loadConfig(environment(), [checkPlaces]);
    const logger = createLogger(logSettings(config));
    surviveStrayRejections(logger);
    const app = await createApp(config, { logger });
    await app.start();
    // Without a file to reread, SIGHUP ends the server, as it does by default.
    if (config.site.scriptKeyFile !== null) process.on('SIGHUP', () => app.reload());
    const exitCode = await untilToldToStop(logger);
    await app.stop();
    return exitCode;
  },
});

/**
 * Handles a rejected promise that no code awaits, for instance of a connector. No answer depends on it, so none
 * fails: by default Node would end the process, with the error's text on the terminal (G20, G25).
 */
function surviveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error('process.unhandled_rejection', { error }));
}

/** An uncaught error may leave inconsistent state: pending requests finish, and no new ones start. */
function untilToldToStop(logger: Logger): Promise<number> {
  return new Promise((resolve) => {
    const end = (exitCode: number): void => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      resolve(exitCode);
    };
    const stop = (): void => end(0);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('uncaughtException', (error) => {
      logger.error('process.uncaught_exception', { error });
      end(1);
    });
  });
}
