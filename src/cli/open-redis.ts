import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../base/logger.ts';
import { createRedisStore } from '../store/redis-store.ts';
import type { Store } from '../store/store.ts';

const REACH_MS = 5000;
const PAUSE_MS = 50;

/** A store of a command: connected, or undefined where Redis does not answer within a few seconds. */
export async function openRedis(url: string, logger: Logger): Promise<Store | undefined> {
  const store = await createRedisStore({ url, logger });
  const endsAtMs = Date.now() + REACH_MS;
  while (Date.now() < endsAtMs) {
    // The connection is made beside; until it is there every call fails.
    const isReady = await store.ping().then(
      () => true,
      () => false,
    );
    if (isReady) return store;
    await delay(PAUSE_MS);
  }
  // Or it would try to connect for ever.
  await store.close().catch(() => undefined);
  return undefined;
}
