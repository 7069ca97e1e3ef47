import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Login, SessionToken, Subject } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Principal } from '../../src/identity/person/principal.ts';
import { checkStore } from '../../src/cli/doctor/local-checks.ts';
import { createSessions } from '../../src/identity/session/sessions.ts';
import type { Sessions } from '../../src/identity/session/sessions-port.ts';
import { watchKeys } from '../../src/store/key-watch.ts';
import { placeOf, createVault } from '../../src/store/vault.ts';
import { createRedisStore } from '../../src/store/redis-store.ts';
import type { Store } from '../../src/store/store.ts';
import { testConfig } from '../support/bff-config.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PEOPLE = 20;
const ROUNDS = 5;
const MINUTE_MS = 60_000;
const TOKENS = { idToken: 'i', accessToken: 'a', accessExpiresAtMs: null, refreshToken: 'r' };
const SETTINGS = {
  idleMs: 8 * 3_600_000,
  absoluteMs: 24 * 3_600_000,
  overlayIdleMs: 3_600_000,
  maxPerPerson: 5,
};
const [OLD, NEW] = [randomBytes(32), randomBytes(32)] as const;

let redis: TestRedis;
let stores: Store[];
let offsetMs = 0;
const clock = { now: () => Date.now() + offsetMs };

beforeAll(async () => {
  redis = await startRedis();
  const logger = createLogger({ level: 'silent' });
  stores = await Promise.all([0, 1].map(() => createRedisStore({ url: redis.url, logger })));
  for (const store of stores) {
    while (
      !(await store.ping().then(
        () => true,
        () => false,
      ))
    )
      await new Promise((go) => setTimeout(go, 10));
  }
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await redis.stop();
});

const personOf = (login: string): Principal => ({
  issuer: 'https://idp.example',
  subject: `sub-${login}` as Subject,
  displayName: login,
  email: null,
  login: login as Login,
  person: { type: 'HumanUser', id: 1, name: login },
  permissionRole: null,
  acting: { way: 'sudo' as const },
});

/** A process with these keys. */
const startProcess = (index: number, keys: readonly Uint8Array[], place: string): Sessions =>
  createSessions({ vault: createVault(stores[index]!, keys, { place }), clock, settings: SETTINGS });

/** How many requests found no session, while the keys of each process were changed one after the other. */
async function lostIn(steps: readonly (readonly Uint8Array[])[], place: string): Promise<number> {
  const processes = [0, 1].map((index) => startProcess(index, steps[0]!, place));
  const tokens = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, index) => {
      const created = await processes[index % 2]!.create(personOf(`person-${index}`), TOKENS);
      return created.token;
    }),
  );
  let lost = 0;
  const ask = async (token: SessionToken): Promise<void> => {
    for (const sessions of processes) if ((await sessions.find(token, 'slide')) === undefined) lost += 1;
  };
  const load = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each finds that it has to be written again.
      offsetMs += 2 * MINUTE_MS;
      await Promise.all(tokens.map(ask));
    }
  };
  for (const keys of steps.slice(1)) {
    for (const index of [0, 1]) {
      const asking = load();
      processes[index] = startProcess(index, keys, place);
      await asking;
      await load();
    }
  }
  return lost;
}

describe('a new encryption key for two processes under load', () => {
  it('keeps every session if it is last everywhere, then first everywhere, and then the old key is removed', async () => {
    expect(await lostIn([[OLD], [OLD, NEW], [NEW, OLD], [NEW]], 'in-order')).toBe(0);
  });

  it('loses sessions if it is first at one process before all processes have it', async () => {
    expect(await lostIn([[OLD], [NEW, OLD]], 'too-early')).toBeGreaterThan(0);
  });
});

