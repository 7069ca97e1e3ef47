import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createLogger } from '../../../src/base/logger.ts';
import { createOidc } from '../../../src/identity/provider/oidc.ts';
import type { Oidc, SignedIn } from '../../../src/identity/provider/oidc-port.ts';
import { FakeIdp } from '../../support/fake-idp.ts';

const SHORT_MS = 400;
const SECRET = 'canary-client-secret-of-enough-length';
const lines: string[] = [];
let idp: FakeIdp;
let offsetMs = 0;

/** @param timeoutMs short where a provider hangs, otherwise what a busy machine needs */
function oidcAt(issuer: string, timeoutMs = 10_000): Oidc {
  return createOidc(
    {
      issuer,
      clientId: 'shotgraph',
      clientSecret: SECRET,
      scope: 'openid',
      timeoutMs,
      strength: { acrValues: [], maxAgeMs: null },
      redirectUri: 'http://localhost:4000/auth/callback',
      postLogoutRedirectUri: 'http://localhost:4000/',
      loginUrl: 'http://localhost:4000/auth/login',
      allowInsecureRequests: true,
    },
    {
      clock: { now: () => Date.now() + offsetMs },
      logger: createLogger({ level: 'debug', write: (line) => lines.push(line) }),
    },
  );
}

/** Goes to the provider and back; `bend` changes the query of the way back. */
async function signIn(
  oidc: Oidc,
  bend: (query: URLSearchParams) => void = () => undefined,
): Promise<SignedIn> {
  const { url, ...checks } = await oidc.begin({});
  const answer = await fetch(url, { redirect: 'manual' });
  const query = new URL(answer.headers.get('location') ?? '').searchParams;
  bend(query);
  return oidc.complete(query, checks);
}

const codeOf = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code,
  );

beforeEach(async () => {
  offsetMs = 0;
  lines.length = 0;
  idp = new FakeIdp();
  await idp.start();
});
afterEach(() => idp.stop());

describe('signing in at the provider', () => {
  it('returns the signed-in account, and always sends PKCE, state and nonce', async () => {
    const signedIn = await signIn(oidcAt(idp.issuer));
    expect(signedIn).toMatchObject({ issuer: idp.issuer, subject: 'sub-mira' });
    const [asked] = idp.authorizations;
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('state')).toMatch(/^[\w-]{43}$/u);
    expect(asked?.get('nonce')).toMatch(/^[\w-]{43}$/u);
    expect(asked?.get('redirect_uri')).toBe('http://localhost:4000/auth/callback');
  });

  it('passes on a hint and a prompt, and sends login to a provider without select_account', async () => {
    const oidc = oidcAt(idp.issuer);
    const { url } = await oidc.begin({ loginHint: 'mira', prompt: 'select_account' });
    expect(new URL(url).searchParams.get('login_hint')).toBe('mira');
    expect(new URL(url).searchParams.get('prompt')).toBe('select_account');
    idp.metadata = { prompt_values_supported: ['none', 'login'] };
    const other = await oidcAt(idp.issuer).begin({ prompt: 'select_account' });
    expect(new URL(other.url).searchParams.get('prompt')).toBe('login');
  });

  it('ends a session at the provider and revokes a refresh token', async () => {
    const oidc = oidcAt(idp.issuer);
    const end = new URL((await oidc.endSessionUrl('the-id-token')) ?? '');
    expect(end.pathname).toBe('/end');
    expect(end.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:4000/');
    await oidc.revoke('the-refresh-token');
    expect(idp.revoked).toEqual(['the-refresh-token']);
  });
});

