import { isSameSecret, sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import type { SessionId } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { ATTEMPT_COOKIE_PREFIX, type AttemptCookies } from './attempts.ts';

/**
 * How long the id of a session is good for after the same person has signed in again in the same browser: the
 * answer with the new cookie may be lost, and other tabs send requests until it arrives.
 */
export const OLD_ID_MS = 60_000;

/** The session that a replaced one stands for, and until when. */
export interface Successor {
  readonly id: SessionId;
  readonly untilMs: number;
}

/**
 * Old ids of sessions that the same person has replaced. An old id is nothing by itself: it leads to the new
 * session, and is worth nothing once that is over, however it ended. Its time is fixed when the session is
 * replaced.
 */
export interface ReplacedSessions {
  /**
   * @param signInId the sign-in that made the new session, whose cookie proves the browser; without it the old id
   *   opens nothing, and only open pages follow
   */
  keep(old: SessionId, by: SessionId, proof: Proof | undefined): Promise<void>;
  forget(old: SessionId): Promise<void>;
  /** For a page that was admitted while the old session was alive. */
  successorOf(old: SessionId): Promise<Successor | undefined>;
  /**
   * For a browser that still sends the old id. Only the browser that signed in again has the cookie of that sign-in
   * as well: it was made minutes ago, and the answer with the new session takes it away.
   */
  provenSuccessorOf(old: SessionId, cookies: AttemptCookies): Promise<SessionId | undefined>;
}

/** The cookie of the sign-in that replaced the session. */
export interface Proof {
  readonly signInId: string;
  readonly cookie: string;
}

interface ReplacedRecord extends Successor {
  readonly cookieName: string;
  readonly cookieHash: string | null;
}

export function createReplacedSessions(vault: Vault, clock: Clock): ReplacedSessions {
  // The vault authenticates its records, so the value is one that this module wrote.
  const read = async (old: SessionId): Promise<ReplacedRecord | undefined> => {
    const record = (await vault.get(keyOf(old))) as ReplacedRecord | undefined;
    return record === undefined || clock.now() >= record.untilMs ? undefined : record;
  };
  return {
    async keep(old, by, proof) {
      const record: ReplacedRecord = {
        id: by,
        untilMs: clock.now() + OLD_ID_MS,
        cookieName: `${ATTEMPT_COOKIE_PREFIX}${proof?.signInId ?? ''}`,
        cookieHash: proof === undefined ? null : sha256(proof.cookie),
      };
      await vault.set(keyOf(old), record, OLD_ID_MS);
    },
    forget: (old) => vault.delete(keyOf(old)),
    successorOf: read,
    async provenSuccessorOf(old, cookies) {
      // Every unknown id would cost another look-up.
      if (cookies.size === 0) return undefined;
      const record = await read(old);
      const cookie = record && cookies.get(record.cookieName);
      if (record === undefined || record.cookieHash === null || cookie === undefined) return undefined;
      return isSameSecret(record.cookieHash, sha256(cookie)) ? record.id : undefined;
    },
  };
}

const keyOf = (old: SessionId): string => hashedKey('replaced-by', old);
