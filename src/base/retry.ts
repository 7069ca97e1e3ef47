import { setTimeout as delay } from 'node:timers/promises';

/** An operation, and whether it may be repeated. */
export interface Work<T> {
  /**
   * False for an operation that does harm when it runs twice, such as a write to the site: an error does not prove
   * that nothing was done.
   */
  readonly isRepeatable: boolean;
  /** @param attempt 1 for the first */
  readonly run: (attempt: number) => Promise<T>;
}

export interface Retries {
  /** The wait before each retry, in milliseconds. Its length is the number of retries. */
  readonly waitsMs: readonly number[];
  /** True for a temporary error: a retry may succeed. */
  readonly isPassing: (error: unknown) => boolean;
  /** Aborted once no caller waits for the result. */
  readonly signal?: AbortSignal;
  /** True for an error after which the retry need not wait. */
  readonly isAtOnce?: (error: unknown, attempt: number) => boolean;
  readonly onRepeat?: (error: unknown, attempt: number) => void;
}

/**
 * Runs the work and retries it while the error is temporary and a repetition is safe. Errors: that of the last
 * attempt.
 */
export async function retry<T>(
  { isRepeatable, run }: Work<T>,
  { waitsMs, isPassing, isAtOnce = () => false, signal, onRepeat }: Retries,
): Promise<T> {
  for (const [index, waitMs] of waitsMs.entries()) {
    const attempt = index + 1;
    try {
      return await run(attempt);
    } catch (error) {
      if (!isRepeatable || !isPassing(error)) throw error;
      onRepeat?.(error, attempt);
      if (isAtOnce(error, attempt) && signal?.aborted !== true) continue;
      // After an abort during the wait the original error is thrown, not the abort.
      if (!(await hasWaited(waitMs, signal))) throw error;
    }
  }
  return run(waitsMs.length + 1);
}

/** False where the signal was aborted during the wait. */
const hasWaited = (waitMs: number, signal?: AbortSignal): Promise<boolean> =>
  delay(waitMs, true, { ...(signal !== undefined && { signal }) }).catch(() => false);
