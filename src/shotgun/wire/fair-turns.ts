import { toAbortError } from './connection-errors.ts';
import type { Share } from './http-call.ts';

/** A call began to wait, or ended its wait. */
export interface WaitChange {
  readonly calls: 1 | -1;
  /** Whether one more person has calls that wait, one fewer, or as many as before. */
  readonly people: 1 | 0 | -1;
  /** Of a wait that ended: its length, and whether it was for the person's own calls or for those of others. */
  readonly waited?: { readonly ms: number; readonly behind: 'own' | 'others' };
}

export type OnWaiting = (change: WaitChange) => void;

export interface FairTurnsOptions {
  /** The most calls at once. */
  readonly most: number;
  /** The most of one person. */
  readonly mostOfOne: number;
  readonly onWaiting: OnWaiting;
  readonly now?: () => number;
}

interface Waiting {
  readonly isBounded: boolean;
  readonly begin: () => void;
}

/** When a call began, and what it was taken for. */
interface Begun {
  readonly atMs: number;
  readonly chargedMs: number;
}

interface Person {
  /** The time that the person's calls have held connections, in milliseconds, from the common floor on. */
  spentMs: number;
  /** Calls under way, and those of them that are bounded. */
  running: number;
  bounded: number;
  readonly first: Waiting[];
  readonly calls: Waiting[];
}

/** What a call is taken for until it has ended, at the start. ShotGrid takes about so long (API 2.11). */
const USUAL_MS = 300;
/** How much of the usual time the newest call makes. */
const NEWEST = 0.1;
/** What somebody did a while ago must not keep them waiting: the head start of the others is no longer than this. */
const LONGEST_DEBT_MS = 5000;

/**
 * Gives calls their turns. Of all people whose calls wait, the one goes next whose calls have held connections for
 * the least time. So one person's wide page, or slow ones, delay that person's own next calls and nobody else's by
 * more than one call. Somebody who comes begins with the least of those who are there: pausing saves nothing up.
 */
export class FairTurns {
  readonly #options: FairTurnsOptions;
  readonly #now: () => number;
  readonly #people = new Map<string, Person>();
  #running = 0;
  #floorMs = 0;
  #usualMs = USUAL_MS;

  constructor(options: FairTurnsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Runs work at its turn. If the signal aborts before the turn, the call was not sent. So the error of a write does
   * not claim that a record may have changed.
   */
  async run<T>(share: Share, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw toAbortError(signal);
    const person = this.#personOf(share.of);
    const begun = this.#hasRoomFor(person, share)
      ? this.#begin(person, share)
      : await this.#wait(person, share, signal);
    try {
      return await work();
    } finally {
      this.#end(person, share, begun);
    }
  }

  #personOf(id: string): Person {
    const known = this.#people.get(id);
    if (known !== undefined) {
      known.spentMs = Math.max(known.spentMs, this.#floorMs);
      return known;
    }
    const person: Person = { spentMs: this.#floorMs, running: 0, bounded: 0, first: [], calls: [] };
    this.#people.set(id, person);
    return person;
  }

  /** Nobody overtakes: while calls wait for a connection, there is none. */
  #hasRoomFor(person: Person, { isBounded }: Share): boolean {
    return this.#running < this.#options.most && this.#isWithinShare(person, isBounded);
  }

  #isWithinShare({ bounded }: Person, isBounded: boolean): boolean {
    return !isBounded || bounded < this.#options.mostOfOne;
  }

  #wait(person: Person, { isBounded }: Share, signal: AbortSignal): Promise<Begun> {
    const { onWaiting } = this.#options;
    const since = this.#now();
    const behind = this.#isWithinShare(person, isBounded) ? 'others' : 'own';
    const queue = isBounded ? person.calls : person.first;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        signal.removeEventListener('abort', leave);
        const waited = { ms: this.#now() - since, behind } as const;
        onWaiting({ calls: -1, people: hasWaiting(person) ? 0 : -1, waited });
      };
      const leave = (): void => {
        end();
        this.#forgetIdle();
        reject(toAbortError(signal));
      };
      const begin = (): void => {
        end();
        resolve(this.#begin(person, { isBounded }));
      };
      const waiting: Waiting = { isBounded, begin };
      onWaiting({ calls: 1, people: hasWaiting(person) ? 0 : 1 });
      queue.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #begin(person: Person, { isBounded }: Pick<Share, 'isBounded'>): Begun {
    this.#running += 1;
    person.running += 1;
    if (isBounded) person.bounded += 1;
    const chargedMs = this.#usualMs;
    person.spentMs += chargedMs;
    return { atMs: this.#now(), chargedMs };
  }

  #end(person: Person, { isBounded }: Share, { atMs, chargedMs }: Begun): void {
    const tookMs = this.#now() - atMs;
    person.spentMs += tookMs - chargedMs;
    this.#usualMs += NEWEST * (tookMs - this.#usualMs);
    this.#running -= 1;
    person.running -= 1;
    if (isBounded) person.bounded -= 1;
    this.#raiseFloor();
    person.spentMs = Math.min(person.spentMs, this.#floorMs + LONGEST_DEBT_MS);
    while (this.#running < this.#options.most && this.#beginNext());
    this.#forgetIdle();
  }

  /** @returns false if nobody waits who may go */
  #beginNext(): boolean {
    let next: Waiting | undefined;
    let least = Infinity;
    for (const person of this.#people.values()) {
      const [call] = person.first.length > 0 ? person.first : person.calls;
      if (call === undefined || person.spentMs >= least) continue;
      if (!this.#isWithinShare(person, call.isBounded)) continue;
      [next, least] = [call, person.spentMs];
    }
    next?.begin();
    return next !== undefined;
  }

  /** The least of those who are there. It never falls. */
  #raiseFloor(): void {
    let least = Infinity;
    for (const person of this.#people.values()) if (isThere(person)) least = Math.min(least, person.spentMs);
    if (least !== Infinity) this.#floorMs = Math.max(this.#floorMs, least);
  }

  /** A person without calls who is not ahead of the floor would come back as somebody new. */
  #forgetIdle(): void {
    // Nobody waits while nothing runs: each limit lets one call run.
    if (this.#running === 0) {
      this.#people.clear();
      this.#floorMs = 0;
      return;
    }
    for (const [id, person] of this.#people)
      if (!isThere(person) && person.spentMs <= this.#floorMs) this.#people.delete(id);
  }
}

const hasWaiting = ({ first, calls }: Person): boolean => first.length + calls.length > 0;
const isThere = (person: Person): boolean => person.running > 0 || hasWaiting(person);
