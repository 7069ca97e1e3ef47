import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { untilAborted } from '../../base/deadline.ts';
import { isDecision } from '../../base/error-kinds.ts';
import { toAppError } from '../../base/errors.ts';
import { toAbortError } from '../wire/connection-errors.ts';
import type { AnyToken, Minted, RenewalTimes } from './tokens.ts';

interface Entry<T extends AnyToken> {
  readonly minting: Promise<T>;
  /** Null while the token is being minted. */
  minted: Minted<T> | null;
  /** The renewal under way that was begun beside a call. */
  next: Entry<T> | null;
  /** One renewal is tried beside the calls. If it fails, the call that needs another token tries again. */
  isTried: boolean;
}

/**
 * Requests a token.
 *
 * @param known the one that is used until then, for a renewal before its time
 */
type Mint<T extends AnyToken> = (known: Minted<T> | null) => Promise<Minted<T>>;

/**
 * Tokens by key. Callers with the same key share one request; different keys share nothing. A refusal is not kept:
 * the next call requests again. When full, it evicts the least recently used.
 *
 * A token is renewed beside a call that uses it, so that nobody waits. From its `renewAtMs` on no call uses it, also
 * where the renewal is still under way or has failed.
 */
export class TokenCache<T extends AnyToken> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #clock: Clock;

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#entries = new LRUCache({ max: maxEntries });
  }

  /** The key's token; `mint` creates one if it is missing or old. The signal ends the wait, not the minting. */
  get(key: string, mint: Mint<T>, signal: AbortSignal): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && !this.#isPast(known, 'renewAtMs')) {
      if (!known.isTried && this.#isPast(known, 'renewFromMs')) this.#renewBeside(key, known, mint);
      return untilAborted(signal, known.minting, () => toAbortError(signal));
    }
    const entry = known?.next ?? this.#begin(key, mint(null));
    this.#entries.set(key, entry);
    return untilAborted(signal, entry.minting, () => toAbortError(signal));
  }

  /** Stores a token that was minted outside of `get`. */
  put(key: string, minted: Minted<T>): void {
    this.#entries.set(key, { minted, minting: Promise.resolve(minted.token), next: null, isTried: false });
  }

  /** Drops a token that the site refused. A newer token under the same key stays. */
  forget(key: string, token: T): void {
    if (this.#entries.peek(key)?.minted?.token === token) this.#entries.delete(key);
  }

  /** Drops every entry whose key matches. */
  forgetWhere(isMeant: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (isMeant(key)) this.#entries.delete(key);
  }

  #isPast({ minted }: Entry<T>, time: keyof RenewalTimes): boolean {
    return minted !== null && this.#clock.now() >= minted[time];
  }

  #begin(key: string, mint: Promise<Minted<T>>): Entry<T> {
    const entry: Entry<T> = {
      minted: null,
      next: null,
      isTried: false,
      minting: mint.then(
        (minted) => {
          entry.minted = minted;
          return minted.token;
        },
        (error: unknown) => {
          if (this.#entries.peek(key) === entry) this.#entries.delete(key);
          throw error;
        },
      ),
    };
    return entry;
  }

  #renewBeside(key: string, known: Entry<T>, mint: Mint<T>): void {
    const isCurrent = (): boolean => this.#entries.peek(key) === known;
    const next = this.#begin(key, mint(known.minted));
    known.isTried = true;
    known.next = next;
    const settle = async (): Promise<void> => {
      try {
        await next.minting;
      } catch (error) {
        known.next = null;
        // A person who may no longer be acted for does not go on with a token from before: the next call asks, and tells why.
        if (isCurrent() && isDecision(toAppError(error))) this.#entries.delete(key);
        return;
      }
      // Another process may renew it just now, and the answer is the same token again.
      next.isTried = !isLater(next, known);
      // A token that was dropped meanwhile is not replaced: its successor may be meant as well.
      if (isCurrent()) this.#entries.set(key, next);
    };
    void settle();
  }
}

const isLater = <T extends AnyToken>(one: Entry<T>, other: Entry<T>): boolean =>
  (one.minted?.renewAtMs ?? 0) > (other.minted?.renewAtMs ?? 0);
