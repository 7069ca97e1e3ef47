import { setTimeout as delay } from 'node:timers/promises';

/** What is done, and whether it may be done again. */
export interface Work<T> {
  /** False for what does harm when it is done twice, as a change of the site: an error does not say that nothing was done. */
  readonly isRepeatable: boolean;
  /** @param attempt 1 for the first */
  readonly run: (attempt: number) => Promise<T>;
}

export interface Retries {
  /** How long to wait before each further attempt; there are as many as there are waits. */
  readonly waitsMs: readonly number[];
  /** Whether it may go better the next time. */
  readonly isPassing: (error: unknown) => boolean;
  /** Nobody waits for the result any more. */
  readonly signal?: AbortSignal;
  readonly onRepeat?: (error: unknown, attempt: number) => void;
}

/** Does the work, and does it again while that may help and may be done. Errors: that of the last attempt. */
export async function retry<T>(
  { isRepeatable, run }: Work<T>,
  { waitsMs, isPassing, signal, onRepeat }: Retries,
): Promise<T> {
  for (const [index, waitMs] of waitsMs.entries()) {
    const attempt = index + 1;
    try {
      return await run(attempt);
    } catch (error) {
      if (!isRepeatable || !isPassing(error)) throw error;
      onRepeat?.(error, attempt);
      // Whoever leaves meanwhile is told what went wrong all the same.
      if (!(await hasWaited(waitMs, signal))) throw error;
    }
  }
  return run(waitsMs.length + 1);
}

/** False where nobody waits any more. */
const hasWaited = (waitMs: number, signal?: AbortSignal): Promise<boolean> =>
  delay(waitMs, true, { ...(signal !== undefined && { signal }) }).catch(() => false);
