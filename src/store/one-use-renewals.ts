import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { settledWithin } from '../base/loop/settled-within.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { BegunRenewals } from './begun-renewals.ts';
import type { Locks } from './locks.ts';
import { untilWritten } from './until-written.ts';

/** What the store has now: tokens that have to be renewed, or the result where they need not be. */
export type Found<Old, Result> = Due<Old, Result> | { readonly result: Result };

interface Due<Old, Result> {
  readonly old: Old;
  /** Nothing is kept or written after this time. */
  readonly endsAtMs: number;
  /** The result for a caller that need not wait for another process. */
  readonly meanwhile?: Result;
}

/** How the tokens of one session or account are read, sent and written. */
export interface Renewal<Old extends Renewable, Answer, Result> {
  /** The session or account. */
  readonly id: string;
  read(): Promise<Found<Old, Result>>;
  /** Runs one attempt of the process that holds the lock. May refuse to. Only a result shows that the issuer answers. */
  readonly attempt?: (run: () => Promise<Outcome<Result>>) => Promise<Outcome<Result>>;
  /** Sends the refresh token; nobody else does meanwhile. An answer is kept until it is written. */
  send(old: Old): Promise<{ readonly answer: Answer } | { readonly refused: () => Promise<Result> }>;
  /** Safe to repeat. False if the tokens have been replaced or have ended meanwhile: nothing was written. */
  write(old: Old, answer: Answer): Promise<boolean>;
  /** The result, once the answer is written. */
  resultOf(answer: Answer, isWritten: boolean): Promise<Result>;
}

/** `elsewhere` if another process has sent the refresh token and may still write the answer. */
export type Outcome<Result> = { readonly result: Result } | 'elsewhere';

interface Renewable {
  readonly refreshToken: string | null;
}

/** The answer to a refresh token that is spent. */
interface Spent<Old, Answer> {
  readonly old: Old;
  readonly answer: Answer;
  readonly endsAtMs: number;
}

export interface OneUseRenewalsDeps {
  readonly begun: BegunRenewals;
  readonly clock: Clock;
  /** One process renews. Another takes over from one that crashed meanwhile (D10). */
  readonly locks: Locks;
  /** Name of the kind of tokens, for their locks. */
  readonly kind: string;
  readonly maxWaitMs: number;
  /** The error of a caller that waited that long for other processes. */
  readonly lateCode: ErrorCode;
  /** Waits between the attempts to write an answer. */
  readonly writeWaitsMs?: readonly number[] | undefined;
}

const POLL_MS = 50;
/** The same for a token that another process has sent: its answer may take long. */
const ELSEWHERE_POLL_MS = 500;
const WRITE_ON_MS = 1000;
/** The stop of a server waits this long for the answers to tokens that are spent. */
const SETTLE_MS = 5000;

/**
 * Renews refresh tokens that can each be used once. Callers of this process share one renewal, a lock lets one process renew
 * at a time, and a note in the store says that a token is sent, since the lock may be lost while the store is unavailable. If
 * a token were sent twice, its issuer would treat it as stolen.
 */
export class OneUseRenewals<Old extends Renewable, Answer, Result> {
  readonly #deps: OneUseRenewalsDeps;
  /** Answers that are not in the store yet. */
  readonly #unwritten = new Map<string, Spent<Old, Answer>>();
  readonly #flights = new Map<string, Promise<Result>>();
  #isClosed = false;

  constructor(deps: OneUseRenewalsDeps) {
    this.#deps = deps;
  }

  isUnderWay(id: string): boolean {
    return this.#flights.has(id);
  }

  /** Joins the renewal that is under way, if any. */
  renew(renewal: Renewal<Old, Answer, Result>): Promise<Result> {
    const { id } = renewal;
    return this.#flights.get(id) ?? this.#fly(id, this.#untilRenewed(renewal));
  }

  /**
   * Sends no token any more, and waits for the answers to those that are sent: a renewal may belong to no request, and with
   * its answer the session or account would be lost.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await settledWithin(SETTLE_MS, this.#flights.values());
  }

  /** Writes no answer any more. */
  forget(id: string): void {
    this.#unwritten.delete(id);
  }

  /** One at a time for each id: nothing reads the tokens while an answer to them is being written. */
  #fly(id: string, work: Promise<Result>): Promise<Result> {
    const flight = work.finally(() => this.#flights.delete(id));
    this.#flights.set(id, flight);
    return flight;
  }

