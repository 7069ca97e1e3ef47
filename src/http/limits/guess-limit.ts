import { sha256 } from '../../base/digest.ts';
import { SECONDS_PER_MINUTE } from '../../base/units.ts';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { Store } from '../../store/store.ts';
import { addressKey } from './address-key.ts';
import { assertRoom } from './reject-limit.ts';

/**
 * Slows down whoever tries session ids, one after another. Only ids that were not seen before count, so a page that
 * goes on asking with an old cookie costs its studio nothing. While an address is refused, the sessions that were seen
 * at this server go on.
 */
export interface GuessLimit {
  /** Looks a session up by its token. Errors: `RATE_LIMITED` with `details.retryAfterSeconds`. */
  guard<T>(request: Request, token: string, find: () => Promise<T | undefined>): Promise<T | undefined>;
  /** A token of ours, which is no guess. */
  know(token: string): void;
}

const MAX_SEEN = 50_000;

export function createGuessLimit(guessesPerMinute: number, store: Pick<Store, 'limit'>): GuessLimit {
  const guesses = store.limit({ name: 'guesses', points: guessesPerMinute, seconds: SECONDS_PER_MINUTE });
  const seen = new LRUCache<string, true>({ max: MAX_SEEN });
  return {
    async guard(request, token, find) {
      const mark = sha256(token);
      if (seen.has(mark)) return find();
      const address = addressKey(request);
      assertRoom(await guesses.spent(address));
      const found = await find();
      seen.set(mark, true);
      if (found === undefined) await guesses.take(address);
      return found;
    },
    know: (token) => void seen.set(sha256(token), true),
  };
}
