import { toAppError } from '../base/errors.ts';
import { retry } from '../base/retry.ts';

/**
 * The sum is about the time that a Redis takes to restart or to fail over. No wait is longer than a second:
 * meanwhile another process could consume again what is not written yet.
 */
const WAITS_MS = [50, 200, ...Array<number>(30).fill(1000)] as const;

/** How long that takes at most, but for the writing itself. */
export const WRITTEN_WITHIN_MS = WAITS_MS.reduce((sum, waitMs) => sum + waitMs, 0);

/** For writes that a person waits for: long enough for a reconnect; a longer outage is reported. */
export const BRIEF_WAITS_MS = [50, 200] as const;

/**
 * Retries a write that cannot be obtained again, such as the answer to a single-use token, while the store is
 * unavailable. The write must be safe to repeat: it may have taken effect before it failed.
 */
export const untilWritten = <T>(write: () => Promise<T>, waitsMs: readonly number[] = WAITS_MS): Promise<T> =>
  retry({ isRepeatable: true, run: write }, { waitsMs, isPassing: isAway });

const isAway = (error: unknown): boolean => toAppError(error).code === 'UNAVAILABLE';
