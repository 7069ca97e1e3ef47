import { randomUUID } from 'node:crypto';
import type { Logger } from '../base/logger.ts';
import type { Store } from './store.ts';
import { hashedKey } from './vault.ts';

/** Tells all processes on the store that a person changes something. */
export interface ChangeMarks {
  /** Never rejects: a change is not refused because it cannot be told. */
  note(personId: number): Promise<void>;
  /**
   * Another value after each change of this person, and undefined after a minute without one. Rejects while the store is
   * unavailable.
   */
  of(personId: number): Promise<string | undefined>;
}

/** Longer than anything lives that is compared by it. */
const KEPT_MS = 60_000;

/** Marks as short-lived values of the store. */
export function createChangeMarks(store: Pick<Store, 'get' | 'set'>, logger: Logger): ChangeMarks {
  const keyOf = (personId: number): string => hashedKey('changed', String(personId));
  return {
    async note(personId) {
      try {
        await store.set(keyOf(personId), randomUUID(), KEPT_MS);
      } catch (error) {
        logger.warn('graphql.change_not_told', { error });
      }
    },
    of: (personId) => store.get(keyOf(personId)),
  };
}
