import { randomToken } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { hashedKey } from './vault.ts';
import type { Store } from './store.ts';

/** What only one may do at a time, in whichever process. */
export interface Locks {
  /**
   * Does the work while nobody else holds the name, however long it takes. The lock has an owner, is renewed while the work
   * is under way, and is given back by its owner alone; that of a process that died is over after a while.
   *
   * @returns undefined where somebody else holds it: nothing was done
   */
  hold<T>(name: string, work: () => Promise<T>): Promise<{ readonly result: T } | undefined>;
}

export interface LocksDeps {
  readonly store: Pick<Store, 'add' | 'replace' | 'remove'>;
  readonly logger: Logger;
  /** After this time others take over from a process that died while it worked (D10). */
  readonly lockMs?: number;
}

const LOCK_MS = 10_000;
const RENEWALS_PER_LOCK = 3;

export function createLocks({ store, logger, lockMs = LOCK_MS }: LocksDeps): Locks {
  /** A lock that cannot be given back is over by itself: that must not spoil what was done under it. */
  const giveBack = (key: string, owner: string): Promise<unknown> =>
    store.remove(key, owner).catch((error: unknown) => logger.warn('lock.not_given_back', { error }));

  const take = async (key: string, owner: string): Promise<boolean> => {
    try {
      return await store.add(key, owner, lockMs);
    } catch (error) {
      // It may be ours, and nobody would know.
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
