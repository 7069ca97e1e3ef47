import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { MINUTE_MS, MS_PER_SECOND, SECONDS_PER_MINUTE } from '../base/units.ts';

/** Sees from the ages of signed launches that a clock is off: then "choose the menu item again" never helps. */
export interface ClockWatch {
  /** A launch whose signature is right, whatever is thought of its age. */
  saw(launch: { readonly signedAtMs: number; readonly isFresh: boolean }): void;
  /** By how much this server's clock seems to be ahead of ShotGrid's, in seconds; undefined where nothing points to it. */
  skewSeconds(): number | undefined;
}

export interface ClockWatchDeps {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Hears of the seconds whenever they change; 0 where nothing points to a clock that is off. */
  readonly onSkew?: (seconds: number) => void;
}

interface Seen {
  readonly atMs: number;
  readonly aheadMs: number;
}

/**
 * One old launch is a page that was left open, and several are of very different ages. So many of about one age, and none
 * that is fresh, are a clock: a click takes seconds to arrive.
 */
const LEAST = 5;
const MOST_APART_MS = 60_000;
const MOST = 50;
const REMEMBERED_MS = 15 * MINUTE_MS;

export function createClockWatch({ clock, logger, onSkew }: ClockWatchDeps): ClockWatch {
  /** Refused for their age since the last fresh one, by the time of their signature: a post that is sent again is one. */
  const refused = new Map<number, Seen>();
  let told = 0;

  const seen = (): number | undefined => {
    const nowMs = clock.now();
    for (const [signedAtMs, { atMs }] of refused) {
      if (Math.abs(nowMs - atMs) > REMEMBERED_MS) refused.delete(signedAtMs);
    }
    const ages = [...refused.values()].map(({ aheadMs }) => aheadMs).toSorted((a, b) => a - b);
    const middle = ages[Math.floor(ages.length / 2)] ?? 0;
    const agreeing = ages.filter((age) => Math.abs(age - middle) <= MOST_APART_MS);
    return agreeing.length < LEAST ? undefined : Math.round(middle / MS_PER_SECOND);
  };

  /** Also whoever looks sees that the time has passed: the metric and readiness say the same. */
  const skewSeconds = (): number | undefined => {
    const found = seen();
    const seconds = found ?? 0;
    if (seconds === told) return found;
    const before = told;
    told = seconds;
    onSkew?.(seconds);
    if (seconds === 0) logger.info('clock.right_again');
    else if (before === 0)
      logger.error('clock.off', { code: 'AMI_CLOCK', deltaSeconds: seconds, count: refused.size });
    return found;
  };

  return {
    skewSeconds,
    saw({ signedAtMs, isFresh }) {
      const atMs = clock.now();
      if (isFresh) refused.clear();
      else if (!refused.has(signedAtMs)) refused.set(signedAtMs, { atMs, aheadMs: atMs - signedAtMs });
      const [eldest] = refused.keys();
      if (refused.size > MOST && eldest !== undefined) refused.delete(eldest);
      skewSeconds();
    },
  };
}

/** For people and operators: `ShotGrid's clock and this server's differ by about 2 minutes`. */
export function clockSentence(skewSeconds: number): string {
  const seconds = Math.abs(skewSeconds);
  const minutes = Math.round(seconds / SECONDS_PER_MINUTE);
  const amount = minutes < 2 ? `${seconds} seconds` : `${minutes} minutes`;
  return `The clock of this server seems to be about ${amount} ${skewSeconds > 0 ? 'ahead of' : 'behind'} ShotGrid's`;
}

/** For readiness: nothing where all is well. */
export function clockFinding(watch: Pick<ClockWatch, 'skewSeconds'>): { reason?: string; detail?: string } {
  const skew = watch.skewSeconds();
  return skew === undefined ? {} : { reason: 'AMI_CLOCK', detail: `${clockSentence(skew)}.` };
}
