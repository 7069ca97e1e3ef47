import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { type EventStream, openEventStream } from '../support/event-stream.ts';

const JOAO = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
const GRACE_MS = 60_000;

let bff: Bff;
let browser: BrowserClient;
let streams: EventStream[];

/** Mira is signed in. */
beforeEach(async () => {
  bff = await startBff();
  streams = [];
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  await bff.stop();
});

const whoIs = async (client = browser): Promise<unknown> => {
  const { status, body } = await client.get(`${bff.url}/auth/session`, { from: 'same-origin' });
  return status === 200 ? (JSON.parse(body) as { login: string }).login : status;
};
const idOf = (client = browser): string => client.cookies(bff.url).get('__Host-sid') ?? '';
const openStream = async (): Promise<EventStream> => {
  const stream = await openEventStream(bff.url, browser);
  streams.push(stream);
  return stream;
};
/** A tab goes to the provider and comes back: the address of its callback. */
const toCallback = async (): Promise<string> => {
  const begun = await browser.get(`${bff.url}/auth/login`, { redirects: 'stop' });
  const there = await browser.get(begun.headers.get('location') ?? '', { redirects: 'stop' });
  return there.headers.get('location') ?? '';
};
/** The server handles the callback, and this browser never gets the answer. */
const loseAnswer = async (callback: string): Promise<void> => {
  const headers = { cookie: browser.cookieHeader(bff.url) };
  const answer = await fetch(callback, { headers, redirect: 'manual' });
  expect(answer.headers.getSetCookie().join()).toContain('__Host-sid=');
};
const signOut = (client = browser) => client.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
/** The provider signs Mira out everywhere. */
const backchannelLogout = async () => {
  const nowSeconds = Math.floor(bff.now() / 1000);
  const times = { iat: nowSeconds, exp: nowSeconds + 60, jti: 'one' };
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const claims = { iss: bff.idp.issuer, aud: 'shotgraph', sub: 'sub-mira', ...times, events };
  const token = await bff.idp.sign(claims, { typ: 'logout+jwt' });
  await browser.post(`${bff.url}/auth/backchannel-logout`, { form: { logout_token: token } });
};

describe('the same person signs in again in the same browser (D33)', () => {
  it('gets a new id, and the pages of the old session continue and learn of the end of the new one', async () => {
    const old = idOf();
    bff.advance(2 * GRACE_MS);
    const stream = await openStream();
    const before = await stream.next();
    await browser.get(`${bff.url}/auth/login`);
    expect(idOf()).not.toBe(old);
    const after = await stream.next();
    expect([after?.name, after?.data['endsAt'] === before?.data['endsAt']]).toEqual(['session', false]);
    await signOut();
    expect(await stream.next()).toEqual({ name: 'ended', data: {} });
  });

  it('ends no other session if the person has the most sessions allowed', async () => {
    const others = [new BrowserClient(() => bff.now()), new BrowserClient(() => bff.now())];
    for (const other of others) await other.get(`${bff.url}/auth/login`);
    await browser.get(`${bff.url}/auth/login`);
    expect(await Promise.all([browser, ...others].map((client) => whoIs(client)))).toEqual([
      'mira',
      'mira',
      'mira',
    ]);
  });

  it('stays signed in if the answer of the callback is lost, and a reload gives the browser a new id', async () => {
    const [old, callback] = [idOf(), await toCallback()];
    await loseAnswer(callback);
    expect([idOf(), await whoIs()]).toEqual([old, 'mira']);
    await browser.get(callback);
    expect([idOf() === old, await whoIs()]).toEqual([false, 'mira']);
    bff.advance(2 * GRACE_MS);
    expect(await whoIs()).toBe('mira');
  });

  it('has two tabs that both signed in at the same moment: whichever answer comes last, both work and sign out', async () => {
    for (const lastIsFirst of [false, true]) {
      const callbacks = [await toCallback(), await toCallback()];
      const headers = { cookie: browser.cookieHeader(bff.url) };
      const answers = await Promise.all(callbacks.map((url) => fetch(url, { headers, redirect: 'manual' })));
      for (const { headers: kept } of lastIsFirst ? answers.toReversed() : answers) {
        const [sid = ''] = kept.getSetCookie().filter((cookie) => cookie.startsWith('__Host-sid='));
        browser.setCookie(bff.url, '__Host-sid', /=([^;]+)/u.exec(sid)?.[1] ?? '');
      }
      bff.advance(2 * GRACE_MS);
      expect(await whoIs()).toBe('mira');
    }
    await signOut();
    expect(await whoIs()).toBe(401);
  });
});

const ask = () => browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' });

