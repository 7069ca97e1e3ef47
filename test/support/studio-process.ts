import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from './free-port.ts';
import { CANARIES, environmentOf } from './studio.ts';

/** A studio whose Shotgraph is the built command in a process of its own, so that it can be weighed. */
export interface StudioProcess {
  readonly bffUrl: string;
  readonly siteUrl: string;
  readonly storageUrl: string;
  readonly server: ServerProcess;
  /** Bytes of memory that the process holds now, and bytes that it has read so far from sockets and files. */
  weigh(): Promise<{ readonly memoryBytes: number; readonly readBytes: number }>;
  stop(): Promise<void>;
}

const READY_TRIES = 300;
const POLL_MS = 100;
const KIB = 1024;

/** How the command is started: the program with its arguments, and the folder. */
export interface StartedBy {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
}

const BUILT: StartedBy = {
  command: [process.execPath, join(ROOT, 'dist', 'src', 'main.js'), 'start'],
  folder: ROOT,
};

/** @param environment settings that differ from the demo's */
export async function startStudioProcess(
  environment: Readonly<Record<string, string>> = {},
  startedBy: StartedBy = BUILT,
): Promise<StudioProcess> {
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  const site = await startSite({ port: 0, dataset: demoDataset({ bffUrl }) });
  const idp = await startIdp({
    port: 0,
    clients: [
      {
        clientId: 'shotgraph',
        clientSecret: CANARIES.clientSecret,
        redirectUris: [`${bffUrl}/auth/callback`],
        postLogoutRedirectUris: [`${bffUrl}/`],
      },
    ],
  });
  const places = {
    bffUrl,
    bffPort,
    siteUrl: site.url,
    storageUrl: site.storageUrl,
    issuer: idp.issuer,
  };
  const bff = await startServerProcess(bffUrl, { ...environmentOf(places), ...environment }, startedBy);
  return {
    bffUrl,
    siteUrl: site.url,
    storageUrl: site.storageUrl,
    server: bff,
    weigh: bff.weigh,
    async stop() {
      await bff.stop();
      await Promise.all([site.close(), idp.close()]);
    },
  };
}

/** The built command alone, in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** All that it has written so far. */
  output(): string;
  /** Its exit code, once it has ended by itself. */
  readonly exited: Promise<number | null>;
  weigh: StudioProcess['weigh'];
  /** Sends it a signal, as an administrator does. */
  signal(name: NodeJS.Signals): void;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a crash would: nothing is put away. */
  kill(): Promise<void>;
}

/** Starts `shotgraph start` with these settings and nothing else, and waits until it is ready. */
export async function startServerProcess(
  url: string,
  environment: Readonly<Record<string, string>>,
  { command: [program, ...args], folder }: StartedBy = BUILT,
): Promise<ServerProcess> {
  // The server's behaviour must not hang on it (G26).
  const { NODE_ENV: _, ...inherited } = process.env;
  const server = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NODE_OPTIONS: '', SHOTGRAPH_LOG_LEVEL: 'silent', ...environment },
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = new Promise<number | null>((resolve) => server.once('close', resolve));
  await untilReady(server, url).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output}`);
  });
  return {
    url,
    output: () => output,
    exited,
    weigh: () => weigh(server),
    signal: (name) => void server.kill(name),
    stop: () => end(server, 'SIGTERM'),
    kill: () => end(server, 'SIGKILL'),
  };
}

async function untilReady(bff: ChildProcess, bffUrl: string): Promise<void> {
  for (let tries = 0; tries < READY_TRIES && bff.exitCode === null; tries += 1) {
    const answer = await fetch(`${bffUrl}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await end(bff);
  throw new Error('Shotgraph did not become ready. Has it been built? Run npm run build.');
}

async function end(server: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await ended;
}

async function weigh({ pid }: ChildProcess) {
  const number = async (file: string, name: string): Promise<number> => {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8');
    return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'mu').exec(text)?.[1]);
  };
  return {
    memoryBytes: (await number('status', 'VmRSS')) * KIB,
    readBytes: await number('io', 'rchar'),
  };
}
