import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { variablesWithoutOurs } from '../../config/environment.ts';
import type { Terminal } from '../command.ts';
import { type Child, startNode } from './child.ts';
import { programOf } from './program-of.ts';

const FIRST_PORT = 5173;
const LAST_PORT = 5273;
const ENDINGS = ['mjs', 'js', 'ts', 'mts', 'cjs'];

/** A front end that its own development server serves. */
export interface DevFrontEnd {
  readonly name: string;
  readonly directory: string;
  /** Of the server that its page asks. */
  readonly publicUrl: string;
  readonly origin: string;
  readonly child: Child;
}

/** The folder with the settings of Vite: that of the built files, or the one around it. */
function viteFolderOf(directory: string): string | undefined {
  return [directory, dirname(directory)].find((folder) =>
    ENDINGS.some((ending) => existsSync(join(folder, `vite.config.${ending}`))),
  );
}

export interface FrontEndSurroundings {
  readonly terminal: Terminal;
  readonly atOnce: AbortSignal;
}

type Served = Pick<Config, 'apps' | 'http'>;

/** Lets those go on that are still wanted, ends the others, and starts the development server of each that has come. */
export async function settleFrontEnds(
  running: readonly DevFrontEnd[],
  config: Served,
  surroundings: FrontEndSurroundings,
): Promise<readonly DevFrontEnd[]> {
  const { publicUrl } = config.http;
  const isWanted = (each: DevFrontEnd): boolean =>
    each.child.isRunning() &&
    each.publicUrl === publicUrl &&
    config.apps.some(({ name, directory }) => name === each.name && directory === each.directory);
  const kept = running.filter(isWanted);
  await Promise.all(running.filter((each) => !kept.includes(each)).map(({ child }) => child.stop()));
  const missing = config.apps.filter(({ name }) => !kept.some((each) => each.name === name));
  return [...kept, ...(await startFrontEnds({ ...config, apps: missing }, surroundings))];
}

async function startFrontEnds(
  { apps, http: { publicUrl } }: Served,
  { terminal, atOnce }: FrontEndSurroundings,
): Promise<readonly DevFrontEnd[]> {
  const started: DevFrontEnd[] = [];
  // Cookies are of a host: under another name the browser would send none.
  const hostName = new URL(publicUrl).hostname;
  // An address has brackets in a URL only.
  const host = hostName.replace(/^\[(.*)\]$/u, '$1');
  let port = FIRST_PORT;
  for (const { name, directory } of apps) {
    const folder = viteFolderOf(directory);
    if (folder === undefined) continue;
    const vite = programOf(folder, 'vite', 'vite');
    if (vite === undefined) {
      terminal.printError(
        `${name} has no development server: install what it is built with ("npm install"). Its built files are served, if there are any.`,
      );
      continue;
    }
    port = await freePort(port, host);
    const where = ['--port', String(port), '--strictPort', '--host', host];
    const environment = { ...variablesWithoutOurs(), SHOTGRAPH_URL: publicUrl };
    const child = startNode([vite, folder, ...where, '--clearScreen', 'false'], {
      ...{ folder, atOnce, environment },
    });
    const origin = `http://${hostName}:${port}`;
    terminal.print(`${name} is served by Vite at ${origin}/apps/${name}/`);
    started.push({ name, directory, publicUrl, origin, child });
    port += 1;
  }
  return started;
}

/** The first port from here on that nobody listens at. */
export async function freePort(from: number, host: string): Promise<number> {
  for (let port = from; port <= LAST_PORT; port += 1) if (await isFree(port, host)) return port;
  throw new Error(`No port from ${from} to ${LAST_PORT} is free.`);
}

/** @throws Error if nothing can listen at this host at all */
function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
