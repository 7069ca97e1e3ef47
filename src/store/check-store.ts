import { AppError } from '../base/errors.ts';
import { randomToken } from '../base/ids.ts';
import type { Store } from './store.ts';

const KEPT_MS = 10_000;

/**
 * Writes, changes and takes, as sessions and launches do: a store that is full or read-only answers every PING, and one that is
 * too old, or whose rules forbid scripts, takes every plain write.
 * Errors: `UNAVAILABLE`.
 */
export async function checkStore(store: Pick<Store, 'set' | 'replace' | 'take'>): Promise<void> {
  const [key, value, changed] = [`readiness:${randomToken()}`, randomToken(), randomToken()];
  await store.set(key, value, KEPT_MS);
  const isChanged = await store.replace(key, value, changed, 'kept');
  if (!isChanged || (await store.take(key)) !== changed) throw new AppError('UNAVAILABLE');
}
