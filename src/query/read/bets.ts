import type { BesideRead } from '../plan/beside-reads.ts';
import type { ReadPlan } from '../plan/planning.ts';

/** What came of a search in parallel with the parents' search, or that it is given up. */
export type BetOutcome = 'paid' | 'missed' | 'unused' | 'given_up';

/** A search that was begun before its rows were needed. */
export class Bet {
  readonly read: BesideRead;
  /** Once its rows are there, or have failed. */
  readonly ended: Promise<void>;
  #found: ReadonlySet<number> = new Set();
  #outcome: Exclude<BetOutcome, 'given_up'> = 'unused';

  constructor(read: BesideRead, found: Promise<readonly number[]>) {
    this.read = read;
    this.ended = this.#await(found);
  }

  async #await(found: Promise<readonly number[]>): Promise<void> {
    this.#found = new Set(await found);
  }

  get outcome(): Exclude<BetOutcome, 'given_up'> {
    return this.#outcome;
  }

  /** Notes a read of such rows, after the end. A bet saves a wave only if no row is left to read then. */
  note(wanted: ReadonlySet<number>, isAllKnown: boolean): void {
    if (this.#outcome === 'paid' || wanted.size === 0) return;
    if (!isAllKnown) this.#outcome = 'missed';
    else if (intersects(this.#found, wanted)) this.#outcome = 'paid';
  }
}

function intersects(found: ReadonlySet<number>, wanted: ReadonlySet<number>): boolean {
  for (const id of wanted) if (found.has(id)) return true;
  return false;
}

interface Score {
  missed: number;
  unused: number;
  /** Times that it was left out since it was given up; undefined while it is made. */
  leftOut?: number;
}

const MAX_MISSED = 4;
/** Many rows have an empty list. */
const MAX_UNUSED = 16;
/** What did not pay for some people and filters may pay for others. */
const TRIED_AGAIN_AFTER = 16;

/**
 * Which bets pay, by plan, for all requests of a process: one that does not is given up, for the pages that are read
 * with this plan. An answer never depends on it.
 */
export class BetBook {
  readonly #scores = new WeakMap<ReadPlan, Map<string, Score>>();
  readonly #onOutcome: (outcome: BetOutcome) => void;

  constructor(onOutcome: (outcome: BetOutcome) => void = () => undefined) {
    this.#onOutcome = onOutcome;
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
    const score = scores.get(key) ?? { missed: 0, unused: 0 };
    scores.set(key, score);
    score[outcome] += 1;
    if (score.leftOut !== undefined || (score.missed < MAX_MISSED && score.unused < MAX_UNUSED)) return;
    score.leftOut = 0;
    this.#onOutcome('given_up');
  }
}