  async #untilRenewed(renewal: Renewal<Old, Answer, Result>): Promise<Result> {
    const { kind, lateCode, locks, maxWaitMs } = this.#deps;
    for (let waitedMs = 0; waitedMs < maxWaitMs;) {
      const found = await renewal.read();
      if ('result' in found) return found.result;
      const held = await locks.hold(`${kind} ${renewal.id}`, () => this.#asHolder(renewal));
      if (held !== undefined && held.result !== 'elsewhere') return held.result.result;
      if (found.meanwhile !== undefined) return found.meanwhile;
      const pollMs = held === undefined ? POLL_MS : ELSEWHERE_POLL_MS;
      await delay(pollMs);
      this.#assertOpen();
      waitedMs += pollMs;
    }
    throw new AppError(lateCode);
  }

  async #asHolder(renewal: Renewal<Old, Answer, Result>): Promise<Outcome<Result>> {
    // Read again: another process may have renewed the tokens between our read and our lock.
    const found = await renewal.read();
    if ('result' in found) return found;
    const { id, attempt = (run) => run() } = renewal;
    const known = this.#unwritten.get(id);
    const isKnown = known !== undefined && known.old.refreshToken === found.old.refreshToken;
    return attempt(() => (isKnown ? this.#keep(renewal, known) : this.#send(renewal, found)));
  }

  async #send(
    renewal: Renewal<Old, Answer, Result>,
    { old, endsAtMs }: Due<Old, Result>,
  ): Promise<Outcome<Result>> {
    const { begun, clock } = this.#deps;
    const { id } = renewal;
    const { refreshToken } = old;
    const isOurs = refreshToken === null || (await begun.begin(id, refreshToken, endsAtMs - clock.now()));
    if (!isOurs) return 'elsewhere';
    let sent: Awaited<ReturnType<typeof renewal.send>>;
    try {
      // The lock may be lost: another process may have written its answer before we noted ours.
      const current = await renewal.read();
      if ('result' in current || current.old.refreshToken !== refreshToken) {
        await begun.end(id);
        return 'result' in current ? current : 'elsewhere';
      }
      this.#assertOpen();
      sent = await renewal.send(old);
    } catch (error) {
      await begun.end(id);
      throw error;
    }
    if ('answer' in sent) return this.#keep(renewal, { old, answer: sent.answer, endsAtMs });
    await begun.end(id);
    return { result: await sent.refused() };
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new AppError('UNAVAILABLE');
  }

  /** Writes the answer. Where the store is unavailable, this process goes on to try. */
  async #keep(
    renewal: Renewal<Old, Answer, Result>,
    { old, answer, endsAtMs }: Spent<Old, Answer>,
  ): Promise<Outcome<Result>> {
    const { id } = renewal;
    const spent: Spent<Old, Answer> = { old, answer, endsAtMs };
    this.#unwritten.set(id, spent);
    let isWritten: boolean;
    try {
      isWritten = await untilWritten(() => this.#write(renewal, spent), this.#deps.writeWaitsMs);
    } catch (error) {
      void this.#writeOn(renewal, spent);
      throw error;
    }
    await this.#deps.begun.end(id);
    return { result: await renewal.resultOf(answer, isWritten) };
  }

  async #write(renewal: Renewal<Old, Answer, Result>, spent: Spent<Old, Answer>): Promise<boolean> {
    const isWritten = await renewal.write(spent.old, spent.answer);
    if (this.#unwritten.get(renewal.id) === spent) this.#unwritten.delete(renewal.id);
    return isWritten;
  }

  /** Once the store is back, other processes wait only a few seconds: the answer must be stored by then. */
  async #writeOn(renewal: Renewal<Old, Answer, Result>, spent: Spent<Old, Answer>): Promise<void> {
    const { begun, clock } = this.#deps;
    const { id } = renewal;
    const isOpen = (): boolean => this.#unwritten.get(id) === spent;
    while (isOpen() && clock.now() < spent.endsAtMs) {
      await delay(WRITE_ON_MS, undefined, { ref: false });
      if (!isOpen() || this.#flights.has(id)) continue;
      const late = this.#write(renewal, spent).then(async (isWritten) => {
        await begun.end(id);
        return renewal.resultOf(spent.answer, isWritten);
      });
      await this.#fly(id, late).catch(() => undefined);
    }
  }
}
