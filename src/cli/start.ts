import { parseArgs } from 'node:util';
import { createApp } from '../app.ts';
import { createLogger, type Logger, logSettings } from '../base/logger.ts';
import { environmentOfProcess, loadConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';
import { checkPlaces } from './places.ts';

/** Runs the server until it is told to stop (SIGTERM or SIGINT), or cannot go on. */
export const start: Command = {
  name: 'start',
  usage: 'start',
  summary: 'runs the server',
  async run(args) {
    parseArgs({ args: [...args] });
    const config = await loadConfig(environmentOfProcess(), [checkPlaces]);
    const logger = createLogger(logSettings(config));
    surviveStrayRejections(logger);
    const app = await createApp(config, { logger });
    await app.start();
    // Without a file to read again a hang-up ends the server, as it does by default.
    if (config.site.scriptKeyFile !== null) process.on('SIGHUP', () => app.reload());
    const exitCode = await untilToldToStop(logger);
    await app.stop();
    return exitCode;
  },
};

/**
 * A promise that nobody waits for, of a connector for instance, failed. It takes part in no answer, so it costs none: by
 * default Node would end the process for it, with the error's text on the terminal (G20, G25).
 */
function surviveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error('process.unhandled_rejection', { error }));
}

/** An error that was thrown to nobody leaves who knows what behind: requests under way are finished, and no more begun. */
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
