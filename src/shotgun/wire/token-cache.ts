import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { toAbortError } from '../wire/connection-errors.ts';
import type { Minted, AnyToken } from './tokens.ts';

interface Entry<T extends AnyToken> {
  readonly minting: Promise<T>;
  /** Null while the token is being minted. */
  minted: Minted<T> | null;
}

/**
 * Tokens by key. Callers with the same key share one request; different keys share nothing. A refusal is not kept:
 * the next call requests again. When full, it evicts the least recently used.
 */
export class TokenCache<T extends AnyToken> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #clock: Clock;

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#entries = new LRUCache({ max: maxEntries });
  }

  /** The key's token; `mint` creates one if it is missing or old. The signal ends the wait, not the minting. */
  get(key: string, mint: () => Promise<Minted<T>>, signal: AbortSignal): Promise<T> {
    let entry = this.#entries.get(key);
    if (entry === undefined || this.#isOld(entry)) {
      entry = this.#begin(key, mint);
      this.#entries.set(key, entry);
    }
    return unlessAborted(entry.minting, signal);
  }

  /** Stores a token that was minted outside of `get`. */
  put(key: string, minted: Minted<T>): void {
    this.#entries.set(key, { minted, minting: Promise.resolve(minted.token) });
  }

  /** Drops a token that the site refused. A newer token under the same key stays. */
  forget(key: string, token: T): void {
    if (this.#entries.peek(key)?.minted?.token === token) this.#entries.delete(key);
  }

  /** Drops every entry whose key matches. */
  forgetWhere(isMeant: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (isMeant(key)) this.#entries.delete(key);
  }

  #isOld(entry: Entry<T>): boolean {
    return entry.minted !== null && this.#clock.now() >= entry.minted.renewAtMs;
  }

  #begin(key: string, mint: () => Promise<Minted<T>>): Entry<T> {
    const entry: Entry<T> = {
      minted: null,
      minting: mint().then(
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
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(toAbortError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
