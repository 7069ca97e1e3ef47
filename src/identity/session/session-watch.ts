import type { Clock } from '../../base/clock.ts';
import type { SessionId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Store } from '../../store/store.ts';
import type { Session } from '../person/principal.ts';
import { OLD_ID_MS } from './replaced-sessions.ts';
import type { Sessions } from './sessions-port.ts';

/**
 * Called repeatedly with the session, then once with `undefined` when it is over, or with `ask again` when the page
 * must ask with the cookie that its browser has now, then never again.
 */
export type SessionListener = (news: Session | undefined | 'ask again') => void;

/** Reports changes of a session to open pages. Following a session does not keep it alive (D6). */
export interface SessionWatch {
  /**
   * Calls the listener at once, at intervals, and within a moment of the session's end in any process. While the
   * store is unavailable it is not called.
   *
   * A session that was replaced is followed as the one that goes on for it. That one, and any session that is new, is
   * followed for a minute, and then the page must ask again: of two sign-ins at the same moment only one cookie stays in
   * the browser, and an old id may be in other hands.
   *
   * @returns stops it
   */
  follow(id: SessionId, listener: SessionListener): () => void;
}

export interface SessionWatchDeps {
  readonly store: Pick<Store, 'subscribe'>;
  readonly sessions: Pick<Sessions, 'peek'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The session is looked up after this time, in case a message was lost. */
  readonly lookEveryMs?: number;
}

const DEFAULT_LOOK_EVERY_MS = 15_000;

export function createSessionWatch(deps: SessionWatchDeps): SessionWatch {
  return {
    follow(id, listener) {
      const stopping = new AbortController();
      void followUntil(stopping.signal, deps, id, listener);
      return () => stopping.abort();
    },
  };
}

/**
 * Makes all followers of the session look it up again. Never rejects: without the message they look a little
 * later.
 */
export async function announceEnd(
  { store, logger }: { readonly store: Pick<Store, 'publish'>; readonly logger: Logger },
  id: SessionId,
): Promise<void> {
  // The message has no content; a forged one only triggers a look-up.
  await store.publish(channelOf(id), '').catch((error: unknown) => {
    logger.warn('session.end_not_announced', { error });
  });
}

async function followUntil(
  stopping: AbortSignal,
  deps: SessionWatchDeps,
  id: SessionId,
  listener: SessionListener,
): Promise<void> {
  const { store, clock, logger, lookEveryMs = DEFAULT_LOOK_EVERY_MS } = deps;
  let wake = (): void => undefined;
  let [followed, untilMs] = [id, Number.POSITIVE_INFINITY];
  let unsubscribe: (() => Promise<void>) | undefined;
  const leave = async (): Promise<void> => {
    await unsubscribe?.().catch((error: unknown) => logger.warn('session.still_subscribed', { error }));
    unsubscribe = undefined;
  };
  stopping.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!stopping.aborted) {
      // Created before the look-up, so that an announcement during it is not missed.
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      unsubscribe ??= await store.subscribe(channelOf(followed), () => wake()).catch(() => undefined);
      const session = await look(deps, followed);
      if (stopping.aborted) return;
      let leftMs = lookEveryMs;
      if (session === undefined) {
        listener(undefined);
        return;
      }
      if (session !== 'unknown') {
        if (session.id !== followed) {
          // Now: by the next look the new session may be older, such as after an outage.
          [followed, untilMs] = [session.id, session.createdAtMs + OLD_ID_MS];
          await leave();
          continue;
        }
        if (isYoung(session, clock)) untilMs = session.createdAtMs + OLD_ID_MS;
        const isLate = clock.now() >= untilMs;
        listener(isLate ? 'ask again' : session);
        if (isLate) return;
        leftMs = Math.min(untilMs, session.expiresAtMs) - clock.now();
      }
      const timer = setTimeout(() => wake(), Math.max(0, Math.min(lookEveryMs, leftMs)));
      await news;
      clearTimeout(timer);
    }
  } finally {
    await leave();
  }
}

/** `unknown` while the store is unavailable: that ends no session (D25). */
async function look(
  { sessions, logger }: SessionWatchDeps,
  id: SessionId,
): Promise<Session | undefined | 'unknown'> {
  try {
    return await sessions.peek(id);
  } catch (error) {
    logger.warn('session.not_looked_at', { error });
    return 'unknown';
  }
}

const isYoung = ({ createdAtMs }: Session, clock: Clock): boolean => clock.now() < createdAtMs + OLD_ID_MS;

const channelOf = (id: SessionId): string => `end-of-${id}`;
