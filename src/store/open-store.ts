import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createMemoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

/** The store of this address. The library of Redis is a quarter of all modules of a server: it is loaded on demand. */
export async function openStore(url: string, clock: Clock, logger: Logger): Promise<Store> {
  if (url === 'memory:') return createMemoryStore(clock);
  const { createRedisStore } = await import('./redis-store.ts');
  return createRedisStore({ url, logger });
}
