import { beforeEach, describe, expect, it } from 'vitest';
import type { Login, SessionToken, Subject } from '../../../src/base/ids.ts';
import type { Tokens } from '../../../src/identity/provider/oidc-port.ts';
import type { Principal } from '../../../src/identity/person/principal.ts';
import { createSessions } from '../../../src/identity/session/sessions.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createVault } from '../../../src/store/vault.ts';

const IDLE_MS = 600_000;
const ABSOLUTE_MS = 3_600_000;
const TOKENS = {
  idToken: 'canary-id-token',
  accessToken: 'canary-access-token',
  accessExpiresAtMs: null,
  refreshToken: 'canary-refresh-token',
};
const OUT = { reason: 'signed_out' } as const;

const principalOf = (login: string): Principal => ({
  issuer: 'https://idp.example',
  subject: `sub-${login}` as Subject,
  displayName: login,
  email: null,
  login: login as Login,
  person: { type: 'HumanUser', id: 1, name: login },
  permissionRole: null,
  acting: { way: 'sudo' as const },
});

let nowMs: number;
let store: Store;
let writes: { key: string; value: string }[];
let sessions: ReturnType<typeof createSessions>;
/** Tokens of sessions that were done away with. */
let settled: Tokens[];
/** Whose sessions ended, and why. */
let ended: string[];

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  [writes, settled, ended] = [[], [], []];
  const clock = { now: () => nowMs };
  const kept = createMemoryStore(clock);
  const note = (key: string, value: string): void => void writes.push({ key, value });
  store = {
    get: (key) => kept.get(key),
    set: (key, value, ttlMs) => (note(key, value), kept.set(key, value, ttlMs)),
    add: (key, value, ttlMs) => (note(key, value), kept.add(key, value, ttlMs)),
    replace: (key, expected, value, ttlMs) => (note(key, value), kept.replace(key, expected, value, ttlMs)),
    take: (key) => kept.take(key),
    delete: (key) => kept.delete(key),
    remove: (key, expected) => kept.remove(key, expected),
    entries: (prefix) => kept.entries(prefix),
    limit: (options) => kept.limit(options),
    publish: (channel, message) => kept.publish(channel, message),
    subscribe: (channel, listener) => kept.subscribe(channel, listener),
    ping: () => kept.ping(),
    close: () => kept.close(),
  };
  const settings = { idleMs: IDLE_MS, absoluteMs: ABSOLUTE_MS, overlayIdleMs: IDLE_MS / 2, maxPerPerson: 2 };
  sessions = createSessions({
    ...{ clock, settings },
    vault: createVault(store, [new Uint8Array(32)], { place: 'test' }),
    settle: async ({ tokens }) => void settled.push(tokens),
    onEnded: ({ principal }, { reason }) => void ended.push(`${principal.login} ${reason}`),
  });
});

const begin = async (login = 'mira'): Promise<SessionToken> =>
  (await sessions.create(principalOf(login), TOKENS)).token;

