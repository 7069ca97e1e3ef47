import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../src/base/logger.ts';
import { createRedisStore } from '../../src/store/redis-store.ts';
import type { RedisStoreOptions } from '../../src/store/redis-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type BlackHole, startBlackHole } from '../support/black-hole.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { storeContract } from './store.contract.ts';

const LONG_MS = 600_000;
/** Longer than any test may take: a test that ends has not waited for it. */
const NEVER_MS = 120_000;

const logger = createLogger({ level: 'silent' });

/** A store connects in the background: this waits until it is there. */
async function reachable(store: Store): Promise<Store> {
  for (;;) {
    try {
      await store.ping();
      const leave = await store.subscribe('is anybody there', () => {});
      await leave();
      return store;
    } catch {
      await sleep(10);
    }
  }
}

async function openStore(url: string, options: Partial<RedisStoreOptions> = {}): Promise<Store> {
  return reachable(await createRedisStore({ url, logger, ...options }));
}

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Every operation of a store, each of which has to fail closed. */
const operations: readonly (readonly [name: string, (store: Store) => Promise<unknown>])[] = [
  ['get', (store) => store.get('key')],
  ['set', (store) => store.set('key', 'value', LONG_MS)],
  ['add', (store) => store.add('key', 'value', LONG_MS)],
  ['replace', (store) => store.replace('key', 'value', 'other', LONG_MS)],
  ['take', (store) => store.take('key')],
  ['delete', (store) => store.delete('key')],
  ['remove', (store) => store.remove('key', 'value')],
  ['entries', (store) => allOf(store.entries('key'))],
  ['publish', (store) => store.publish('channel', 'message')],
  ['ping', (store) => store.ping()],
];

async function expectAllUnavailable(store: Store): Promise<void> {
  for (const [, operation] of operations) {
    await expect(operation(store)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  }
}

describe('With a Redis server', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  storeContract('the Redis store', async () => {
    const store = await openStore(redis.url);
    return { store, close: () => store.close() };
  });

  it('two instances see the same values and hear each other', async () => {
    const [one, two] = [await openStore(redis.url), await openStore(redis.url)];
    await one.set('shared', 'value', LONG_MS);
    expect(await two.get('shared')).toBe('value');
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).add('raced', 'x', LONG_MS)),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    const heard: string[] = [];
    await two.subscribe('news', (message) => void heard.push(message));
    await one.publish('news', 'hello');
    while (heard.length === 0) await sleep(5);
    expect(heard).toEqual(['hello']);
    await Promise.all([one.close(), two.close()]);
  });

  it('two processes together allow what one alone does', async () => {
    const stores = [await openStore(redis.url), await openStore(redis.url)];
    const limits = stores.map((store) => store.limit({ name: 'shared', points: 10, seconds: 600 }));
    const waits = await Promise.all(
      Array.from({ length: 20 }, () => limits.map((limit) => limit.take('10.0.0.1'))).flat(),
    );
    expect(waits.filter((waitMs) => waitMs === undefined)).toHaveLength(10);
    await Promise.all(stores.map((store) => store.close()));
  });

  it.each([
    ['full', () => redis.fill(), () => redis.empty()],
    ['a replica', () => redis.demote(), () => redis.promote()],
  ])('while it is %s, each process goes on counting by itself', async (name, stopWrites, takeWrites) => {
    const store = await openStore(redis.url);
    const limit = store.limit({ name, points: 3, seconds: 600 });
    await stopWrites();
    const waits = [];
    for (let time = 0; time < 5; time += 1) waits.push(await limit.take('mira'));
    // Redis is read meanwhile, and knows nothing of these.
    expect(await limit.spent('mira')).toBeGreaterThan(0);
    await takeWrites();
    expect(waits.map((waitMs) => waitMs === undefined)).toEqual([true, true, true, false, false]);
    await store.close();
  });

  it('servers with other prefixes neither see nor hear each other', async () => {
    const one = await openStore(redis.url, { prefix: 'one:' });
    const two = await openStore(redis.url, { prefix: 'two:' });
    const heardByTwo: string[] = [];
    await two.subscribe('news', (message) => void heardByTwo.push(message));
    await one.set('key', 'value', LONG_MS);
    await one.publish('news', 'only for one');
    await two.publish('news', 'for two');
    while (heardByTwo.length === 0) await sleep(5);
    expect(heardByTwo).toEqual(['for two']);
    expect(await two.get('key')).toBeUndefined();
    await Promise.all([one.close(), two.close()]);
  });
});

