import { createApp } from '../app.ts';
import { createLogger, type Logger, logSettings } from '../base/logger.ts';
import { type DevServers, withDevServers } from './dev/with-dev-servers.ts';
import { loadConfig } from '../config/load-config.ts';
import { type Loaded, loadOnce } from '../loaded.ts';
import { hasList } from '../operations/read-lists.ts';
import { command, UsageError } from './command.ts';
import { checkPlaces } from './places.ts';

/** Runs the server until SIGTERM or SIGINT, or until it cannot continue. */
export const start = command({
  name: 'start',
  summary: 'runs the server until SIGTERM or Ctrl+C',
  options: {
    'dev-servers': {
      takes: 'NAME=ORIGIN,...',
      meaning: 'front ends that development servers serve; "shotgraph dev" sets it',
    },
  },
  examples: [
    { line: 'start', does: 'With the variables of the process and the file .env of this folder.' },
    { line: 'start --env staging', does: 'With the file .env.staging in place of .env.' },
  ],
  async run({ environment, options }) {
    const servers = devServersOf(options['dev-servers']);
    let loaded: Loaded | undefined;
    const read = await loadConfig(environment(), [
      (unchecked) => checkPlaces(withDevServers(unchecked, servers), (loaded = loadOnce(unchecked))),
    ]);
    if (servers.size > 0 && read.environment !== 'development')
      throw new UsageError('--dev-servers is for SHOTGRAPH_ENVIRONMENT=development.');
    const config = withDevServers(read, servers);
    const logger = createLogger(logSettings(config));
    surviveStrayRejections(logger);
    const app = await createApp(config, { logger, ...(loaded !== undefined && { loaded }) });
    await app.start();
    // Without a file to reread, SIGHUP ends the server, as it does by default.
    if (config.site.scriptKeyFile !== null || config.asking.tools.some(hasList))
      process.on('SIGHUP', () => app.reload());
    const exitCode = await untilToldToStop(logger);
    await app.stop();
    return exitCode;
  },
});

function devServersOf(text: string | undefined): DevServers {
  if (text === undefined) return new Map();
  return new Map(
    text.split(',').map((entry) => {
      const [, name, origin] = /^([a-z][a-z0-9-]*)=(https?:\/\/[\w.:[\]-]+)$/u.exec(entry) ?? [];
      if (name === undefined || origin === undefined)
        throw new UsageError(`"${entry}" is not of the form name=http://localhost:5173.`);
      return [name, origin];
    }),
  );
}

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
