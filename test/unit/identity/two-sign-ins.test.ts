import { beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Login, SessionToken, Subject } from '../../../src/base/ids.ts';
import type { Principal } from '../../../src/identity/person/principal.ts';
import type { AttemptCookies } from '../../../src/identity/session/attempts.ts';
import { createSessions } from '../../../src/identity/session/sessions.ts';
import type { Sessions } from '../../../src/identity/session/sessions-port.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createVault } from '../../../src/store/vault.ts';

const HOUR_MS = 3_600_000;
const OUT = { reason: 'signed_out' } as const;
const MIRA: Principal = {
  issuer: 'https://idp.example',
  subject: 'sub-mira' as Subject,
  displayName: 'Mira',
  email: null,
  login: 'mira' as Login,
  person: { type: 'HumanUser', id: 1, name: 'Mira' },
  permissionRole: null,
  acting: { way: 'own', account: 'account-of-mira' },
};
const UNLINKED: Principal = { ...MIRA, acting: { way: 'own', account: null } };
const TOKENS = { idToken: 'id', accessToken: 'access', accessExpiresAtMs: null, refreshToken: 'refresh' };

let nowMs: number;
/** Turns of the event loop before each operation of the store, over and over. */
let turns: readonly number[];
let sessions: Sessions;
/** Accounts that were given up with a session. */
let forgotten: string[];
let ended: string[];
/** Waited for while a session is cleaned up. */
let settling: Promise<void>;

function openWorld(): void {
  [nowMs, turns, forgotten, ended, settling] = [1_800_000_000_000, [0], [], [], Promise.resolve()];
  const clock = { now: () => nowMs };
  const store = createMemoryStore(clock);
  let count = 0;
  for (const name of ['get', 'set', 'add', 'replace', 'delete'] as const) {
    const call = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
    const late = async (...args: unknown[]): Promise<unknown> => {
      const wait = turns[(count += 1) % turns.length] ?? 0;
      for (let turn = 0; turn < wait; turn += 1) await new Promise(setImmediate);
      return call(...args);
    };
    Object.assign(store, { [name]: late });
  }
  sessions = createSessions({
    ...{ clock, vault: createVault(store, [new Uint8Array(32)], { place: 'test' }) },
    settings: { idleMs: HOUR_MS, absoluteMs: HOUR_MS, overlayIdleMs: HOUR_MS, maxPerPerson: 3 },
    async settle({ principal: { acting } }) {
      if (acting.way === 'own' && acting.account !== null) forgotten.push(acting.account);
      await settling;
    },
    onEnded: (_ended, { reason }) => void ended.push(reason),
  });
}
beforeEach(openWorld);

const begin = async (principal = MIRA): Promise<SessionToken> =>
  (await sessions.create(principal, TOKENS)).token;
/** The callback of one tab: the browser has the cookies of both sign-ins, and the old session. */
const signInAgain = async (old: SessionToken, signInId: string, cookies: AttemptCookies) => {
  const before = await sessions.find(old, 'peek', cookies);
  const principal = before?.principal ?? UNLINKED;
  const { token, session } = await sessions.create(principal, TOKENS, { signInId, replaces: old });
  await sessions.replace([old], { by: session, cookies, requestId: signInId });
  return token;
};
const COOKIES: AttemptCookies = new Map([
  ['__Host-tx.one', 'cookie-one'],
  ['__Host-tx.two', 'cookie-two'],
]);
const isAlive = async (token: SessionToken): Promise<boolean> =>
  (await sessions.find(token, 'peek')) !== undefined;