describe('Without a Redis server', () => {
  it('the password of its address is in no line of the log and in no error', async () => {
    const lines: string[] = [];
    const heard = createLogger({ level: 'debug', write: (line) => lines.push(line) });
    const own = await startRedis();
    const urls = [`redis://user:canary-pw@127.0.0.1:${own.port}`, 'redis://user:canary-pw@127.0.0.1:9'];
    for (const url of urls) {
      const store = await createRedisStore({ url, logger: heard });
      const before = lines.length;
      while (lines.length === before) await sleep(5);
      const error: unknown = await store.get('key').catch((thrown: unknown) => thrown);
      expect(inspect(error, { depth: 5 }) + lines.join('')).not.toContain('canary-pw');
      await store.close();
    }
    await own.stop();
  });

  it('limits go on by process, and never open', async () => {
    const own = await startRedis();
    const store = await openStore(own.url);
    const limit = store.limit({ name: 'away', points: 2, seconds: 600 });
    await own.stop();
    const waits = [];
    for (let time = 0; time < 4; time += 1) waits.push(await limit.take('mira'));
    expect(waits.map((waitMs) => waitMs === undefined)).toEqual([true, true, false, false]);
    expect(await limit.spent('mira')).toBeGreaterThan(0);
    await store.close();
  });

  const ended: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0)) await end();
  });

  const startOwn = async (port?: number): Promise<TestRedis> => {
    const redis = await startRedis(port);
    ended.push(() => redis.stop());
    return redis;
  };
  const kept = (store: Store): Store => {
    ended.push(() => store.close());
    return store;
  };

  it('every operation fails with UNAVAILABLE at once, and works again when the server is back', async () => {
    const first = await startOwn();
    const store = kept(await openStore(first.url, { commandTimeoutMs: NEVER_MS }));
    const heard: string[] = [];
    await store.subscribe('news', (message) => void heard.push(message));
    await first.stop();
    await expectAllUnavailable(store);
    await expect(store.subscribe('other', () => {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    await startOwn(first.port);
    await reachable(store);
    await store.set('key', 'value', LONG_MS);
    expect(await store.get('key')).toBe('value');
    await store.publish('news', 'we are back');
    while (heard.length === 0) await sleep(5);
    expect(heard).toEqual(['we are back']);
  });

  it('a store can be made before its server is there', async () => {
    const gone = await startOwn();
    await gone.stop();
    const store = kept(await createRedisStore({ url: gone.url, logger, commandTimeoutMs: NEVER_MS }));
    await expectAllUnavailable(store);
    await startOwn(gone.port);
    await reachable(store);
    expect(await store.get('key')).toBeUndefined();
  });

  it('a server that hangs for a moment loses no command', async () => {
    const redis = await startOwn();
    const store = kept(await openStore(redis.url, { commandTimeoutMs: NEVER_MS }));
    await store.set('key', 'value', LONG_MS);
    redis.pause();
    const answers = Promise.all([store.get('key'), store.add('key', 'other', LONG_MS), store.take('key')]);
    redis.resume();
    expect(await answers).toEqual(['value', false, 'value']);
  });

  describe('whose host was lost without closing its connections', () => {
    const behindHole = async (): Promise<{ hole: BlackHole; store: Store }> => {
      const redis = await startOwn();
      const hole = await startBlackHole(redis.port);
      ended.push(() => hole.close());
      const options = { url: `redis://127.0.0.1:${hole.port}`, logger, commandTimeoutMs: 250, pulseMs: 500 };
      return { hole, store: kept(await reachable(await createRedisStore(options))) };
    };

    it('the store reconnects, also while commands go on, and receives messages again', async () => {
      const { hole, store } = await behindHole();
      const heard: string[] = [];
      await store.subscribe('news', (message) => void heard.push(message));
      hole.swallow();
      await expectAllUnavailable(store);
      await reachable(store);
      while (heard.length === 0) {
        await store.publish('news', 'we are back').catch(() => undefined);
        await sleep(5);
      }
      expect(heard[0]).toBe('we are back');
    });

    it('the store abandons a new connection without a greeting', async () => {
      const { hole, store } = await behindHole();
      hole.takeSilently(true);
      hole.swallow();
      // The two that were swallowed, and two that were taken and never greeted.
      while (hole.taken < 4) await sleep(5);
      hole.takeSilently(false);
      await reachable(store);
      await store.set('key', 'value', LONG_MS);
      expect(await store.get('key')).toBe('value');
    });
  });

  it('a connection that answers is kept, even if it is idle for long', async () => {
    const redis = await startOwn();
    const hole = await startBlackHole(redis.port);
    ended.push(() => hole.close());
    const store = kept(await openStore(`redis://127.0.0.1:${hole.port}`, { pulseMs: 250 }));
    const { taken } = hole;
    const before = await redis.pings();
    while ((await redis.pings()) < before + 8) await sleep(20);
    expect(hole.taken).toBe(taken);
    await store.ping();
  });
});
