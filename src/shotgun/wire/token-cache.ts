import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { toAbortError } from '../wire/connection-errors.ts';
import type { Minted, AnyToken } from './tokens.ts';

interface Entry<T extends AnyToken> {
  readonly minting: Promise<T>;
  /** Null while the token is on its way. */
  minted: Minted<T> | null;
}

/**
 * Tokens by key. Callers of one key share one request; keys never share anything. A refusal is not kept:
 * the next call asks again. The least recently used go first when it is full.
 */
export class TokenCache<T extends AnyToken> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #clock: Clock;

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#entries = new LRUCache({ max: maxEntries });
  }

  /** The key's token; `mint` makes one where there is none. The signal ends the waiting, not the minting. */
  get(key: string, mint: () => Promise<Minted<T>>, signal: AbortSignal): Promise<T> {
    let entry = this.#entries.get(key);
    if (entry === undefined || this.#isOld(entry)) {
      entry = this.#begin(key, mint);
      this.#entries.set(key, entry);
    }
    return unlessAborted(entry.minting, signal);
  }

  /** Keeps a token that was made without having been asked for by its key. */
  put(key: string, minted: Minted<T>): void {
    this.#entries.set(key, { minted, minting: Promise.resolve(minted.token) });
  }

  /** Drops a token that the site refused; one that has taken its place stays. */
  forget(key: string, token: T): void {
    if (this.#entries.peek(key)?.minted?.token === token) this.#entries.delete(key);
  }

  /** Drops what was kept by such keys. */
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
