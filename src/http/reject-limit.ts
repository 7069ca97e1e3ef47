import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../base/errors.ts';

const BURST_SECONDS = 2;
const BURST_WINDOW_SECONDS = 10;
const MS_PER_SECOND = 1000;

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

export function createRejectLimit(rejectsPerSecond: number): RejectLimit {
  const steady = new RateLimiterMemory({ points: rejectsPerSecond, duration: 1 });
  const burst = new RateLimiterMemory({
    keyPrefix: 'burst',
    points: rejectsPerSecond * BURST_SECONDS,
    duration: BURST_WINDOW_SECONDS,
  });
  return {
    async assertOpen(address) {
      const [now, kept] = await Promise.all([steady.get(address), burst.get(address)]);
      const isSpent =
        now !== null &&
        kept !== null &&
        now.consumedPoints >= steady.points &&
        kept.consumedPoints >= burst.points;
      if (isSpent) throw limited(now);
    },
    async count(address) {
      try {
        await steady.consume(address);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        try {
          await burst.consume(address);
        } catch (secondRefusal) {
          throw secondRefusal instanceof RateLimiterRes ? limited(refusal) : secondRefusal;
        }
      }
    },
  };
}

/** Says how long to wait in words: people do not see the header that it becomes. */
export function limited(state: RateLimiterRes): AppError {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / MS_PER_SECOND));
  return new AppError('RATE_LIMITED', {
    message: `Too many requests. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
    details: { retryAfterSeconds: seconds },
  });
}
