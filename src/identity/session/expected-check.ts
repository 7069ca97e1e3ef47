import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { isPersonRefusal } from '../../base/error-kinds.ts';
import { toAppError } from '../../base/errors.ts';
import type { SessionId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Session } from '../person/principal.ts';
import type { Recheck } from './recheck.ts';

/**
 * Begins the check of a session's person beside a request that asks nothing of the site, so that the next one need not wait
 * for it. Nobody waits for this one, and it ends no session.
 */
export type ExpectCheck = (session: Session) => void;

interface ExpectCheckDeps {
  readonly recheck: Recheck;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After a refusal no further check is begun for this long: the answer would be the same. */
  readonly recheckMs: number;
}

/** The people who work at one process within `recheckMs`. */
const MAX_SESSIONS = 5000;

/**
 * One check of a session at a time. The check keeps a person who passes, but not a refusal, and a page may ask every moment
 * who is signed in: each time the site would be asked.
 */
export function createExpectCheck({ recheck, clock, logger, recheckMs }: ExpectCheckDeps): ExpectCheck {
  const begun = new LRUCache<SessionId, 'under way' | 'refused'>({
    max: MAX_SESSIONS,
    ttlResolution: 0,
    perf: clock,
  });
  const check = async (session: Session): Promise<void> => {
    const { id } = session;
    try {
      await recheck(session);
      begun.delete(id);
    } catch (error) {
      if (isPersonRefusal(toAppError(error).code)) begun.set(id, 'refused', { ttl: recheckMs });
      else begun.delete(id);
      logger.debug('session.not_expected', { error });
    }
  };
  return (session) => {
    if (begun.has(session.id)) return;
    begun.set(session.id, 'under way');
    void check(session);
  };
}
