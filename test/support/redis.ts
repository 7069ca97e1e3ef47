import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { freePort } from './free-port.ts';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Ends the server; what it held is gone. */
  stop(): Promise<void>;
  /** The server keeps its connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Makes it forget all that it holds, as an operator's FLUSHALL or a restart without a disk does. */
  flush(): Promise<void>;
  /** Makes it the replica of a primary that cannot be reached, as in a failover: it is read, and takes no write. */
  demote(): Promise<void>;
  promote(): Promise<void>;
  /** Leaves it no memory for anything new: it is read, and takes no write. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  /** How many PINGs it has answered. */
  pings(): Promise<number>;
}

const START_TRIES = 5;

/** Whether a `redis-server` is installed here. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).error === undefined;

/**
 * A real `redis-server` that keeps nothing on disk.
 *
 * @param port a port to come back on; without it a free one is chosen
 */
export async function startRedis(port?: number): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'shotgraph-redis-'));
  for (let tries = 1; ; tries += 1) {
    const usedPort = port ?? (await freePort());
    const server = spawn('redis-server', argumentsFor(usedPort, folder), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const failure = await readiness(server);
    if (failure === undefined) return handleOf(server, usedPort, folder);
    // Somebody else may have taken the free port meanwhile.
    if (tries === START_TRIES) throw new Error(`redis-server did not start: ${failure}`);
  }
}

function argumentsFor(port: number, folder: string): string[] {
  const settings = { port: String(port), bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Undefined once the server answers, or what it said before it ended. */
function readiness(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ready to accept connections')) resolve(undefined);
    });
    server.once('error', reject);
    server.once('exit', () => resolve(said));
  });
}

function handleOf(server: ChildProcess, port: number, folder: string): TestRedis {
  const url = `redis://127.0.0.1:${port}`;
  const ask = async (...words: string[]): Promise<unknown> => {
    const client = createClient({ url });
    await client.connect();
    const answer = await client.sendCommand(words);
    client.destroy();
    return answer;
  };
  const order = async (...words: string[]): Promise<void> => void (await ask(...words));
  return {
    url,
    port,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        server.kill('SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    flush: () => order('FLUSHALL'),
    demote: () => order('REPLICAOF', '127.0.0.1', '9'),
    promote: () => order('REPLICAOF', 'NO', 'ONE'),
    fill: () => order('CONFIG', 'SET', 'maxmemory', '1'),
    empty: () => order('CONFIG', 'SET', 'maxmemory', '0'),
    pings: async () =>
      Number(/cmdstat_ping:calls=(\d+)/u.exec(JSON.stringify(await ask('INFO', 'commandstats')))?.[1] ?? 0),
  };
}