describe('at a provider with one grant for all sign-ins of a person, as Keycloak has (D36)', () => {
  beforeEach(async () => {
    Object.assign(bff.idp, { hasOneGrant: true, accessLife: 300, now: () => bff.now() });
    await browser.get(`${bff.url}/auth/login`);
  });

  it('a session continues after the end of the one that it replaced, and after a refused sign-in', async () => {
    bff.idp.bendClaims = (claims) => ({ ...claims, preferred_username: 'nobody' });
    expect((await browser.get(`${bff.url}/auth/login`)).status).toBe(403);
    bff.idp.bendClaims = (claims) => claims;
    for (const rounds of [1, 2]) {
      bff.advance(301_000);
      expect([rounds, (await ask()).status]).toEqual([rounds, 200]);
    }
    expect([bff.idp.refreshes.length, bff.idp.revoked]).toEqual([2, []]);
    await signOut();
    expect(bff.idp.revoked).toHaveLength(1);
  });

  it('a request under way continues with the new session, and deletes no cookie', async () => {
    const callback = await toCallback();
    bff.advance(301_000);
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const asked = new Promise<void>((resolve) => {
      bff.idp.beforeRefresh = async () => (resolve(), held);
    });
    const answer = ask();
    await asked;
    await loseAnswer(callback);
    goOn();
    const { status, headers } = await answer;
    expect([status, headers.getSetCookie(), bff.idp.revoked]).toEqual([200, [], []]);
    bff.advance(301_000);
    expect((await ask()).status).toBe(401);
  });
});

describe('a reload of the callback (D33)', () => {
  it("while the first one is under way keeps the browser's proof", async () => {
    const callback = await toCallback();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const asked = new Promise<void>((resolve) => {
      bff.idp.bendToken = async (claims) => (resolve(), await held, bff.idp.sign(claims));
    });
    const first = loseAnswer(callback);
    await asked;
    expect((await browser.get(callback, { redirects: 'stop' })).status).toBe(303);
    goOn();
    await first;
    expect(await whoIs()).toBe('mira');
  });

  it('after its answer was lost keeps the other tabs signed in, with one session', async () => {
    const callback = await toCallback();
    await loseAnswer(callback);
    const begun = await browser.get(callback, { redirects: 'stop' });
    expect(await whoIs()).toBe('mira');
    bff.advance(2 * GRACE_MS);
    await browser.get(begun.headers.get('location') ?? '');
    expect(await whoIs()).toBe('mira');
    const ended = bff.audited.filter(({ action }) => action === 'sign_out');
    expect(ended.map(({ reason }) => reason)).toEqual(['signed_in_again', 'signed_in_again']);
  });
});

describe('the old id (D34)', () => {
  it('is useless in another browser, and in this one after a minute, however often it is used', async () => {
    const [old, callback] = [idOf(), await toCallback()];
    const thief = new BrowserClient(() => bff.now());
    thief.setCookie(bff.url, '__Host-sid', old);
    await thief.get(`${bff.url}/auth/login`, { redirects: 'stop' });
    await loseAnswer(callback);
    expect([await whoIs(thief), await whoIs()]).toEqual([401, 'mira']);
    bff.advance(GRACE_MS - 1000);
    const query = { json: { query: '{ whoami }' }, from: 'same-origin' } as const;
    expect((await browser.post(`${bff.url}/graphql`, query)).status).toBe(200);
    bff.advance(1000);
    expect((await browser.post(`${bff.url}/graphql`, query)).status).toBe(401);
  });

  it('also signs out the new session', async () => {
    const callback = await toCallback();
    await loseAnswer(callback);
    const old = browser.cookieHeader(bff.url);
    expect((await signOut()).status).toBe(200);
    const again = await fetch(`${bff.url}/auth/session`, { headers: { cookie: old } });
    expect(again.status).toBe(401);
    expect(bff.idp.revoked).toEqual(['canary-refresh-code-2']);
  });

  it('does not outlive the sign-out of the provider', async () => {
    await loseAnswer(await toCallback());
    expect(await whoIs()).toBe('mira');
    await backchannelLogout();
    expect(await whoIs()).toBe(401);
  });

  it('does not lead to the session of another person', async () => {
    const old = idOf();
    const stream = await openStream();
    await stream.next();
    const callback = await toCallback();
    bff.idp.person = JOAO;
    const begun = await toCallback();
    await loseAnswer(begun);
    expect([idOf(), await whoIs()]).toEqual([old, 401]);
    expect(await stream.next()).toEqual({ name: 'ended', data: {} });
    await browser.get(callback);
    expect(await whoIs()).not.toBe('mira');
  });
});
