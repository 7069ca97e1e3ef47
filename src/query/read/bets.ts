import type { BesideRead } from '../plan/beside-reads.ts';
import type { ReadPlan } from '../plan/planning.ts';

/** What came of a search in parallel with the parents' search. */
type Settled = 'paid' | 'missed' | 'unused' | 'slow';
/** That, or that such a search is given up. */
export type BetOutcome = Settled | 'given_up';

/** Nobody notices a wait below this. */
const NOTICED_MS = 100;

/** A search that was begun before its rows were needed. */
export class Bet {
  readonly read: BesideRead;
  readonly #now: () => number;
  readonly #beganAtMs: number;
  readonly #ended: Promise<void>;
  #endedAtMs = Infinity;
  /** When its rows were needed first. */
  #neededAtMs = Infinity;
  #found: ReadonlySet<number> = new Set();
  #outcome: Settled = 'unused';

  constructor(read: BesideRead, found: Promise<readonly number[]>, now: () => number) {
    this.read = read;
    this.#now = now;
    this.#beganAtMs = now();
    this.#ended = this.#await(found);
  }

  async #await(found: Promise<readonly number[]>): Promise<void> {
    this.#found = new Set(await found);
    this.#endedAtMs = this.#now();
  }

  /** Waits until its rows are there, or have failed. */
  ready(): Promise<void> {
    this.#neededAtMs = Math.min(this.#neededAtMs, this.#now());
    return this.#ended;
  }

  get outcome(): Settled {
    return this.#outcome;
  }

  /** Notes a read of such rows, after the end. A bet saves a wave only if no row is left to read then. */
  note(wanted: ReadonlySet<number>, isAllKnown: boolean): void {
    if (this.#outcome === 'paid' || wanted.size === 0) return;
    if (!isAllKnown) this.#outcome = 'missed';
    else if (this.#isSlow()) this.#outcome = 'slow';
    else if (intersects(this.#found, wanted)) this.#outcome = 'paid';
  }

  /**
   * A search by ids would have begun when the rows were needed. It takes about as long as the one for the rows above did:
   * a bet that kept the page waiting for longer has cost time.
   */
  #isSlow(): boolean {
    const waitedMs = this.#endedAtMs - this.#neededAtMs;
    return waitedMs > Math.max(this.#neededAtMs - this.#beganAtMs, NOTICED_MS);
  }
}

function intersects(found: ReadonlySet<number>, wanted: ReadonlySet<number>): boolean {
  for (const id of wanted) if (found.has(id)) return true;
  return false;
}

interface Score extends Record<Exclude<Settled, 'paid'>, number> {
  /** Times that it was left out since it was given up; undefined while it is made. */
  leftOut?: number;
}

/** How often until it is given up, if it never pays in between. Many rows have an empty list. */
const MOST = { missed: 4, slow: 4, unused: 16 } as const;
/** What did not pay for some people and filters may pay for others. */
const TRIED_AGAIN_AFTER = 16;

/**
 * Which bets pay, by plan, for all requests of a process: one that does not is given up, for the pages that are read
 * with this plan. An answer never depends on it.
 */
export class BetBook {
  readonly #scores = new WeakMap<ReadPlan, Map<string, Score>>();
  readonly #onOutcome: (outcome: BetOutcome) => void;
  readonly #now: () => number;

  /** @param now milliseconds, for how long pages wait for a bet */
  constructor(
    onOutcome: (outcome: BetOutcome) => void = () => undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#onOutcome = onOutcome;
    this.#now = now;
  }

  begin(read: BesideRead, found: Promise<readonly number[]>): Bet {
    return new Bet(read, found, this.#now);
  }

  /** False for a bet that was given up. */
  isMade(plan: ReadPlan, { key }: BesideRead): boolean {
    const score = this.#scores.get(plan)?.get(key);
    if (score?.leftOut === undefined) return true;
    score.leftOut += 1;
    if (score.leftOut < TRIED_AGAIN_AFTER) return false;
    score.leftOut = 0;
    return true;
  }

  settle(plan: ReadPlan, { read: { key }, outcome }: Bet): void {
    this.#onOutcome(outcome);
    const scores = this.#scores.get(plan) ?? new Map<string, Score>();
    this.#scores.set(plan, scores);
    if (outcome === 'paid') {
      scores.delete(key);
      return;
    }
    const score = scores.get(key) ?? { missed: 0, slow: 0, unused: 0 };
    scores.set(key, score);
    score[outcome] += 1;
    if (score.leftOut !== undefined || score[outcome] < MOST[outcome]) return;
    score.leftOut = 0;
    this.#onOutcome('given_up');
  }
}