describe('a session', () => {
  it('is found only by its token', async () => {
    const token = await begin();
    expect((await sessions.find(token, 'peek'))?.principal.login).toBe('mira');
    expect(await sessions.find(undefined, 'peek')).toBeUndefined();
    expect(await sessions.find('guess', 'peek')).toBeUndefined();
    expect(await sessions.find('x'.repeat(43), 'peek')).toBeUndefined();
  });

  it('is in the store without its token, its person or the tokens of the provider (D4)', async () => {
    const token = await begin();
    const dump = JSON.stringify(writes);
    expect(writes.length).toBeGreaterThan(1);
    for (const secret of [token, 'canary', 'mira']) expect(dump).not.toContain(secret);
  });

  it("is refused when its record was moved to another session's key (D5)", async () => {
    const [mira, joao] = [await begin('mira'), await begin('joao')];
    const [miras, joaos] = writes.filter(({ key }) => key.startsWith('test:session:'));
    await store.set(miras!.key, joaos!.value, 1000);
    expect(await sessions.find(mira, 'peek')).toBeUndefined();
    expect((await sessions.find(joao, 'peek'))?.principal.login).toBe('joao');
  });

  it('ends after the idle time, and at its absolute limit in any case (D6)', async () => {
    const token = await begin();
    nowMs += IDLE_MS - 1;
    expect(await sessions.find(token, 'peek')).toBeDefined();
    nowMs += 1;
    expect(await sessions.find(token, 'slide')).toBeUndefined();

    const busy = await begin();
    for (let elapsed = 0; elapsed < ABSOLUTE_MS - IDLE_MS / 2; elapsed += IDLE_MS / 2) {
      expect(await sessions.find(busy, 'slide')).toBeDefined();
      nowMs += IDLE_MS / 2;
    }
    const last = await sessions.find(busy, 'slide');
    expect(last?.expiresAtMs).toBeLessThanOrEqual(nowMs + IDLE_MS / 2);
    nowMs += IDLE_MS / 2;
    expect(await sessions.find(busy, 'slide')).toBeUndefined();
  });

  it('is rewritten only now and then', async () => {
    const token = await begin();
    const before = writes.length;
    for (let seconds = 0; seconds < 59; seconds += 1) {
      nowMs += 1000;
      await sessions.find(token, 'slide');
    }
    expect(writes.length).toBe(before);
    nowMs += 1000;
    await sessions.find(token, 'slide');
    expect(writes.length).toBe(before + 1);
  });

  it('stays ended where a request used it at the same moment', async () => {
    const token = await begin();
    const { id } = (await sessions.find(token, 'peek'))!;
    nowMs += 120_000;
    const [, ended] = await Promise.all([sessions.find(token, 'slide'), sessions.end(id, OUT)]);
    expect(ended).toEqual(TOKENS);
    expect(await sessions.find(token, 'slide')).toBeUndefined();
    expect(await sessions.end(id, OUT)).toBeUndefined();
  });

  it('keeps the lifetime of its last use when it is changed at the same moment', async () => {
    const token = await begin();
    const { id } = (await sessions.find(token, 'peek'))!;
    nowMs += IDLE_MS - 1000;
    const get = store.get.bind(store);
    // Somebody uses the session after the change has begun.
    store.get = async (key) => {
      store.get = get;
      const read = await get(key);
      expect(await sessions.find(token, 'slide')).toBeDefined();
      return read;
    };
    expect(
      await sessions.changePrincipal(id, (person) => ({ ...person, email: 'mira@lantern.example' })),
    ).toBe(true);
    nowMs += IDLE_MS - 1000;
    expect((await sessions.find(token, 'peek'))?.principal.email).toBe('mira@lantern.example');
  });

  it('does not last for ever when the clock is set back (D30)', async () => {
    const token = await begin();
    nowMs -= 3_600_000;
    expect(await sessions.find(token, 'slide')).toBeDefined();
    nowMs += 3_600_000 + IDLE_MS;
    expect(await sessions.find(token, 'slide')).toBeUndefined();
  });
});

describe('while the encryption keys are replaced (D27)', () => {
  const [OLD, NEW] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const withKeys = (...keys: Uint8Array[]) =>
    createSessions({
      vault: createVault(store, keys, { place: 'test' }),
      clock: { now: () => nowMs },
      settings: { idleMs: IDLE_MS, absoluteMs: ABSOLUTE_MS, overlayIdleMs: IDLE_MS, maxPerPerson: 5 },
    });

  it('sessions are re-encrypted on use and continue; the others end with the old key', async () => {
    const before = withKeys(OLD);
    const [used, unused] = [
      (await before.create(principalOf('mira'), TOKENS)).token,
      (await before.create(principalOf('joao'), TOKENS)).token,
    ];
    const overlap = withKeys(NEW, OLD);
    nowMs += IDLE_MS / 2;
    expect(await overlap.find(used, 'slide')).toBeDefined();
    expect(await overlap.find(unused, 'peek')).toBeDefined();
    const after = withKeys(NEW);
    expect((await after.find(used, 'slide'))?.principal.login).toBe('mira');
    expect(await after.find(unused, 'slide')).toBeUndefined();
  });
});

