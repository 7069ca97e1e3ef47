import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from './free-port.ts';
import { CANARIES } from './studio.ts';

const PROGRAM = join(ROOT, 'bin', 'shotgraph.js');
const PACKAGES = ['shotgraph', 'typescript', 'vite', '@vitejs/plugin-react', 'react', 'react-dom'];
const POLL_MS = 50;

/** A command of a repository, in a process group of its own, as a terminal starts it. */
export interface Running {
  readonly child: ChildProcess;
  /** Everything that it and its children have said so far. */
  said(): string;
  /** Forgets what was said. */
  hush(): void;
  readonly ended: Promise<number | null>;
  /** @throws Error with what was said if it ends before */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
}

/** A repository that `init` has made, with a site and a provider. */
export interface DevRepository {
  readonly folder: string;
  readonly bffUrl: string;
  run(args: readonly string[], variables?: Readonly<Record<string, string>>): Running;
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

export async function makeDevRepository(frontEnd: 'plain' | 'vite'): Promise<DevRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-dev-'));
  for (const name of PACKAGES) {
    const target = join(folder, 'node_modules', name);
    await mkdir(join(target, '..'), { recursive: true });
    await symlink(name === 'shotgraph' ? ROOT : join(ROOT, 'node_modules', name), target);
  }
  const bffUrl = `http://localhost:${await freePort()}`;
  const client = {
    clientId: 'shotgraph',
    clientSecret: CANARIES.clientSecret,
    redirectUris: [`${bffUrl}/auth/callback`],
    postLogoutRedirectUris: [`${bffUrl}/`],
  };
  const [site, idp] = await Promise.all([
    startSite({ port: 0, dataset: demoDataset({ bffUrl }) }),
    startIdp({ port: 0, clients: [client] }),
  ]);
  const repository: DevRepository = {
    folder,
    bffUrl,
    run: (args, variables = {}) => startProgram(folder, args, variables),
    isUp: async () => (await fetch(`${bffUrl}/healthz`).catch(() => undefined))?.status === 200,
    async close() {
      await Promise.all([site.close(), idp.close()]);
      await rm(folder, { recursive: true });
    },
  };
  const where = ['--site', site.url, '--issuer', idp.issuer, '--public-url', bffUrl, '--front-end', frontEnd];
  const init = repository.run(['init', '--yes', '--without-npm', ...where], {
    SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
    SHOTGRAPH_OIDC_CLIENT_SECRET: CANARIES.clientSecret,
  });
  if ((await init.ended) !== 0) throw new Error(init.said());
  return repository;
}

/** Runs the command in this folder, with these variables alone. */
export function startProgram(
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    child,
    said: () => said,
    hush: () => void (said = ''),
    ended: new Promise((resolve) => child.once('close', resolve)),
    async until(isSo) {
      while (!(await isSo())) {
        if (child.exitCode !== null) throw new Error(said);
        await new Promise((wait) => setTimeout(wait, POLL_MS));
      }
    },
  };
}

/** The processes that this one has started, and those that they have started. */
export function descendantsOf(pid: number | undefined): readonly number[] {
  if (pid === undefined || !isThere(pid)) return [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/u);
  return children
    .filter((text) => text !== '')
    .map(Number)
    .flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whether a process is still there, be it as one that nobody has waited for. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
