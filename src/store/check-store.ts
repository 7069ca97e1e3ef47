import { AppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import type { Store } from './store.ts';

const KEPT_MS = 10_000;

/**
 * Checks the store by a write and a read: a full or read-only store still answers PING.
 * Errors: `UNAVAILABLE`.
 */
export async function checkStore(store: Pick<Store, 'get' | 'set'>): Promise<void> {
  const [key, value] = [`readiness:${randomToken()}`, randomToken()];
  await store.set(key, value, KEPT_MS);
  if ((await store.get(key)) !== value) throw new AppError('UNAVAILABLE');
}
