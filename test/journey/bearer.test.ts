import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair } from 'jose';
import type { Config } from '../../src/config/config.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const AUDIENCE = 'https://shotgraph.example/graphql';
const takingTokens = (config: Config): Config => ({
  ...config,
  bearer: { audience: AUDIENCE, scopes: ['shotgraph'] },
});

let bff: Bff;

beforeEach(async () => {
  bff = await startBff({ change: takingTokens });
});
afterEach(() => bff.stop());

type Claims = Readonly<Record<string, unknown>>;

const accessToken = (changes: Claims = {}, options: Parameters<Bff['idp']['sign']>[1] = {}) => {
  const nowSeconds = Math.floor(bff.now() / 1000);
  const claims = {
    iss: bff.idp.issuer,
    aud: AUDIENCE,
    iat: nowSeconds,
    exp: nowSeconds + 300,
    scope: 'openid shotgraph',
    sub: 'sub-mira',
    preferred_username: 'mira',
    ...changes,
  };
  return bff.idp.sign(claims, { typ: 'at+jwt', ...options });
};

/** A script: no cookie, no Origin, no Fetch Metadata. */
const ask = async (authorization: string | undefined, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(`${bff.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    body: '{"query":"{ whoami }"}',
  });
  const body = (await answer.json()) as {
    data?: { whoami: string };
    errors?: { message: string; extensions: { code: string; details?: unknown } }[];
  };
  return {
    status: answer.status,
    who: body.data?.whoami,
    error: body.errors?.[0],
    code: body.errors?.[0]?.extensions.code,
    headers: answer.headers,
  };
};

describe('a service with an access token of the provider', () => {
  it('is answered as the person of the token, without cookie and without session', async () => {
    const answer = await ask(`Bearer ${await accessToken()}`);
    expect([answer.status, answer.who]).toEqual([200, 'mira']);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('may come from any origin: without the token no request can be forged', async () => {
    const token = await accessToken({ aud: [AUDIENCE, 'other'] }, { typ: 'JWT' });
    const answer = await ask(`bearer ${token}`, {
      origin: 'https://elsewhere.example',
      'sec-fetch-site': 'cross-site',
    });
    expect([answer.status, answer.who]).toEqual([200, 'mira']);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may have its scopes in Microsoft’s form', async () => {
    expect((await ask(`Bearer ${await accessToken({ scope: undefined, scp: ['shotgraph'] })}`)).who).toBe(
      'mira',
    );
  });

  it('causes only one look-up of the person in ShotGrid per minute', async () => {
    const token = await accessToken();
    await ask(`Bearer ${token}`);
    bff.people['mira'] = { id: 34, name: 'Mira Fischer', refusal: 'USER_INACTIVE' };
    expect((await ask(`Bearer ${token}`)).who).toBe('mira');
    bff.advance(61_000);
    expect((await ask(`Bearer ${token}`)).code).toBe('USER_INACTIVE');
    bff.people['mira'] = { id: 34, name: 'Mira Fischer' };
    expect((await ask(`Bearer ${token}`)).who).toBe('mira');
  });

  it.each<[string, Claims, string]>([
    ['nobody in ShotGrid', { sub: 'sub-eve', preferred_username: 'eve' }, 'NO_SHOTGUN_USER'],
    ['no person at all', { sub: 'render-farm', preferred_username: undefined }, 'CLAIM_MISSING'],
    ['another person than before', { preferred_username: 'joao' }, 'MAPPING_CHANGED'],
  ])('that maps to %s is refused as at sign-in, and never served as the script', async (_, claims, code) => {
    await ask(`Bearer ${await accessToken()}`);
    const answer = await ask(`Bearer ${await accessToken(claims)}`);
    expect([answer.status, answer.code]).toEqual([403, code]);
  });
});

describe('a bearer token is refused', () => {
  it.each<[string, Claims]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'shotgraph' }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['without an end', { exp: undefined }],
    ['of nobody', { sub: undefined }],
    ['that is an ID token', { nonce: 'n' }],
  ])('%s', async (_, claims) => {
    const answer = await ask(`Bearer ${await accessToken(claims)}`);
    expect([answer.status, answer.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.error?.message).toMatch(/Get a new one/u);
  });

  it('with another kind or key, or when it is not a token', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const tokens = [
      await accessToken({}, { typ: 'logout+jwt' }),
      await accessToken({}, { key: privateKey }),
      'nonsense',
    ];
    for (const token of tokens) expect((await ask(`Bearer ${token}`)).status).toBe(401);
    for (const header of [undefined, 'Bearer', 'Basic bWlyYTpw'])
      expect((await ask(header)).status).toBe(401);
  });

  it('without the scope, and the refusal names the scope', async () => {
    const answer = await ask(`Bearer ${await accessToken({ scope: 'openid' })}`);
    expect([answer.status, answer.code]).toEqual([403, 'FORBIDDEN']);
    expect(answer.error?.extensions.details).toEqual({ missingScopes: ['shotgraph'] });
  });

  it.each([
    ['one that is good', async () => `Bearer ${await accessToken()}`],
    ['one that cannot be read', async () => 'Bearer two words'],
    ['none after the scheme', async () => 'Bearer'],
  ])('together with the cookie of a session: %s', async (_, header) => {
    const browser = new BrowserClient();
    await browser.get(`${bff.url}/auth/login`);
    const answer = await browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      from: 'same-origin',
      headers: { authorization: await header() },
    });
    expect([answer.status, answer.body.includes('not both')]).toEqual([400, true]);
  });

  it('on a server that accepts no bearer tokens', async () => {
    const token = await accessToken();
    await bff.stop();
    bff = await startBff();
    const answer = await ask(`Bearer ${token}`);
    expect([answer.status, answer.error?.message]).toEqual([
      401,
      expect.stringMatching(/takes no bearer tokens/u),
    ]);
  });

  it('without being called invalid while the provider is unavailable', async () => {
    const token = await accessToken();
    await bff.idp.stop();
    expect((await ask(`Bearer ${token}`)).status).toBe(503);
  });
});
