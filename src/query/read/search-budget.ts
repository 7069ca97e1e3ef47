import { AppError } from '../../base/errors.ts';
import { printPlan, type ReadPlan } from '../plan/planning.ts';

/** Fields that are resolved together: either all of them are read or none. */
interface Round {
  readonly keys: (ReadPlan | string)[];
  searches: number;
  largest: ReadPlan | null;
  /** Undefined until all have been counted. */
  verdict?: 'admitted' | 'refused';
}

/**
 * The searches that a request's fields need together, counted before any call: each list within lists, each type
 * of a link, each root field. A refused field is not counted, since it is never read.
 */
export class SearchBudget {
  readonly #limit: number;
  /** Counted plans and their printed form: equal reads of one type share their searches. */
  readonly #counted = new Set<ReadPlan | string>();
  #admitted = 0;
  /** Searches that were counted for rows and not begun, by the key that they were counted under. */
  readonly #reserved = new Map<string, number>();
  #round: Round | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * After a write everything is read again: later reads share nothing with earlier counts. What was counted for a
   * write that then failed was never searched, and counts no more.
   */
  beginPeriod(): void {
    for (const searches of this.#reserved.values()) this.#admitted -= searches;
    this.#reserved.clear();
    this.#counted.clear();
  }

  /** Counts a read of rows by their ids, which may never be begun. */
  reserveRows(plan: ReadPlan): void {
    if (!this.#note(plan)) return;
    const key = keyOf(plan);
    if (!this.#note(key)) return;
    this.#reserved.set(key, plan.searches);
    this.addPage(plan);
  }

  /** Counts a read of rows by their ids. */
  addRows(plan: ReadPlan): void {
    this.reserveRows(plan);
    if (this.#reserved.size > 0) this.#reserved.delete(keyOf(plan));
  }

  /** Counts a separate search and all searches below it. */
  addPage(plan: ReadPlan): void {
    const round = this.#current();
    round.searches += plan.searches;
    if (round.largest === null || plan.searches > round.largest.searches) round.largest = plan;
  }

  /**
   * Waits until all fields that are resolved together have been counted.
   *
   * @throws AppError PLAN_TOO_LARGE
   */
  async assertEnough(): Promise<void> {
    const round = this.#round;
    await everybodyCounted();
    if (round === null) return;
    const searches = this.#admitted + round.searches;
    round.verdict ??= this.#judge(round);
    if (round.verdict === 'refused') throw tooLarge(searches, this.#limit, round.largest);
  }

  /** False if it is already counted. */
  #note(key: ReadPlan | string): boolean {
    if (this.#counted.has(key)) return false;
    this.#counted.add(key);
    this.#current().keys.push(key);
    return true;
  }

  #current(): Round {
    this.#round ??= { keys: [], searches: 0, largest: null };
    return this.#round;
  }

  #judge(round: Round): 'admitted' | 'refused' {
    if (this.#round === round) this.#round = null;
    if (this.#admitted + round.searches <= this.#limit) {
      this.#admitted += round.searches;
      return 'admitted';
    }
    for (const key of round.keys) {
      this.#counted.delete(key);
      if (typeof key === 'string') this.#reserved.delete(key);
    }
    return 'refused';
  }
}

/** Equal reads of one type have one. */
const keyOf = (plan: ReadPlan): string => (plan.below.size === 0 ? plan.type.type : printPlan(plan));

/** Waits as DataLoader does for loads of the same tick: after the promise jobs. */
const everybodyCounted = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function tooLarge(searches: number, limit: number, plan: ReadPlan | null): AppError {
  const below = [...(plan?.below.values() ?? [])];
  const [widest] = below.sort((left, right) => right.plan.searches - left.plan.searches);
  const link = widest?.links[0]?.steps[0]?.field;
  const field =
    link === undefined
      ? undefined
      : (plan?.selection.askedAs?.get(link) ?? plan?.type.fields.get(link)?.graphqlName);
  const place = field === undefined ? '' : `, most of all below "${field}" of ${plan?.type.graphqlName}`;
  return new AppError('PLAN_TOO_LARGE', {
    message: `This needs ${searches} searches of ShotGrid, more than the ${limit} that one request may make. Ask for fewer lists of links within lists of links${place}, or in several requests.`,
    details: { searches, limit, ...(field !== undefined && { path: field }) },
  });
}
