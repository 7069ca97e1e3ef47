import { createLogger } from '../src/base/logger.ts';
import { createLaunches } from '../src/launch/launch-registry.ts';
import type { AmiPayload } from '../src/launch/launch.ts';
import { createMemoryStore } from '../src/store/memory-store.ts';
import { createRedisStore } from '../src/store/redis-store.ts';
import { createVault } from '../src/store/vault.ts';
import { idsIn } from './page-orders.ts';

/** Keeps so many launches of so ordered ids, in memory or in the Redis at the address, and tells what each takes in this process. */
const [, , order = '', count = '0', redisUrl = ''] = process.argv;
const DAY_MS = 86_400_000;

const payload = (): AmiPayload => ({
  ...{ userId: 42, userLogin: 'mira', entityType: 'Version', title: null, pageId: null },
  ...{ serverHostname: null, referrerPath: null, sessionUuid: null, columns: [], columnDisplayNames: [] },
  ...{ view: null, sort: [], grouping: [], project: null, ids: idsIn(order), selectedIds: idsIn(order) },
});

const clock = { now: Date.now };
const store =
  redisUrl === ''
    ? createMemoryStore(clock)
    : await createRedisStore({ url: redisUrl, logger: createLogger({ level: 'silent' }) });
// Redis is connected in the background.
const reached = (): Promise<boolean> =>
  store.ping().then(
    () => true,
    () => false,
  );
while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 10));
const vault = createVault(store, [new Uint8Array(32).fill(7)], { place: 'bench' });
const launches = createLaunches({ vault, clock, settings: { claimTtlMs: DAY_MS, ttlMs: DAY_MS } });

/** What was only used to keep them is collected, twice: the first time finds what the second one frees. */
function bytesNow(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await launches.keep('review', payload());
const before = bytesNow();
for (let each = 0; each < Number(count); each += 1) await launches.keep('review', payload());
process.send?.((bytesNow() - before) / Number(count));
await store.close();
process.disconnect();