describe('an answer that was tampered with is refused before the code is sent', () => {
  it.each<[string, (query: URLSearchParams) => void]>([
    ['state wrong (C1)', (query) => query.set('state', 'x'.repeat(43))],
    ['state missing (C1)', (query) => query.delete('state')],
    ['state twice', (query) => query.append('state', 'second')],
    ['iss of another provider (C6)', (query) => query.set('iss', 'https://evil.example')],
    ['iss missing although it was promised (C6)', (query) => query.delete('iss')],
  ])('%s', async (_, bend) => {
    expect(await codeOf(signIn(oidcAt(idp.issuer), bend))).toBe('LOGIN_STATE');
    expect(idp.tokenRequests).toHaveLength(0);
  });

  it('PKCE refuses the code of another attempt (C5)', async () => {
    const oidc = oidcAt(idp.issuer);
    const stolen = new URL(
      (await fetch((await oidc.begin({})).url, { redirect: 'manual' })).headers.get('location') ?? '',
    ).searchParams.get('code');
    expect(await codeOf(signIn(oidc, (query) => query.set('code', stolen ?? '')))).toBe('LOGIN_STATE');
  });

  it.each([
    ['access_denied', 'LOGIN_DENIED'],
    ['login_required', 'LOGIN_REQUIRED'],
    ['temporarily_unavailable', 'IDP_UNAVAILABLE'],
    ['<script>', 'LOGIN_DENIED'],
  ])('error=%s becomes %s (C10)', async (error, code) => {
    const bend = (query: URLSearchParams): void => {
      query.delete('code');
      query.set('error', error);
      query.set('error_description', '<script>canary</script>');
    };
    expect(await codeOf(signIn(oidcAt(idp.issuer), bend))).toBe(code);
    expect(lines.join('\n')).not.toContain('canary');
  });
});

describe('an ID token that cannot be trusted', () => {
  const now = (): number => Math.floor(Date.now() / 1000);

  it.each<[string, Record<string, unknown>]>([
    ['nonce wrong (C4)', { nonce: 'other' }],
    ['nonce missing (C4)', { nonce: undefined }],
    ['wrong issuer (C7)', { iss: 'https://evil.example' }],
    ['wrong audience (C7)', { aud: 'other' }],
    ['further audience without azp (C7)', { aud: ['shotgraph', 'other'] }],
    ['expired a minute ago (C8)', { exp: now() - 60 }],
    ['issued in ten minutes (C8)', { iat: now() + 600, exp: now() + 900 }],
    ['no subject', { sub: undefined }],
    ['empty subject', { sub: '' }],
  ])('%s', async (_, changes) => {
    idp.bendClaims = (claims) => ({ ...claims, ...changes });
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe('LOGIN_TOKEN');
  });

  it.each<[string, Record<string, unknown>]>([
    ['expired five seconds ago', { exp: now() - 5 }],
    ['issued in twenty seconds', { iat: now() + 20 }],
  ])('is accepted all the same within a small clock difference: %s (C8)', async (_, changes) => {
    idp.bendClaims = (claims) => ({ ...claims, ...changes });
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe('no error');
  });

  it('is refused when it is unsigned, signed with the client secret, or with another key of the same id (C7)', async () => {
    const stranger = await generateKeyPair('ES256');
    idp.bendToken = (claims) => new UnsecuredJWT({ ...claims }).encode();
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe('LOGIN_TOKEN');
    idp.bendToken = (claims) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET));
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe('LOGIN_TOKEN');
    idp.bendToken = (claims) => idp.sign(claims, { key: stranger.privateKey });
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe('LOGIN_TOKEN');
  });
});

