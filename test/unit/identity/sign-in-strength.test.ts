import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { createOidc } from '../../../src/identity/provider/oidc.ts';
import type { Oidc, SignedIn } from '../../../src/identity/provider/oidc-port.ts';
import { isFreshSignIn, type SignInStrength } from '../../../src/identity/provider/sign-in-strength.ts';
import { FakeIdp } from '../../support/fake-idp.ts';

const ANY: SignInStrength = { acrValues: [], maxAgeMs: null };
const HOUR_MS = 3_600_000;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

let idp: FakeIdp;
beforeEach(async () => {
  idp = new FakeIdp();
  await idp.start();
});
afterEach(() => idp.stop());

const oidcWith = (strength: SignInStrength): Oidc =>
  createOidc(
    {
      issuer: idp.issuer,
      clientId: 'shotgraph',
      clientSecret: 'canary-client-secret-of-enough-length',
      scope: 'openid',
      timeoutMs: 1000,
      strength,
      redirectUri: 'http://localhost:4000/auth/callback',
      postLogoutRedirectUri: 'http://localhost:4000/',
      loginUrl: 'http://localhost:4000/auth/login',
      allowInsecureRequests: true,
    },
    { clock: { now: Date.now }, logger: createLogger({ level: 'silent' }) },
  );

async function signIn(strength: SignInStrength): Promise<SignedIn> {
  const oidc = oidcWith(strength);
  const { url, ...checks } = await oidc.begin({});
  const answer = await fetch(url, { redirect: 'manual' });
  return oidc.complete(new URL(answer.headers.get('location') ?? '').searchParams, checks);
}

describe('a studio that requires a second factor (C24)', () => {
  const strength = { ...ANY, acrValues: ['mfa', 'passkey'] };

  it('requests it from the provider and accepts a sign-in with it', async () => {
    idp.bendClaims = (claims) => ({ ...claims, acr: 'passkey' });
    await signIn(strength);
    expect(idp.authorizations[0]?.get('acr_values')).toBe('mfa passkey');
  });

  it.each([[undefined], ['0'], [['mfa']], ['mfa passkey']])('refuses the answer %j', async (acr) => {
    idp.bendClaims = (claims) => ({ ...claims, acr });
    await expect(signIn(strength)).rejects.toMatchObject({ code: 'LOGIN_ACR' });
  });
});

describe('a studio that requires a recent sign-in (C24)', () => {
  const strength = { ...ANY, maxAgeMs: HOUR_MS };

  it('requests it from the provider and accepts a recent one', async () => {
    idp.bendClaims = (claims) => ({ ...claims, auth_time: nowSeconds() - 3500 });
    await signIn(strength);
    expect(idp.authorizations[0]?.get('max_age')).toBe('3600');
  });

  it('lets clocks differ by half a minute, either way', () => {
    const isFresh = (ageMs: number) => isFreshSignIn(HOUR_MS - ageMs, { maxAgeMs: HOUR_MS, nowMs: HOUR_MS });
    expect([-31_000, -30_000, HOUR_MS + 30_000, HOUR_MS + 31_000].map(isFresh)).toEqual([
      ...[false, true, true, false],
    ]);
  });

  it.each([
    ['an old one', () => nowSeconds() - 3700],
    ['one of an unknown time', () => undefined],
    ['one that is still to come', () => nowSeconds() + 60],
  ])('refuses %s', async (_, authTime) => {
    idp.bendClaims = (claims) => ({ ...claims, auth_time: authTime() });
    await expect(signIn(strength)).rejects.toMatchObject({ code: 'LOGIN_ACR' });
  });
});

it('a studio without requirements sends no parameters and accepts any sign-in', async () => {
  await signIn(ANY);
  expect([...(idp.authorizations[0]?.keys() ?? [])]).not.toContain('acr_values');
  expect([...(idp.authorizations[0]?.keys() ?? [])]).not.toContain('max_age');
});

describe('a token for another system that needs a stronger sign-in (G14)', () => {
  const ask = (body: object) => {
    idp.fault = (path, response) => {
      if (path !== '/token') return false;
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return true;
    };
    return oidcWith(ANY).grantFor('urn:ietf:params:oauth:grant-type:token-exchange', {});
  };
  const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

  it('reports where the person can sign in, with the claims that the provider requires', async () => {
    await expect(ask({ error: 'interaction_required', claims: CLAIMS })).rejects.toMatchObject({
      code: 'STEP_UP',
      details: { loginUrl: `http://localhost:4000/auth/login?claims=${encodeURIComponent(CLAIMS)}` },
    });
  });

  it('requires a new sign-in where the provider sends no claims, or unusable ones', async () => {
    const again = { code: 'STEP_UP', details: { loginUrl: 'http://localhost:4000/auth/login?prompt=login' } };
    await expect(ask({ error: 'insufficient_user_authentication' })).rejects.toMatchObject(again);
    for (const claims of ['{"prompt":"none"}', '[]', 'x', 7, `{"id_token":{"a":"${'x'.repeat(5000)}"}}`])
      await expect(ask({ error: 'interaction_required', claims })).rejects.toMatchObject(again);
  });

  it('is not reported as a refusal', async () => {
    await expect(ask({ error: 'invalid_target' })).rejects.toMatchObject({ code: 'SYSTEM_TOKEN' });
  });
});
