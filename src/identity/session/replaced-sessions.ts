import { isSameSecret, sha256 } from '../../base/digest.ts';
import type { Clock } from '../../base/clock.ts';
import type { SessionId } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import type { Session } from '../person/principal.ts';
import { ATTEMPT_COOKIE_PREFIX, type AttemptCookies } from './attempts.ts';
import type { Replacement } from './session-life.ts';
import type { SessionRecords } from './session-records.ts';

/**
 * How long the id of a session is good for after the same account has signed in again in the same browser: the
 * answer with the new cookie may be lost, and other tabs send requests until it arrives.
 */
export const OLD_ID_MS = 60_000;

/** So many sign-ins may follow one another while their answers are lost. */
const MAX_STEPS = 8;

/**
 * Old ids of sessions that the same account has replaced. An old id is nothing by itself: it leads to the session that
 * goes on, and is worth nothing once that is over, however it ended. Its time is fixed when the session is replaced.
 */
export interface ReplacedSessions {
  /**
   * @param cookies with that of the sign-in that made the new session, which proves the browser; without it the old
   *   id opens nothing, and only open pages follow
   */
  replacement(by: Session, cookies: AttemptCookies): Replacement;
  /** Keeps it beyond the record of the old session. */
  keep(old: SessionId, replacement: Replacement): Promise<void>;
  /** For a page or a request that was admitted while the old session was alive. */
  successorOf(old: SessionId): Promise<Session | undefined>;
  /**
   * For a browser that still sends the old id. Only the browser that signed in again has the cookie of that sign-in
   * as well: it was made minutes ago, and the answer with the new session takes it away.
   */
  provenSuccessorOf(old: SessionId, cookies: AttemptCookies): Promise<Session | undefined>;
  /** The same, with those that are over. */
  provenSuccessorsOf(old: SessionId, cookies: AttemptCookies): AsyncIterable<SessionId>;
}

interface ReplacedSessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly records: Pick<SessionRecords, 'kept' | 'look'>;
}

export function createReplacedSessions({ vault, clock, records }: ReplacedSessionsDeps): ReplacedSessions {
  // First the record: what is read there is kept here before the record is deleted.
  const read = async (old: SessionId): Promise<Replacement | undefined> => {
    const replacement =
      (await records.kept(old))?.replacedBy ?? ((await vault.get(keyOf(old))) as Replacement | undefined);
    return replacement === undefined || clock.now() >= replacement.untilMs ? undefined : replacement;
  };
  async function* stepsFrom(
    old: SessionId,
    isMeant: (replacement: Replacement) => boolean,
    maxSteps = MAX_STEPS,
  ): AsyncGenerator<SessionId> {
    let id = old;
    for (let steps = 0; steps < maxSteps; steps += 1) {
      const replacement = await read(id);
      if (replacement === undefined || !isMeant(replacement)) return;
      ({ id } = replacement);
      yield id;
    }
  }
  const firstAlive = async (ids: AsyncIterable<SessionId>): Promise<Session | undefined> => {
    for await (const id of ids) {
      const session = await records.look(id);
      if (session !== undefined) return session;
    }
    return undefined;
  };
  const provenSuccessorsOf: ReplacedSessions['provenSuccessorsOf'] = (old, cookies) => {
    const isProven = ({ cookieName, cookieHash }: Replacement): boolean => {
      const cookie = cookies.get(cookieName);
      return cookieHash !== null && cookie !== undefined && isSameSecret(cookieHash, sha256(cookie));
    };
    // Each step needs a cookie of its own, and without any cookie an unknown id costs no look-up.
    return stepsFrom(old, isProven, Math.min(MAX_STEPS, cookies.size));
  };
  return {
    replacement({ id, signInId }, cookies) {
      const cookieName = `${ATTEMPT_COOKIE_PREFIX}${signInId ?? ''}`;
      const cookie = signInId === undefined ? undefined : cookies.get(cookieName);
      const cookieHash = cookie === undefined ? null : sha256(cookie);
      return { id, untilMs: clock.now() + OLD_ID_MS, cookieName, cookieHash };
    },
    async keep(old, replacement) {
      const leftMs = replacement.untilMs - clock.now();
      if (leftMs > 0) await vault.set(keyOf(old), replacement, leftMs);
    },
    successorOf: (old) => firstAlive(stepsFrom(old, () => true)),
    provenSuccessorOf: (old, cookies) => firstAlive(provenSuccessorsOf(old, cookies)),
    provenSuccessorsOf,
  };
}

const keyOf = (old: SessionId): string => hashedKey('replaced-by', old);
