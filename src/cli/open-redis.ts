import { setTimeout as delay } from 'node:timers/promises';
import { certificateAdvice } from './doctor/certificate-trouble.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../store/store.ts';

const REACH_MS = 5000;
const PAUSE_MS = 50;

/** The remedy if Redis could not be reached. */
export interface Unreached {
  readonly advice: string;
}

const ADVICE =
  'Start it, or correct SHOTGRAPH_STORE_URL (redis://user:password@host:6379, rediss:// for TLS).';

/** A store for a command: connected, or the remedy if Redis does not answer within a few seconds. */
export async function openRedis(url: string, logger: Logger): Promise<Store | Unreached> {
  const trouble: { certificate?: string | undefined } = {};
  const listening: Logger = {
    ...logger,
    warn(event, fields) {
      trouble.certificate ??= certificateAdvice(fields.error);
      logger.warn(event, fields);
    },
  };
  // Loaded on demand, as in a server: most commands need no Redis, and the library is large.
  const { createRedisStore } = await import('../store/redis-store.ts');
  const store = await createRedisStore({ url, logger: listening });
  const endsAtMs = Date.now() + REACH_MS;
  // An untrusted certificate stays untrusted, so do not retry.
  while (Date.now() < endsAtMs && trouble.certificate === undefined) {
    // The connection is made in the background; until then every call fails.
    const isReady = await store.ping().then(
      () => true,
      () => false,
    );
    if (isReady) return store;
    await delay(PAUSE_MS);
  }
  // Otherwise it would try to connect for ever.
  await store.close().catch(() => undefined);
  return { advice: trouble.certificate ?? ADVICE };
}