describe('the doctor', () => {
  const examine = async (encryptionKeys: readonly Uint8Array[]) => {
    const config = testConfig(1, 'https://idp.example');
    const store = { ...config.store, url: redis.url, encryptionKeys };
    return checkStore({ ...config, store }, createLogger({ level: 'silent' }));
  };

  it('counts the records that the last key still opens, and reports when there are none', async () => {
    await redis.flush();
    const place = placeOf(testConfig(1, 'https://idp.example'));
    const before = createVault(stores[0]!, [OLD], { place });
    await before.set('mapping:a', { login: 'mira', personId: 1 }, MINUTE_MS);
    await before.set('session:a', 'x', MINUTE_MS);
    await stores[0]!.set(`${place}:lock:a`, 'no record', MINUTE_MS);
    expect(await examine([NEW, OLD])).toEqual([
      expect.objectContaining({ level: 'ok', check: 'store' }),
      expect.objectContaining({
        level: 'warn',
        check: 'keys',
        found: expect.stringMatching(
          /still holds 2 records: (?:mapping 1, session 1|session 1, mapping 1)$/u,
        ),
      }),
    ]);
    expect((await examine([NEW]))[1]).toMatchObject({
      level: 'warn',
      found: expect.stringMatching(/^2 records/u),
    });
    const third = randomBytes(32);
    await createVault(stores[0]!, [third], { place }).set('mapping:b', 'x', MINUTE_MS);
    expect((await examine([NEW, OLD])).slice(1)).toEqual([
      expect.objectContaining({ level: 'warn', found: expect.stringMatching(/^1 records are under/u) }),
      expect.objectContaining({ level: 'warn', found: expect.stringMatching(/still holds 2 records/u) }),
    ]);
    await stores[0]!.delete(`${place}:mapping:b`);
    const after = createVault(stores[0]!, [NEW, OLD], { place });
    await after.get('mapping:a');
    await after.set('session:a', 'x', MINUTE_MS);
    expect((await examine([NEW, OLD]))[1]).toMatchObject({ level: 'ok', check: 'keys' });
  });

  it.each([
    ['full', () => redis.fill(), () => redis.empty()],
    ['a replica', () => redis.demote(), () => redis.promote()],
  ])('sees that Redis is %s', async (_, stopWrites, takeWrites) => {
    await stopWrites();
    const [found] = await examine([NEW]);
    await takeWrites();
    expect(found).toMatchObject({ level: 'fail', check: 'store' });
  });
});

describe('a server that starts', () => {
  const startWith = async (keys: readonly Uint8Array[], store: Store) => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'debug', write: (line) => lines.push(line) });
    let looked = (): void => undefined;
    const isOver = new Promise<void>((resolve) => (looked = resolve));
    const stop = watchKeys({
      store: {
        set: (...given) => store.set(...given),
        delete: (key) => store.delete(key),
        async *entries(prefix) {
          yield* store.entries(prefix);
          setImmediate(looked);
        },
      },
      encryptionKeys: keys,
      logger,
    });
    await isOver;
    return { lines, stop };
  };

  it.each([
    ['its first key is unknown to another server', [OLD], [NEW, OLD], ['Put the new key last']],
    ['another server writes with a key that it lacks', [NEW, OLD], [OLD], ['Add it']],
    ['both', [OLD], [NEW], ['Put the new key last', 'Add it']],
  ])('tells that %s', async (_, others, own, told) => {
    const other = await startWith(others, stores[0]!);
    const started = await startWith(own, stores[1]!);
    expect(other.lines).toEqual([]);
    expect(started.lines).toEqual(told.map((text) => expect.stringContaining(text)));
    for (const each of started.lines) expect(each).toContain('"store.keys_differ"');
    await Promise.all([other.stop(), started.stop()]);
  });

  it('prints no warning at any step of the right order', async () => {
    const steps = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]];
    for (const [index, keys] of steps.slice(1).entries()) {
      const other = await startWith(steps[index]!, stores[0]!);
      const started = await startWith(keys, stores[1]!);
      expect([other.lines, started.lines]).toEqual([[], []]);
      await Promise.all([other.stop(), started.stop()]);
    }
  });
});
