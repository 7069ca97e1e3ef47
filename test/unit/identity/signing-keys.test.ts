import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { createOidc } from '../../../src/identity/provider/oidc.ts';
import type { Oidc, SignedIn } from '../../../src/identity/provider/oidc-port.ts';
import { FakeIdp } from '../../support/fake-idp.ts';

let idp: FakeIdp;
let offsetMs = 0;

const oidcAt = (issuer: string): Oidc =>
  createOidc(
    {
      issuer,
      clientId: 'shotgraph',
      clientSecret: 'a-client-secret-of-enough-length',
      scope: 'openid',
      timeoutMs: 10_000,
      strength: { acrValues: [], maxAgeMs: null },
      redirectUri: 'http://localhost:4000/auth/callback',
      postLogoutRedirectUri: 'http://localhost:4000/',
      loginUrl: 'http://localhost:4000/auth/login',
      allowInsecureRequests: true,
    },
    {
      clock: { now: () => Date.now() + offsetMs },
      logger: createLogger({ level: 'debug', write: () => undefined }),
    },
  );

async function signIn(oidc: Oidc): Promise<SignedIn> {
  const { url, ...checks } = await oidc.begin({});
  const answer = await fetch(url, { redirect: 'manual' });
  return oidc.complete(new URL(answer.headers.get('location') ?? '').searchParams, checks);
}

const codeOf = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code,
  );

beforeEach(async () => {
  offsetMs = 0;
  idp = new FakeIdp();
  await idp.start();
});
afterEach(() => idp.stop());

describe('keys of the provider (C9)', () => {
  it('are replaced at the first sign-in after a rotation', async () => {
    const oidc = oidcAt(idp.issuer);
    await signIn(oidc);
    await idp.rotateKey();
    expect(await codeOf(signIn(oidc))).toBe('no error');
    expect(idp.jwksReads).toBe(2);
  });

  it('are read once for all concurrent sign-ins after a rotation', async () => {
    const oidc = oidcAt(idp.issuer);
    await signIn(oidc);
    await idp.rotateKey();
    const bothAreBack = new Promise<void>((resolve) => {
      idp.bendClaims = (claims) => {
        // The second one has its token, and needs the keys, while the first one reads them.
        if (idp.tokenRequests.length === 3) setTimeout(resolve, 50);
        return claims;
      };
    });
    idp.beforeKeys = () => bothAreBack;
    const codes = await Promise.all([codeOf(signIn(oidc)), codeOf(signIn(oidc))]);
    expect(codes).toEqual(['no error', 'no error']);
    expect(idp.jwksReads).toBe(2);
  });

  it('are read again after half a minute where they have no ids', async () => {
    const oidc = oidcAt(idp.issuer);
    idp.now = () => Date.now() + offsetMs;
    idp.bendToken = (claims) => idp.sign(claims, { kid: null });
    await signIn(oidc);
    await signIn(oidc);
    expect(idp.jwksReads).toBe(1);
    await idp.rotateKey();
    offsetMs += 30_000;
    expect(await codeOf(signIn(oidc))).toBe('no error');
    expect(idp.jwksReads).toBe(2);
  });

  it('are read once for many sign-ins, and once more for a flood of unknown ids', async () => {
    const oidc = oidcAt(idp.issuer);
    await signIn(oidc);
    await signIn(oidc);
    expect(idp.jwksReads).toBe(1);
    let count = 0;
    idp.bendToken = (claims) => idp.sign(claims, { kid: `invented-${(count += 1)}` });
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(signIn(oidc))));
    expect(new Set(codes)).toEqual(new Set(['LOGIN_TOKEN']));
    expect(idp.jwksReads).toBe(2);
  });
});
