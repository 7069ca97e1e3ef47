import { command } from '../command.ts';
import { DevSession } from './dev-session.ts';

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
  exitCodes: { 1: 'a second Ctrl+C ended it before its programs had ended in order' },
  async run({ environment, env }, terminal) {
    const told = listenForStop();
    told.atOnce.addEventListener('abort', () => terminal.printError('Ended at once, and not in order.'));
    const session = new DevSession({
      environment,
      env,
      terminal,
      folder: process.cwd(),
      atOnce: told.atOnce,
    });
    try {
      await session.start();
      await told.stopped;
    } finally {
      await session.stop();
    }
    return told.atOnce.aborted ? 1 : 0;
  },
});

/** Ctrl+C, the end that a supervisor wants, and the terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes a Ctrl+C on that the terminal has sent already: so soon, it is the same one. */
const SAME_MS = 500;

/** The first signal ends everything in order. The second one ends it at once. They are listened for until the process ends. */
function listenForStop() {
  const first = new AbortController();
  const second = new AbortController();
  let firstMs = 0;
  const stop = (): void => {
    if (!first.signal.aborted) {
      firstMs = performance.now();
      first.abort();
    } else if (performance.now() - firstMs > SAME_MS) second.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    atOnce: second.signal,
    stopped: new Promise<void>((resolve) => first.signal.addEventListener('abort', () => resolve())),
  };
}
