import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CompactSign,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import type { Config } from '../../src/config/config.ts';
import { type Bff, startBff } from '../support/bff.ts';

const AUDIENCE = 'https://shotgraph.example/graphql';
const takingTokens = (config: Config): Config => ({
  ...config,
  bearer: { audience: AUDIENCE, scopes: ['shotgraph'] },
});

let bff: Bff;
beforeAll(async () => {
  bff = await startBff({ change: takingTokens });
});
afterAll(() => bff.stop());

const nowSeconds = (): number => Math.floor(bff.now() / 1000);
const claims = (changes: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
  iss: bff.idp.issuer,
  aud: AUDIENCE,
  iat: nowSeconds(),
  exp: nowSeconds() + 300,
  scope: 'shotgraph',
  sub: 'sub-mira',
  preferred_username: 'mira',
  ...changes,
});
const signed = (changes: Readonly<Record<string, unknown>> = {}) =>
  bff.idp.sign(claims(changes), { typ: 'at+jwt' });

const ask = async (headers: Readonly<Record<string, string>>, path = '/graphql') => {
  const answer = await fetch(`${bff.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ whoami }"}',
  });
  const body = await answer.text();
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('set-cookie')).toBeNull();
  return { status: answer.status, body };
};
const bearer = (token: string) => ask({ authorization: `Bearer ${token}` });

/** The provider's public key, as anybody can read it. */
const publicKey = async () => {
  const { keys } = (await (await fetch(`${bff.idp.issuer}/jwks`)).json()) as {
    keys: [Record<string, string>];
  };
  return keys[0];
};

/** Who knows how tokens are made tries to make one. */
describe('a forged bearer token', () => {
  it('would be accepted if it were genuine', async () => {
    expect(await bearer(await signed())).toMatchObject({
      status: 200,
      body: expect.stringContaining('mira'),
    });
  });

  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'without a signature': async () => new UnsecuredJWT(claims()).encode(),
    'without a signature, in other letters': async () => {
      const header = Buffer.from('{"alg":"nOnE","typ":"at+jwt"}').toString('base64url');
      return `${header}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.`;
    },
    'whose signature was taken off': async () => `${(await signed()).split('.').slice(0, 2).join('.')}.`,
    'signed with the public key as if it were a secret': async () => {
      const jwk = await publicKey();
      const key = (await importJWK({ ...jwk, ext: true }, 'ES256')) as CryptoKey;
      const secret = new TextEncoder().encode(await exportSPKI(key).catch(() => JSON.stringify(jwk)));
      return new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: jwk['kid'] ?? '', typ: 'at+jwt' })
        .sign(secret);
    },
    'that brings its own key': async () => {
      const pair = await generateKeyPair('ES256', { extractable: true });
      const jwk = await exportJWK(pair.publicKey);
      return new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk, kid: (await publicKey())['kid'] ?? '' })
        .sign(pair.privateKey);
    },
    'that says where its key is': async () => {
      const pair = await generateKeyPair('ES256');
      return new SignJWT(claims())
        .setProtectedHeader({
          alg: 'ES256',
          typ: 'at+jwt',
          jku: 'http://127.0.0.1:9/jwks',
          x5u: 'http://127.0.0.1:9/',
        })
        .sign(pair.privateKey);
    },
    'with a key id that is a path': async () => {
      const pair = await generateKeyPair('ES256');
      return new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: '../../../dev/null' })
        .sign(pair.privateKey);
    },
    'whose claims were changed afterwards': async () => {
      const [header, , signature] = (await signed()).split('.');
      const other = Buffer.from(JSON.stringify(claims({ sub: 'sub-joao', preferred_username: 'joao' })));
      return `${header}.${other.toString('base64url')}.${signature}`;
    },
    'not to be used yet': async () => signed({ nbf: nowSeconds() + 600 }),
    'over for long': async () => signed({ exp: nowSeconds() - 3600 }),
    'whose end is a text': async () => signed({ exp: '99999999999' }),
    'for nobody': async () => signed({ aud: [] }),
    'for others only': async () => signed({ aud: ['https://a.example', `${AUDIENCE}/`] }),
    'for something that is no text': async () => signed({ aud: { [AUDIENCE]: true } }),
    'of an issuer with a slash more': async () => signed({ iss: `${bff.idp.issuer}/` }),
    'of several issuers': async () => signed({ iss: [bff.idp.issuer] }),
    'of a person that is a list': async () => signed({ sub: ['sub-mira'] }),
    'of a person without a name': async () => signed({ sub: '' }),
    'that holds no claims': async () => {
      const text = new TextEncoder().encode('[]');
      const { privateKey } = await generateKeyPair('ES256');
      return new CompactSign(text).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    },
    'of other kinds': async () => bff.idp.sign(claims(), { typ: 'logout+jwt' }),
    'that is a proof of possession': async () => bff.idp.sign(claims(), { typ: 'dpop+jwt' }),
    'that is cut in two': async () => (await signed()).slice(0, 80),
    'with more parts': async () => `${await signed()}.x.y`,
    'as long as a header may be': async () => 'a'.repeat(12_000),
  };
  it.each(Object.keys(forgeries))('%s is refused', async (name) => {
    const { status, body } = await bearer((await forgeries[name]?.()) ?? '');
    expect([status, body]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    expect(body).not.toMatch(/mira|eyJ/u);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a list', { preferred_username: ['mira'] }],
    ['an object', { preferred_username: { toString: 'mira' } }],
    ['in other letters', { preferred_username: 'MIRA' }],
    ['with a zero at its end', { preferred_username: 'mira\u0000' }],
    ['a pattern', { preferred_username: '%' }],
  ])('whose person is %s is refused', async (_, changes) => {
    const token = await signed({ ...changes, sub: `sub-${Math.random()}` });
    const { status, body } = await bearer(token);
    expect([status, body]).toEqual([403, expect.stringContaining('NO_SHOTGUN_USER')]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a part of another', { scope: 'shotgraph-admin xshotgraph' }],
    ['in other letters', { scope: 'SHOTGRAPH' }],
    ['an object', { scope: { shotgraph: true } }],
    ['none, though another claim has it', { scope: '', scp: 'shotgraph' }],
    ['one text in a list', { scope: undefined, scp: ['openid shotgraph'] }],
  ])('whose scope is %s is refused for the missing scope', async (_, changes) => {
    const { status, body } = await bearer(await signed(changes));
    expect([status, body]).toEqual([403, expect.stringContaining('missingScopes')]);
  });
});

describe('a genuine token', () => {
  it.each<[string, (token: string) => ReturnType<typeof ask>]>([
    ['in the address', (token) => ask({}, `/graphql?access_token=${token}`)],
    [
      'in a header of its own',
      (token) => ask({ 'x-access-token': token, 'x-authorization': `Bearer ${token}` }),
    ],
    ['in another spelling of the header', (token) => ask({ authorization_: `Bearer ${token}` })],
    ['twice', (token) => ask({ authorization: `Bearer ${token}, Bearer ${token}` })],
    ['in a cookie', (token) => ask({ cookie: `__Host-sid=${token}`, origin: bff.url })],
    ['of another scheme', (token) => ask({ authorization: `DPoP ${token}` })],
    [
      'as a password',
      (token) => ask({ authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` }),
    ],
  ])('%s is ignored', async (_, send) => {
    const { status, body } = await send(await signed());
    expect([status, body]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
  });

  it('and a forged one leave nothing of themselves in the log', async () => {
    await bearer(await signed());
    expect(bff.logLines.join('\n')).not.toMatch(/eyJ|Bearer|canary/u);
  });
});
