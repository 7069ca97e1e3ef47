import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { Store } from '../../store/store.ts';

const BURST_SECONDS = 2;
const BURST_WINDOW_SECONDS = 10;

/**
 * Slows down who posts refused launches (A43). Only refusals count: an honest studio behind one address never
 * notices. An address may have `rejectsPerSecond` each second and, now and then, twice that on top.
 */
export interface RejectLimit {
  /** Errors: `RATE_LIMITED` with `details.retryAfterSeconds`. */
  assertOpen(address: string): Promise<void>;
  /** Counts a refusal. Errors: as `assertOpen`, where it was one too many. */
  count(address: string): Promise<void>;
}

export function createRejectLimit(rejectsPerSecond: number, store: Pick<Store, 'limit'>): RejectLimit {
  const steady = store.limit({ name: 'rejects', points: rejectsPerSecond, seconds: 1 });
  const burst = store.limit({
    name: 'rejects-burst',
    points: rejectsPerSecond * BURST_SECONDS,
    seconds: BURST_WINDOW_SECONDS,
  });
  return {
    async assertOpen(address) {
      const [now, kept] = await Promise.all([steady.spent(address), burst.spent(address)]);
      if (kept !== undefined) assertRoom(now);
    },
    async count(address) {
      const waitMs = await steady.take(address);
      if (waitMs !== undefined && (await burst.take(address)) !== undefined) assertRoom(waitMs);
    },
  };
}

/**
 * Says how long to wait in words: people do not see the header that it becomes.
 *
 * @param waitMs until there is room again; undefined where there is. Errors: `RATE_LIMITED`
 */
export function assertRoom(waitMs: number | undefined): void {
  if (waitMs === undefined) return;
  const seconds = Math.max(1, Math.ceil(waitMs / MS_PER_SECOND));
  throw new AppError('RATE_LIMITED', {
    message: `Too many requests. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
    details: { retryAfterSeconds: seconds },
  });
}