describe('the sessions of a person', () => {
  it("are limited: the oldest ends, and other people's sessions stay (D31)", async () => {
    const joao = await begin('joao');
    const tokens = [await begin(), await begin(), await begin()];
    const found = await Promise.all(tokens.map((token) => sessions.find(token, 'peek')));
    expect(found.map((session) => session !== undefined)).toEqual([false, true, true]);
    expect(ended).toEqual(['mira limit']);
    expect(settled).toEqual([TOKENS]);
    expect(await sessions.find(joao, 'peek')).toBeDefined();
  });

  it('make room when they end', async () => {
    const first = await begin();
    const second = await begin();
    await sessions.end((await sessions.find(second, 'peek'))!.id, OUT);
    await begin();
    expect(await sessions.find(first, 'peek')).toBeDefined();
  });

  it('do not count when they are over: ten idle ones end no living one', async () => {
    const used = await begin();
    for (let round = 0; round < 5; round += 1) {
      await sessions.create(principalOf('mira'), TOKENS, { kind: 'overlay' });
      nowMs += IDLE_MS / 2;
      expect(await sessions.find(used, 'slide')).toBeDefined();
    }
  });

  it('end by their last use: the session in use stays, the idle one ends', async () => {
    const [working, left] = [await begin(), await begin()];
    nowMs += 120_000;
    expect(await sessions.find(working, 'slide')).toBeDefined();
    const newest = await begin();
    const found = await Promise.all([working, left, newest].map((token) => sessions.find(token, 'peek')));
    expect(found.map((session) => session !== undefined)).toEqual([true, false, true]);
  });

  it('are limited when they begin at once, too', async () => {
    const tokens = await Promise.all(Array.from({ length: 6 }, () => begin()));
    const found = await Promise.all(tokens.map((token) => sessions.find(token, 'peek')));
    expect(found.filter((session) => session !== undefined)).toHaveLength(2);
  });

  it('end all together', async () => {
    const tokens = [await begin(), await begin()];
    const { issuer, subject } = principalOf('mira');
    expect(await sessions.endBySubject({ issuer, subject }, nowMs, OUT)).toBe(2);
    expect(await sessions.endBySubject({ issuer, subject }, nowMs, OUT)).toBe(0);
    for (const token of tokens) expect(await sessions.find(token, 'peek')).toBeUndefined();
  });
});

describe('a session that the provider ends (D18, D22)', () => {
  const { issuer, subject } = principalOf('mira');
  const begunAt = (sid: string | null, redeemedAtMs = nowMs) =>
    sessions.create(principalOf('mira'), TOKENS, { idpSession: { sid, redeemedAtMs, endsAtMs: null } });
  const isAlive = async (token: SessionToken) => (await sessions.find(token, 'peek')) !== undefined;

  it('named by its sid is the only one that ends', async () => {
    const [here, there] = [await begunAt('s-1'), await begunAt('s-2')];
    expect(await sessions.endBySid(issuer, 's-1', OUT)).toBe(1);
    expect(await sessions.endBySid('https://other.example', 's-2', OUT)).toBe(0);
    expect(await sessions.endBySid(issuer, 'stranger', OUT)).toBe(0);
    expect([await isAlive(here.token), await isAlive(there.token)]).toEqual([false, true]);
  });

  it('is never valid when the sign-in was still in progress', async () => {
    await sessions.endBySid(issuer, 's-1', OUT);
    await expect(begunAt('s-1')).rejects.toMatchObject({ code: 'LOGIN_REQUIRED' });
    await sessions.endBySubject({ issuer, subject }, nowMs, OUT);
    await expect(begunAt(null, nowMs - 1)).rejects.toMatchObject({ code: 'LOGIN_REQUIRED' });
    expect(writes.some(({ key }) => key.startsWith('test:session:'))).toBe(true);
  });

  it('does not prevent a new sign-in of the person', async () => {
    await sessions.endBySubject({ issuer, subject }, nowMs, OUT);
    nowMs += 1;
    expect(await isAlive((await begunAt('s-3')).token)).toBe(true);
  });

  it("does not outlive the provider's own session", async () => {
    const idpSession = { sid: null, redeemedAtMs: nowMs, endsAtMs: nowMs + 1000 };
    const { token, session } = await sessions.create(principalOf('mira'), TOKENS, { idpSession });
    expect(session.expiresAtMs).toBe(nowMs + 1000);
    expect(session.endsAtMs).toBe(nowMs + 1000);
    nowMs += 1000;
    expect(await isAlive(token)).toBe(false);
    const over = { ...idpSession, endsAtMs: nowMs };
    await expect(sessions.create(principalOf('mira'), TOKENS, { idpSession: over })).rejects.toMatchObject({
      code: 'LOGIN_REQUIRED',
    });
  });
});

describe('a session that ends during a look-up', () => {
  it('is not returned any more', async () => {
    const { token, session } = await sessions.create(principalOf('mira'), TOKENS);
    nowMs += IDLE_MS / 2;
    const get = store.get;
    let looks = 0;
    store.get = async (key) => {
      const found = await get(key);
      looks += 1;
      // Between the look and the note of its use.
      if (looks === 1) await sessions.end(session.id, OUT);
      return found;
    };
    expect(await sessions.find(token, 'slide')).toBeUndefined();
  });
});
