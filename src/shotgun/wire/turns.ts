import { toAbortError } from './connection-errors.ts';

export interface Turns {
  readonly inTurn: (work: () => Promise<void>) => Promise<unknown>;
  /** Hears of each call that begins to wait, and of each that no longer waits. */
  readonly onWaiting: (change: 1 | -1) => void;
}

/**
 * Runs work at its turn. A call whose signal ends before its turn was not sent, so the error for a write does not say that
 * something may have changed.
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
    // The bulkhead gets no signal: it checks one only at the turn, and then leaks that turn.
    inTurn(async () => {
      if (!isWaiting) return;
      stopWaiting();
      resolve(await work());
    }).catch(reject);
  });
}
