import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { hashedKey } from './vault.ts';
import type { Store } from './store.ts';

/** Named locks across all processes. */
export interface Locks {
  /**
   * Runs the work while holding the lock, however long it takes. The lock has an owner, is renewed during the
   * work, and only its owner releases it. The lock of a crashed process expires.
   *
   * @returns undefined where another caller holds the lock: the work did not run
   */
  hold<T>(name: string, work: () => Promise<T>): Promise<{ readonly result: T } | undefined>;
}

export interface LocksDeps {
  readonly store: Pick<Store, 'add' | 'replace' | 'remove'>;
  readonly logger: Logger;
  /** After this time another process takes over the lock of a crashed one (D10). */
  readonly lockMs?: number;
}

const LOCK_MS = 10_000;
const RENEWALS_PER_LOCK = 3;

/** Locks as records of the store, each with a random owner. */
export function createLocks({ store, logger, lockMs = LOCK_MS }: LocksDeps): Locks {
  /** A lock that cannot be released expires by itself: the failure must not spoil the result of the work. */
  const giveBack = (key: string, owner: string): Promise<unknown> =>
    store.remove(key, owner).catch((error: unknown) => logger.warn('lock.not_given_back', { error }));

  const take = async (key: string, owner: string): Promise<boolean> => {
    try {
      return await store.add(key, owner, lockMs);
    } catch (error) {
      // The write may have succeeded although the answer was lost.
      void giveBack(key, owner);
      throw error;
    }
  };

  return {
    async hold(name, work) {
      const [key, owner] = [hashedKey('lock', name), randomToken()];
      if (!(await take(key, owner))) return undefined;
      const renewal = setInterval(() => {
        store.replace(key, owner, owner, lockMs).then(
          (isOwn) => isOwn || logger.warn('lock.lost', { code: 'UNAVAILABLE' }),
          (error: unknown) => logger.warn('lock.not_renewed', { error }),
        );
      }, lockMs / RENEWALS_PER_LOCK);
      renewal.unref();
      try {
        return { result: await work() };
      } finally {
        clearInterval(renewal);
        await giveBack(key, owner);
      }
    },
  };
}
