import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createMemoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

interface StoreSettings {
  readonly url: string;
  /** Of a store in memory. */
  readonly maxLaunchBytes: number;
}

interface Opening {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Receives what launches take, of a store in memory. */
  readonly onLaunchBytes: (bytes: number) => void;
}

/** The store of these settings. The library of Redis is a quarter of all modules of a server: it is loaded on demand. */
export async function openStore(
  { url, maxLaunchBytes: maxBytes }: StoreSettings,
  { clock, logger, onLaunchBytes: onBytes }: Opening,
): Promise<Store> {
  if (url === 'memory:') return createMemoryStore(clock, { maxBytes, onBytes });
  const { createRedisStore } = await import('./redis-store.ts');
  return createRedisStore({ url, logger });
}
