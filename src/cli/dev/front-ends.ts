import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { AppConfig, Config } from '../../config/config.ts';
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
  readonly origin: string;
  readonly child: Child;
}

/** The folder with the settings of Vite: that of the built files, or the one around it. */
function viteFolderOf({ directory }: AppConfig): string | undefined {
  return [directory, dirname(directory)].find((folder) =>
    ENDINGS.some((ending) => existsSync(join(folder, `vite.config.${ending}`))),
  );
}

/** Starts the development server of each front end that has one. */
export async function startFrontEnds(
  { apps, http: { publicUrl } }: Pick<Config, 'apps' | 'http'>,
  terminal: Terminal,
): Promise<readonly DevFrontEnd[]> {
  const started: DevFrontEnd[] = [];
  // Cookies are of a host: under another name the browser would send none.
  const name = new URL(publicUrl).hostname;
  // An address has brackets in a URL only.
  const host = name.replace(/^\[(.*)\]$/u, '$1');
  let port = FIRST_PORT;
  for (const app of apps) {
    const folder = viteFolderOf(app);
    if (folder === undefined) continue;
    const vite = programOf(folder, 'vite', 'vite');
    if (vite === undefined) {
      terminal.printError(
        `${app.name} has no development server: install what it is built with ("npm install"). Its built files are served, if there are any.`,
      );
      continue;
    }
    port = await freePort(port, host);
    const args = [
      vite,
      folder,
      '--port',
      String(port),
      '--strictPort',
      '--host',
      host,
      '--clearScreen',
      'false',
    ];
    const child = startNode(args, {
      folder,
      environment: { ...variablesWithoutOurs(), SHOTGRAPH_URL: publicUrl },
    });
    const origin = `http://${name}:${port}`;
    terminal.print(`${app.name} is served by Vite at ${origin}/apps/${app.name}/`);
    started.push({ name: app.name, origin, child });
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