describe('two tabs in which the same person signs in again at the same moment (D33)', () => {
  const ORDERS = { numRuns: 40 };
  const orders = fc.array(fc.nat(6), { minLength: 5, maxLength: 40 });

  it('keep the old id valid at every moment, in any order of their steps', async () => {
    const world = async (order: readonly number[]): Promise<void> => {
      openWorld();
      const old = await begin();
      const { id } = (await sessions.find(old, 'peek'))!;
      nowMs += 120_000;
      turns = order;
      const done = new AbortController();
      const looks: boolean[] = [];
      const look = async (): Promise<void> => {
        while (!done.signal.aborted) {
          looks.push((await sessions.find(old, 'slide', COOKIES)) !== undefined);
          looks.push((await sessions.peek(id)) !== undefined);
        }
      };
      const looking = [look(), look()];
      await Promise.all(['one', 'two'].map((signInId) => signInAgain(old, signInId, COOKIES)));
      done.abort();
      await Promise.all(looking);
      looks.push((await sessions.find(old, 'peek', COOKIES)) !== undefined);
      expect([looks.includes(false), ended]).toEqual([false, ['signed_in_again']]);
    };
    await fc.assert(fc.asyncProperty(orders, world), ORDERS);
  });

  it('end no session of another device, and keep the linked account as long as one of them lives', async () => {
    const world = async (order: readonly number[]): Promise<void> => {
      openWorld();
      const devices = [await begin(UNLINKED), await begin(UNLINKED)];
      nowMs += 1000;
      const old = await begin();
      turns = order;
      const [one, two] = await Promise.all(['one', 'two'].map((each) => signInAgain(old, each, COOKIES)));
      expect(await Promise.all([...devices, one!, two!].map((token) => isAlive(token)))).toEqual([
        true,
        true,
        true,
        true,
      ]);
      const [first, second] = [one!, two!].map((token) => sessions.find(token, 'peek'));
      expect((await first)?.principal.acting).toEqual(MIRA.acting);
      expect((await second)?.principal.acting).toEqual(MIRA.acting);
      await sessions.endByToken(one, OUT);
      expect(forgotten).toEqual([]);
      await sessions.endByToken(two, OUT);
      expect(new Set(forgotten)).toEqual(new Set(['account-of-mira']));
    };
    await fc.assert(fc.asyncProperty(orders, world), ORDERS);
  });
});

describe('a session that replaces another one', () => {
  it('keeps the linked account with the old session if it could not be started', async () => {
    const old = await begin();
    const { session } = await sessions.create(MIRA, TOKENS, { replaces: old });
    await sessions.end(session.id, { reason: 'not_begun' });
    expect([forgotten, await isAlive(old)]).toEqual([[], true]);
  });

  it('is signed out with the old id, also while the old session is cleaned up (D34)', async () => {
    const old = await begin();
    let goOn = (): void => undefined;
    settling = new Promise((resolve) => (goOn = resolve));
    const signingIn = signInAgain(old, 'one', COOKIES);
    while (ended.length === 0) await new Promise(setImmediate);
    const signedOut = sessions.endByToken(old, OUT, COOKIES);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    goOn();
    await signedOut;
    expect(await isAlive(await signingIn)).toBe(false);
  });

  it('is found from the session that it replaced, however often its answer is lost', async () => {
    const old = await begin();
    await signInAgain(old, 'one', COOKIES);
    const lost = (await sessions.find(old, 'peek', COOKIES))!;
    const { session } = await sessions.create(MIRA, TOKENS, { signInId: 'two', replaces: old });
    const takesOver = { by: session, cookies: COOKIES, requestId: 'two', supersedes: lost.id };
    await sessions.replace([old], takesOver);
    expect((await sessions.find(old, 'peek', COOKIES))?.id).toBe(session.id);
    expect((await sessions.peek(lost.id))?.id).toBe(session.id);
    expect(await sessions.find(old, 'peek', new Map([['__Host-tx.one', 'cookie-one']]))).toBeUndefined();
  });

  it('ends the session whose answer was lost, also if the browser sends no session any more', async () => {
    const lost = await begin();
    const { id } = (await sessions.find(lost, 'peek'))!;
    const { session } = await sessions.create(MIRA, TOKENS, { signInId: 'one', supersedes: id });
    const takesOver = { by: session, cookies: COOKIES, requestId: 'one', supersedes: id };
    await sessions.replace([undefined, 'no token of ours'], takesOver);
    expect([await isAlive(lost), ended]).toEqual([false, ['signed_in_again']]);
  });
});
