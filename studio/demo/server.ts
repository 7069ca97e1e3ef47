import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../package-root.ts';
import { shotgraphFolder } from '../shotgraph.ts';

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

export interface DemoServer {
  /** Resolves with its exit code. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

export interface ServerPlace {
  readonly url: string;
  readonly signal: AbortSignal;
}

/**
 * The real command with a real environment, so that the demo shows what an operator runs. Its folder is this package's, where
 * no settings of somebody's own lie.
 *
 * @throws Error if it did not become ready
 */
export async function startServer(
  environment: NodeJS.ProcessEnv,
  { url, signal }: ServerPlace,
): Promise<DemoServer> {
  const child = spawn(
    process.execPath,
    ['--min-semi-space-size=16', join(shotgraphFolder(), 'bin', 'shotgraph.js'), 'start'],
    { cwd: packageRoot(), stdio: ['ignore', 'inherit', 'inherit'], env: environment },
  );
  const ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null && !signal.aborted) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return { ended, stop };
    await sleep(POLL_MS);
  }
  await stop();
  if (signal.aborted) throw new Error('Stopped before Shotgraph was ready.');
  throw new Error(`Shotgraph did not become ready: see ${url}/readyz and the lines above.`);
}
