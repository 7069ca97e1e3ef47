import { toAbortError } from './connection-errors.ts';

/** A queue of calls with limited concurrency. */
export interface Turns {
  readonly inTurn: (work: () => Promise<void>) => Promise<unknown>;
  /** Called with 1 when a call begins to wait, and with -1 when it stops waiting. */
  readonly onWaiting: (change: 1 | -1) => void;
}

/**
 * Runs work at its turn. If the signal aborts before the turn, the call was not sent. So the error of a write does
 * not claim that a record may have changed.
 */
export function atTurn<T>(
  { inTurn, onWaiting }: Turns,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(toAbortError(signal));
    let isWaiting = true;
    onWaiting(1);
    const stopWaiting = (): void => {
      if (isWaiting) onWaiting(-1);
      isWaiting = false;
      signal.removeEventListener('abort', leave);
    };
    const leave = (): void => {
      stopWaiting();
      reject(toAbortError(signal));
    };
    signal.addEventListener('abort', leave, { once: true });
    // Do not pass the signal to the bulkhead: it checks it only at the turn, and then leaks that turn.
    inTurn(async () => {
      if (!isWaiting) return;
      stopWaiting();
      resolve(await work());
    }).catch(reject);
  });
}
