import { toAppError } from '../base/errors.ts';
import { retry } from '../base/retry.ts';

/**
 * Together about as long as a Redis takes to come back, or to give its place to another one. Once it is back nobody sleeps on:
 * another process would use up once more what is not written yet.
 */
const WAITS_MS = [50, 200, ...Array<number>(30).fill(1000)] as const;

/** For what a person waits for: a connection that was cut is there again, a store that is away is told. */
export const BRIEF_WAITS_MS = [50, 200] as const;

/**
 * Writes what cannot be had a second time, such as the answer to a token that is good for one use: while the store is away
 * it is tried again. The writing must do no harm where it is made twice: it may have taken effect before it failed.
 */
export const untilWritten = <T>(write: () => Promise<T>, waitsMs: readonly number[] = WAITS_MS): Promise<T> =>
  retry({ isRepeatable: true, run: write }, { waitsMs, isPassing: isAway });

const isAway = (error: unknown): boolean => toAppError(error).code === 'UNAVAILABLE';
