import { join, resolve } from 'node:path';
import { packageFolder } from '../../base/package-folder.ts';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/environment.ts';
import { ConfigError, listsPathOf, loadConfig } from '../../config/load-config.ts';
import { command, type Terminal, UsageError } from '../command.ts';
import { type Child, startNode } from './child.ts';
import { compileClasses } from './compile.ts';
import { type DevFrontEnd, startFrontEnds } from './front-ends.ts';
import { type Change, watchedPlaces, watchPlaces } from './watched.ts';

/** The server, its front ends by their own servers, and another start after each change. */
export const dev = command({
  name: 'dev',
  summary:
    'runs the server for development: starts it again after changes, and front ends by their own servers',
  options: {},
  examples: [
    { line: 'dev', does: 'In a studio’s own repository, until Ctrl+C.' },
    { line: 'dev --env staging', does: 'With the file .env.staging in place of .env.' },
  ],
  async run({ environment, env }, terminal) {
    const session = new DevSession({ environment, env, terminal, folder: process.cwd() });
    const stopped = untilToldToStop();
    try {
      await session.start();
      await stopped;
    } finally {
      await session.stop();
    }
    return 0;
  },
});

const untilToldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

interface DevParts {
  readonly environment: () => Environment;
  readonly env: string | undefined;
  readonly terminal: Terminal;
  readonly folder: string;
}

/** What runs, and what starts it again. Changes are worked off one after the other. */
class DevSession {
  readonly #parts: DevParts;
  #server: Child | undefined;
  #frontEnds: readonly DevFrontEnd[] = [];
  #watcher: { close(): Promise<void> } | undefined;
  #work: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: DevParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { environment, folder, terminal } = this.#parts;
    const config = await this.#readConfig();
    if (config !== undefined && config.environment !== 'development') {
      throw new UsageError(
        'These settings are for production. "shotgraph dev" needs SHOTGRAPH_ENVIRONMENT=development and a public address on loopback.',
      );
    }
    const path = resolve(folder, listsPathOf(environment()));
    this.#watcher = await watchPlaces(folder, watchedPlaces(folder, path, config), (change) => {
      this.#work = this.#work.then(() => this.#changed(change));
    });
    await this.#changed({ paths: [], isOfClasses: true });
    terminal.print('Watching shotgraph.yml, .env, connectors, extensions and schema. Ctrl+C stops.');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#watcher?.close();
    await this.#work;
    await Promise.all([this.#server?.stop(), ...this.#frontEnds.map(({ child }) => child.stop())]);
  }

  async #changed({ paths, isOfClasses }: Change): Promise<void> {
    if (this.#isStopping) return;
    const { folder, terminal } = this.#parts;
    if (paths.length > 0) terminal.print(`Changed: ${paths.join(', ')}`);
    if (isOfClasses && !(await compileClasses(folder, terminal))) {
      terminal.printError('The classes do not compile; the server stays as it was. Correct them and save.');
      return;
    }
    const config = await this.#readConfig();
    // The server that runs goes on with what it has read, until the mistake is put right.
    if (config === undefined) return;
    const before = this.#server;
    this.#server = undefined;
    await before?.stop();
    await this.#settleFrontEnds(config);
    if (!this.#isStopping) this.#server = this.#startServer();
  }

  /** Undefined if it cannot be used; then it is told why. */
  async #readConfig(): Promise<Config | undefined> {
    try {
      return await loadConfig(this.#parts.environment());
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#parts.terminal.printError(`${error.message}\nCorrect it and save: this waits for the change.`);
      return undefined;
    }
  }

  /** Front ends go on over a start of the server, unless others are in the file now. */
  async #settleFrontEnds(config: Config): Promise<void> {
    const wanted = config.apps.map(({ name }) => name);
    if (this.#frontEnds.length > 0 && this.#frontEnds.every(({ name }) => wanted.includes(name))) return;
    await Promise.all(this.#frontEnds.map(({ child }) => child.stop()));
    this.#frontEnds = await startFrontEnds(config, this.#parts.terminal);
  }

  #startServer(): Child {
    const { env, folder, terminal } = this.#parts;
    const servers = this.#frontEnds.map(({ name, origin }) => `${name}=${origin}`);
    const child = startNode(
      [
        ...[join(packageFolder(), 'bin', 'shotgraph.js'), 'start'],
        ...(env === undefined ? [] : ['--env', env]),
        ...(servers.length === 0 ? [] : ['--dev-servers', servers.join(',')]),
      ],
      { folder },
    );
    const tell = (code: number | null): void => {
      if (this.#isStopping || this.#server !== child || code === 0) return;
      terminal.printError('The server has ended. It starts again after the next change.');
    };
    void child.ended.then(tell);
    return child;
  }
}