describe('a provider that is unavailable', () => {
  it('is found once it is up, without a restart, after being down at first (C11)', async () => {
    const { issuer } = idp;
    const oidc = oidcAt(issuer);
    await idp.stop();
    expect(await codeOf(oidc.begin({}))).toBe('IDP_UNAVAILABLE');
    await idp.start(Number(new URL(issuer).port));
    expect(await codeOf(oidc.begin({}))).toBe('IDP_UNAVAILABLE');
    offsetMs += 1000;
    expect(await codeOf(oidc.begin({}))).toBe('no error');
    expect(await codeOf(signIn(oidc))).toBe('no error');
  });

  it('is read again by each readiness check, and the result serves every sign-in', async () => {
    const { issuer } = idp;
    const oidc = oidcAt(issuer);
    expect(await codeOf(oidc.check())).toBe('no error');
    await idp.stop();
    expect(await codeOf(oidc.check())).toBe('IDP_UNAVAILABLE');
    await idp.start(Number(new URL(issuer).port));
    expect(await codeOf(oidc.check())).toBe('no error');
    expect(await codeOf(signIn(oidc))).toBe('no error');
  });

  it('is discovered once by many concurrent sign-ins', async () => {
    let reads = 0;
    idp.fault = (path) => {
      if (path.startsWith('/.well-known')) reads += 1;
      return false;
    };
    const oidc = oidcAt(idp.issuer);
    await Promise.all(Array.from({ length: 10 }, () => oidc.begin({})));
    expect(reads).toBe(1);
  });

  it.each([
    ['500', 'IDP_UNAVAILABLE', 500, 'application/json', '{}'],
    ['HTML with 200', 'IDP_UNAVAILABLE', 200, 'text/html', '<h1>Down</h1>'],
    ['truncated JSON', 'IDP_UNAVAILABLE', 200, 'application/json', '{"access_'],
    ['HTML with 403', 'IDP_UNAVAILABLE', 403, 'text/html', '<h1>No</h1>'],
    ['refuses our secret', 'IDP_UNAVAILABLE', 401, 'application/json', '{"error":"invalid_client"}'],
  ])('answers at the token endpoint: %s; the code is not sent again (C12)', async (_, ...answer) => {
    const [code, status, type, body] = answer;
    let calls = 0;
    idp.fault = (path, response) => {
      if (path !== '/token') return false;
      calls += 1;
      response.writeHead(status, { 'content-type': type }).end(body);
      return true;
    };
    expect(await codeOf(signIn(oidcAt(idp.issuer)))).toBe(code);
    expect(calls).toBe(1);
  });

  it.each(['/token', '/jwks', '/.well-known/openid-configuration'])(
    'times out when it hangs at %s (C12, C13)',
    async (slow) => {
      idp.fault = (path) => path === slow;
      expect(await codeOf(signIn(oidcAt(idp.issuer, SHORT_MS)))).toBe('IDP_TIMEOUT');
    },
  );

  it('holds no connection after hanging a hundred times (C13)', async () => {
    const oidc = oidcAt(idp.issuer, 5 * SHORT_MS);
    await oidc.begin({});
    idp.fault = (path) => path === '/token';
    const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(signIn(oidc))));
    expect(new Set(codes)).toEqual(new Set(['IDP_TIMEOUT']));
    idp.fault = undefined;
    expect(await codeOf(signIn(oidc))).toBe('no error');
    // What is left is kept for the next request; those that timed out are gone.
    for (let tries = 0; tries < 1000 && (await idp.connections()) > 10; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await idp.connections()).toBeLessThanOrEqual(10);
  });

  it('times out when it sends an endless body (C13)', async () => {
    idp.fault = (path, response) => {
      if (path !== '/token') return false;
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":"');
      return true;
    };
    expect(await codeOf(signIn(oidcAt(idp.issuer, SHORT_MS)))).toBe('IDP_TIMEOUT');
  });

  it('still lets people sign out here; a refused revocation is not retried (D16)', async () => {
    const oidc = oidcAt(idp.issuer);
    idp.fault = (path, response) => {
      if (path !== '/revoke') return false;
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error":"unsupported_token_type"}');
      return true;
    };
    await oidc.revoke('canary-refresh');
    expect(lines.join('\n')).toContain('oidc.revocation_refused');
    expect(lines.join('\n')).not.toContain('canary');
    await idp.stop();
    expect(await codeOf(oidc.revoke('canary-refresh'))).toBe('IDP_UNAVAILABLE');
    const unknown = oidcAt('http://127.0.0.1:9');
    expect(await unknown.endSessionUrl('token')).toBeUndefined();
  });

  it.each([
    [401, 'invalid_client', 'IDP_UNAVAILABLE', 'IDP_UNAVAILABLE'],
    [400, 'unauthorized_client', 'IDP_UNAVAILABLE', 'SYSTEM_TOKEN'],
    [400, 'temporarily_unavailable', 'IDP_UNAVAILABLE', 'IDP_UNAVAILABLE'],
    [400, 'invalid_grant', 'no error', 'SYSTEM_TOKEN'],
  ])(
    'with %i %s: a revocation is %s and a token for a system %s; only an answer about the token is one',
    async (status, error, revocation, grant) => {
      idp.fault = (path, response) => {
        if (path !== '/revoke' && path !== '/token') return false;
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
        return true;
      };
      const oidc = oidcAt(idp.issuer);
      expect(await codeOf(oidc.revoke('a-refresh-token'))).toBe(revocation);
      expect(await codeOf(oidc.grantFor('client_credentials', {}))).toBe(grant);
    },
  );
});
