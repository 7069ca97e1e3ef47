import { type ChildProcess, spawn } from 'node:child_process';
import { type Environment, variablesOfProcess } from '../../config/environment.ts';

/** A program that runs beside this one, and ends with it. */
export interface Child {
  /** Resolves with the exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Ends it in order, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly folder: string;
  /** Those of this process, where nothing else is said. */
  readonly environment?: Environment;
}

const GRACE_MS = 10_000;

/** Starts a script of Node with the terminal's output. */
export function startNode(
  args: readonly string[],
  { folder, environment = variablesOfProcess() }: ChildOptions,
): Child {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment,
  });
  const kill = (): void => void child.kill('SIGKILL');
  // Whatever ends this process, nothing stays behind with the ports.
  process.once('exit', kill);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code));
  }).finally(() => process.off('exit', kill));
  return { ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(patience);
}
