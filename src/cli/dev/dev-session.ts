import { join, resolve } from 'node:path';
import { packageFolder } from '../../base/package-folder.ts';
import type { Config } from '../../config/config.ts';
import { type Environment, settingsFileOf } from '../../config/environment.ts';
import { ConfigError, listsPathOf, loadConfig } from '../../config/load-config.ts';
import { type Terminal, UsageError } from '../command.ts';
import { type Child, startNode } from './child.ts';
import { compileClasses } from './compile.ts';
import { type DevFrontEnd, settleFrontEnds } from './front-ends.ts';
import { type Change, watchedPlaces, type Watcher, watchPlaces } from './watched.ts';

export interface DevParts {
  readonly environment: () => Environment;
  readonly env: string | undefined;
  readonly terminal: Terminal;
  readonly folder: string;
  /** Whatever still runs is ended, without waiting for it. */
  readonly atOnce: AbortSignal;
}

const FOR_DEVELOPMENT =
  'These settings are for production. "shotgraph dev" needs SHOTGRAPH_ENVIRONMENT=development and a public address on loopback.';

/** What runs, and what starts it again. Changes are worked off one after the other. */
export class DevSession {
  readonly #parts: DevParts;
  #server: Child | undefined;
  #frontEnds: readonly DevFrontEnd[] = [];
  #watcher: Watcher | undefined;
  #work: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(parts: DevParts) {
    this.#parts = parts;
  }

  /** @throws UsageError for settings of production */
  async start(): Promise<void> {
    const { folder, terminal, env } = this.#parts;
    const config = await this.#readConfig();
    if (config !== undefined && config.environment !== 'development') throw new UsageError(FOR_DEVELOPMENT);
    this.#watcher = await watchPlaces(folder, this.#places(config), (change) => {
      this.#work = this.#work.then(() => this.#workOff(change));
    });
    await this.#workOff({ paths: [], isOfClasses: true });
    terminal.print(
      `Watching shotgraph.yml, ${settingsFileOf(env)}, connectors, extensions and schema. Ctrl+C stops.`,
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#watcher?.close();
    await this.#work;
    await Promise.all([this.#server?.stop(), ...this.#frontEnds.map(({ child }) => child.stop())]);
  }

  #places(config: Config | undefined): readonly string[] {
    const { environment, env, folder } = this.#parts;
    return watchedPlaces({ folder, env, configPath: resolve(folder, listsPathOf(environment())), config });
  }

  /** A change that cannot be worked off must not end what runs. */
  async #workOff(change: Change): Promise<void> {
    try {
      await this.#changed(change);
    } catch (error) {
      this.#parts.terminal.printError(error instanceof Error ? error.message : 'The change cannot be used.');
    }
  }

  async #changed({ paths, isOfClasses }: Change): Promise<void> {
    if (this.#isStopping) return;
    const { folder, terminal, atOnce } = this.#parts;
    if (paths.length > 0) terminal.print(`Changed: ${paths.join(', ')}`);
    if (isOfClasses && !(await compileClasses(folder, terminal, atOnce))) {
      terminal.printError('The classes do not compile; the server stays as it was. Correct them and save.');
      return;
    }
    const config = await this.#readConfig();
    // The running server keeps its settings until the mistake is corrected.
    if (config === undefined) return;
    if (config.environment !== 'development') return terminal.printError(FOR_DEVELOPMENT);
    this.#watcher?.add(this.#places(config));
    const before = this.#server;
    this.#server = undefined;
    await before?.stop();
    this.#frontEnds = await settleFrontEnds(this.#frontEnds, config, { terminal, atOnce });
    if (!this.#isStopping) this.#server = this.#startServer();
  }

  /** Undefined if it cannot be used; then it is told why. */
  async #readConfig(): Promise<Config | undefined> {
    try {
      return await loadConfig(this.#parts.environment());
    } catch (error) {
      // Some editors take a file away for a moment, also that of --env.
      if (!(error instanceof ConfigError || (error instanceof UsageError && this.#watcher !== undefined)))
        throw error;
      this.#parts.terminal.printError(`${error.message}\nCorrect it and save: this waits for the change.`);
      return undefined;
    }
  }

  #startServer(): Child {
    const { env, folder, terminal, atOnce } = this.#parts;
    const servers = this.#frontEnds.map(({ name, origin }) => `${name}=${origin}`);
    const child = startNode(
      [
        ...[join(packageFolder(), 'bin', 'shotgraph.js'), 'start'],
        ...(env === undefined ? [] : ['--env', env]),
        ...(servers.length === 0 ? [] : ['--dev-servers', servers.join(',')]),
      ],
      { folder, atOnce },
    );
    const tell = (code: number | null): void => {
      if (this.#isStopping || this.#server !== child || code === 0) return;
      terminal.printError('The server has ended. It starts again after the next change.');
    };
    void child.ended.then(tell);
    return child;
  }
}
