import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { MINUTE_MS, MS_PER_SECOND, SECONDS_PER_MINUTE } from '../base/units.ts';

/**
 * Detects a wrong clock from the ages of signed launches. With a wrong clock, "choose the menu item again" never
 * helps.
 */
export interface ClockWatch {
  /** Records a launch with a valid signature, fresh or not. */
  saw(launch: { readonly signedAtMs: number; readonly isFresh: boolean }): void;
  /** By how many seconds this server's clock seems to be ahead of ShotGrid's; undefined without evidence. */
  skewSeconds(): number | undefined;
}

export interface ClockWatchDeps {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Called with the seconds whenever they change; 0 without evidence of a wrong clock. */
  readonly onSkew?: (seconds: number) => void;
}

interface Seen {
  readonly atMs: number;
  readonly aheadMs: number;
}

/**
 * One old launch is a page that was left open; several such pages have very different ages. This many launches of
 * about one age, without a fresh one, indicate a wrong clock: a click takes only seconds to arrive.
 */
const LEAST = 5;
const MOST_APART_MS = 60_000;
const MOST = 50;
const REMEMBERED_MS = 15 * MINUTE_MS;

/** A watch that keeps its evidence in this process. */
export function createClockWatch({ clock, logger, onSkew }: ClockWatchDeps): ClockWatch {
  /**
   * Launches refused for their age since the last fresh one, by the time of their signature: a repeated post
   * counts once.
   */
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

  /** Reading it also expires old evidence, so that the metric and readiness agree. */
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
      const [oldest] = refused.keys();
      if (refused.size > MOST && oldest !== undefined) refused.delete(oldest);
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

/** For readiness: an empty object without evidence of a wrong clock. */
export function clockFinding(watch: Pick<ClockWatch, 'skewSeconds'>): { reason?: string; detail?: string } {
  const skew = watch.skewSeconds();
  return skew === undefined ? {} : { reason: 'AMI_CLOCK', detail: `${clockSentence(skew)}.` };
}
