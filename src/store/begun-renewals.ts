import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { randomToken } from '../base/ids.ts';
import { hashedKey, type Vault } from './vault.ts';

/**
 * Notes of refresh tokens that are sent, written before they are. A token is good for one use, and the process that sends it
 * may lose its lock while the store is away: if another one sent the token again, its issuer would take it for stolen. Each
 * note has the id of the session or account whose token it is.
 */
export interface BegunRenewals {
  /**
   * Notes that this process sends the token. False if another process may still send it, or hold an answer to it that is not
   * written yet. Read the tokens again after this: a process writes its answer first and then ends its note, so tokens that
   * are read later are the new ones, or nobody else sends them.
   * Errors: `UNAVAILABLE`. Then nothing may be sent.
   */
  begin(id: string, refreshToken: string, keptMs: number): Promise<boolean>;
  /** What became of it is known here or written: nothing is under way. Never rejects. */
  end(id: string): Promise<void>;
}

export interface BegunRenewalsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  /** Time that a process may need to send a token and to write the answer. After it the process counts as dead. */
  readonly answerMs: number;
  /** A store that is back is given this time in any case: who holds an answer tries to write it all the time. */
  readonly settleMs?: number;
}

const SETTLE_MS = 5000;
const MOST_SEEN = 10_000;
const NOTE = z.object({ token: z.string(), by: z.string(), name: z.string(), atMs: z.number() });

export function createBegunRenewals(deps: BegunRenewalsDeps): BegunRenewals {
  const { vault, clock, answerMs, settleMs = SETTLE_MS } = deps;
  const own = randomToken();
  const seen = new LRUCache<string, { readonly name: string; readonly sinceMs: number }>({
    max: MOST_SEEN,
  });
  const isElsewhere = (id: string, found: unknown, token: string): boolean => {
    const { success, data: note } = NOTE.safeParse(found);
    // What this process has sent is over: it renews one token once at a time.
    if (!success || note.token !== token || note.by === own) {
      seen.delete(id);
      return false;
    }
    const known = seen.get(id);
    const sinceMs = known?.name === note.name ? known.sinceMs : clock.now();
    seen.set(id, { name: note.name, sinceMs });
    return clock.now() - note.atMs < answerMs || clock.now() - sinceMs < settleMs;
  };
  return {
    async begin(id, refreshToken, keptMs) {
      const token = hashOf(refreshToken);
      const note = { token, by: own, name: randomToken(), atMs: clock.now() };
      if (await vault.add(keyOf(id), note, keptMs)) return true;
      return vault.update(keyOf(id), (found) => (isElsewhere(id, found, token) ? undefined : note), keptMs);
    },
    async end(id) {
      // Left there, it makes others wait and no more.
      await vault.delete(keyOf(id)).catch(() => undefined);
    },
  };
}

const keyOf = (id: string): string => hashedKey('renewal-begun', id);
const hashOf = (refreshToken: string): string => hashedKey('refresh-token', refreshToken);
