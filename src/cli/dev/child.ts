import { type ChildProcess, spawn } from 'node:child_process';
import { type Environment, variablesOfProcess } from '../../config/environment.ts';

/** A program that runs beside this one, and ends with it. */
export interface Child {
  /** Resolves with the exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  isRunning(): boolean;
  /** Ends it in order, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly folder: string;
  /** Ends it without waiting for it. */
  readonly atOnce: AbortSignal;
  /** Those of this process, where nothing else is said. */
  readonly environment?: Environment;
}

const GRACE_MS = 10_000;
/** Elsewhere a group of processes would be a window of its own. */
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Starts a script of Node with the terminal's output, in a group of its own: Ctrl+C reaches this process alone, which ends
 * the program in order, with all that the program has started.
 */
export function startNode(
  args: readonly string[],
  { folder, atOnce, environment = variablesOfProcess() }: ChildOptions,
): Child {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment,
    detached: HAS_GROUPS,
  });
  const kill = (): void => send(child, 'SIGKILL');
  // Whatever ends this process, nothing stays behind with the ports.
  process.once('exit', kill);
  atOnce.addEventListener('abort', kill);
  if (atOnce.aborted) kill();
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => {
      // What it has started and left behind. Only now: later the system may have given its id to another program.
      if (HAS_GROUPS) kill();
      resolve(code);
    });
  }).finally(() => {
    isOver = true;
    process.off('exit', kill);
    atOnce.removeEventListener('abort', kill);
  });
  return { ended, isRunning: () => !isOver, stop: async () => (isOver ? undefined : stop(child, ended)) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const patience = setTimeout(() => send(child, 'SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(patience);
}

/** To the whole group. The group may be gone already. */
function send({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -pid : pid, signal);
  } catch {
    // Nobody is there any more.
  }
}
