import { AppError } from '../base/errors.ts';
import { printPlan, type ReadPlan, searchesOf } from './planning.ts';

/**
 * The searches that the fields of one request need together, counted before any is made: each list within lists, each
 * type that a link may hold, each root field.
 */
export class SearchBudget {
  readonly #limit: number;
  /** Plans that are counted, and what they print: fields that ask the same of the same type share their searches. */
  readonly #counted = new Set<ReadPlan | string>();
  #searches = 0;
  #largest: ReadPlan | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a read of rows by their ids. */
  addRows(plan: ReadPlan): void {
    if (this.#counted.has(plan)) return;
    this.#counted.add(plan);
    const key = plan.later.length === 0 ? plan.type.type : printPlan(plan);
    if (this.#counted.has(key)) return;
    this.#counted.add(key);
    this.addPage(plan);
  }

  /** Counts a search of its own and all that follow it. */
  addPage(plan: ReadPlan): void {
    this.#searches += searchesOf(plan);
    if (this.#largest === null || searchesOf(plan) > searchesOf(this.#largest)) this.#largest = plan;
  }

  /**
   * Waits until all fields that are resolved together have been counted, so that either all of them are read or none.
   *
   * @throws AppError PLAN_TOO_LARGE
   */
  async assertEnough(): Promise<void> {
    await everybodyCounted();
    if (this.#searches > this.#limit) throw tooLarge(this.#searches, this.#limit, this.#largest);
  }
}

/** As DataLoader waits for those who load in the same tick: after the promise jobs. */
const everybodyCounted = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function tooLarge(searches: number, limit: number, plan: ReadPlan | null): AppError {
  const [widest] = [...(plan?.later ?? [])].sort(
    (left, right) => searchesOf(right.plan) - searchesOf(left.plan),
  );
  const field = widest === undefined ? undefined : plan?.type.fields.get(widest.field)?.graphqlName;
  const place = field === undefined ? '' : `, most of all below "${field}" of ${plan?.type.graphqlName}`;
  return new AppError('PLAN_TOO_LARGE', {
    message: `This needs ${searches} searches of ShotGrid, more than the ${limit} that one request may make. Ask for fewer lists of links within lists of links${place}, or in several requests.`,
    details: { searches, limit, ...(field !== undefined && { path: field }) },
  });
}
