import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair, SignJWT } from 'jose';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let bff: Bff;
let count = 0;

beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

type Claims = Readonly<Record<string, unknown>>;

const claimsOf = (changes: Claims = {}): Claims => {
  const nowSeconds = Math.floor(bff.now() / 1000);
  return {
    iss: bff.idp.issuer,
    aud: 'shotgraph',
    iat: nowSeconds,
    exp: nowSeconds + 120,
    jti: `jti-${(count += 1)}`,
    events: { [EVENT]: {} },
    sub: 'sub-mira',
    ...changes,
  };
};

const logoutToken = (changes: Claims = {}): Promise<string> =>
  bff.idp.sign(claimsOf(changes), { typ: 'logout+jwt' });

const post = (token: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${bff.url}/auth/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
    headers,
  });

const signedIn = async (sid?: string): Promise<BrowserClient> => {
  const browser = new BrowserClient(() => bff.now());
  bff.idp.bendClaims = (claims) => (sid === undefined ? claims : { ...claims, sid });
  await browser.get(`${bff.url}/auth/login`);
  return browser;
};

const isSignedIn = async (browser: BrowserClient): Promise<boolean> =>
  (await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status === 200;

describe('a back-channel logout of the provider (D18)', () => {
  it('by session signs that browser out, but not another browser of the same person', async () => {
    const [here, there] = [await signedIn('s-1'), await signedIn('s-2')];
    const answer = await post(await logoutToken({ sid: 's-1' }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([false, true]);
  });

  it('by person signs out every browser of theirs, and no other person', async () => {
    const [here, there] = [await signedIn('s-1'), await signedIn()];
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    const joao = await signedIn('s-3');
    expect((await post(await logoutToken())).status).toBe(200);
    expect([await isSignedIn(here), await isSignedIn(there), await isSignedIn(joao)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('is accepted without an expiry, as providers from before the final standard send it', async () => {
    const browser = await signedIn('s-1');
    expect((await post(await logoutToken({ sid: 's-1', exp: undefined }))).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('does not end a later sign-in when the message arrives twice (D20)', async () => {
    const browser = await signedIn('s-1');
    const token = await logoutToken();
    await post(token);
    bff.advance(1000);
    await browser.get(`${bff.url}/auth/login`);
    bff.idp.bendClaims = (claims) => ({ ...claims, sid: 's-9' });
    await browser.get(`${bff.url}/auth/login`);
    expect((await post(token)).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('of a stranger changes nothing and reveals nothing (D23)', async () => {
    const browser = await signedIn('s-1');
    const strangers = [await logoutToken({ sub: 'stranger' }), await logoutToken({ sid: 'stranger' })];
    const known = await post(await logoutToken({ sub: 'sub-joao' }));
    for (const token of strangers) {
      const answer = await post(token);
      expect([answer.status, await answer.text()]).toEqual([known.status, '']);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('can be repeated after an outage of the store', async () => {
    Object.assign(bff.store, { add: () => Promise.reject(new Error('canary-store')) });
    const answer = await post(await logoutToken());
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('canary');
  });
});

describe('an untrusted logout message changes nothing (D19)', () => {
  const refused = async (answer: Response, browser: BrowserClient): Promise<void> => {
    expect(answer.status).toBe(400);
    expect(JSON.parse(await answer.text())).toMatchObject({ error: { code: 'LOGOUT_TOKEN' } });
    expect(await isSignedIn(browser)).toBe(true);
  };

  it.each<[string, Claims]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'other' }],
    ['with a nonce', { nonce: 'n' }],
    ['without events', { events: undefined }],
    ['with events that are no object', { events: EVENT }],
    ['with another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
    ['with an event that is no object', { events: { [EVENT]: true } }],
    ['of nobody', { sub: undefined }],
    ['with a session that has no name', { sid: '' }],
    ['of ten minutes ago', { iat: Math.floor(Date.now() / 1000) - 600 }],
    ['of the future', { iat: Math.floor(Date.now() / 1000) + 600 }],
    ['without an end, of ten minutes ago', { exp: undefined, iat: Math.floor(Date.now() / 1000) - 600 }],
    ['without an end and without a time', { exp: undefined, iat: undefined }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 100 }],
    ['without an id', { jti: undefined }],
  ])('a token %s', async (_, changes) => {
    const browser = await signedIn('s-1');
    await refused(await post(await logoutToken(changes)), browser);
  });

  it.each<[string, Claims]>([
    ['iss', { iss: 'https://evil.example' }],
    ['aud', { aud: 'other' }],
    ['nonce', { nonce: 'n' }],
    ['events', { events: {} }],
    ['sub', { sub: undefined }],
    ['sid', { sid: '' }],
    ['jti', { jti: undefined }],
    ['iat', { iat: undefined }],
    ['expired', { exp: 1 }],
  ])('and the log says that it was for %s', async (reason, changes) => {
    await post(await logoutToken(changes));
    const line = bff.logLines.find((each) => each.includes('sign_out.by_provider_refused'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'warn', reason });
  });

  it('a token of another kind, key or algorithm', async () => {
    const browser = await signedIn('s-1');
    const { privateKey } = await generateKeyPair('ES256');
    const secret = new TextEncoder().encode('canary-client-secret-padded-to-32-bytes');
    const none = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const tokens = [
      await bff.idp.sign(claimsOf(), { typ: 'at+jwt' }),
      await bff.idp.sign(claimsOf(), { typ: 'logout+jwt', key: privateKey }),
      await new SignJWT({ ...claimsOf() }).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      `${none({ alg: 'none', typ: 'logout+jwt' })}.${none(claimsOf())}.`,
      await bff.idp.sign({ ...claimsOf(), events: undefined, nonce: 'n' }),
      'not-a-token',
      '',
    ];
    for (const token of tokens) await refused(await post(token), browser);
  });

  it('a body of another kind, two tokens, or far too much', async () => {
    const browser = await signedIn('s-1');
    const token = await logoutToken();
    const send = (body: string, type: string) =>
      fetch(`${bff.url}/auth/backchannel-logout`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    const form = 'application/x-www-form-urlencoded';
    await refused(await send(JSON.stringify({ logout_token: token }), 'application/json'), browser);
    await refused(await send(`logout_token=${token}&logout_token=${token}`, form), browser);
    await refused(await send('', form), browser);
    await refused(await send(`logout_token=${'a'.repeat(100_000)}`, form), browser);
    const got = await fetch(`${bff.url}/auth/backchannel-logout?logout_token=${token}`);
    expect(got.status).toBe(405);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
