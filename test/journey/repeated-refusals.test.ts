import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { type Bff, startBff } from '../support/bff.ts';

const AUDIENCE = 'https://shotgraph.example/graphql';
const POSTS = 25;

const studioWith = (strength: Config['oidc']['strength']) => (config: Config) => ({
  ...config,
  bearer: { audience: AUDIENCE, scopes: [] },
  oidc: { ...config.oidc, strength },
  launch: { ...config.launch, rejectsPerSecond: 10_000 },
});

let bff: Bff;
beforeEach(async () => {
  bff = await startBff({ change: studioWith({ acrValues: [], maxAgeMs: null }) });
});
afterEach(() => bff.stop());

const nowSeconds = (): number => Math.floor(bff.now() / 1000);

async function ask(claims: Readonly<Record<string, unknown>>) {
  const token = await bff.idp.sign(
    { iss: bff.idp.issuer, aud: AUDIENCE, iat: nowSeconds(), exp: nowSeconds() + 300, ...claims },
    { typ: 'at+jwt' },
  );
  const answer = await fetch(`${bff.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ whoami }"}',
  });
  const { errors } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  return { status: answer.status, code: errors?.[0]?.extensions.code, headers: answer.headers };
}

describe('the audit trail keeps repeated refusals of strangers and programs', () => {
  it('as the first record and one with the count of the others', async () => {
    for (let post = 0; post < POSTS; post += 1) {
      await fetch(`${bff.url}/ami/nowhere-${post}`, {
        method: 'POST',
        body: new URLSearchParams({ a: 'b' }),
      });
    }
    expect(bff.audited).toHaveLength(1);
    bff.flushAudit();
    expect(bff.audited).toMatchObject([
      { action: 'launch.landed', outcome: 'refused', code: 'NOT_FOUND' },
      { action: 'launch.landed', outcome: 'refused', code: 'NOT_FOUND', count: POSTS - 1 },
    ]);
    expect(bff.audited[0]).not.toHaveProperty('count');
  });

  it('by kind: another menu item and another reason have their own records', async () => {
    for (const path of ['nowhere', 'review', 'review', 'elsewhere']) {
      await fetch(`${bff.url}/ami/${path}`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
    }
    bff.flushAudit();
    expect(bff.audited.map(({ ami, count = 0 }) => [ami, count])).toEqual([
      [undefined, 0],
      ['review', 0],
      [undefined, 1],
      ['review', 1],
    ]);
  });

  it("once per person, then counted, for a refused person's bearer token", async () => {
    const nobody = { sub: 'sub-nobody', preferred_username: 'nobody' };
    for (let time = 0; time < 3; time += 1) expect((await ask(nobody)).code).toBe('NO_SHOTGUN_USER');
    bff.flushAudit();
    const refused = { action: 'access', outcome: 'refused', code: 'NO_SHOTGUN_USER', by: 'bearer' };
    expect(bff.audited).toMatchObject([
      { ...refused, subject: 'sub-nobody', issuer: bff.idp.issuer },
      { ...refused, subject: 'sub-nobody', count: 2 },
    ]);
  });
});

describe('a studio that requires a second factor and a recent sign-in requires them of bearer tokens too', () => {
  const mira = { sub: 'sub-mira', preferred_username: 'mira' };
  beforeEach(async () => {
    await bff.stop();
    bff = await startBff({ change: studioWith({ acrValues: ['mfa'], maxAgeMs: 3_600_000 }) });
  });

  it('and accepts a token that shows both', async () => {
    expect((await ask({ ...mira, acr: 'mfa', auth_time: nowSeconds() - 60 })).status).toBe(200);
  });

  it.each([
    ['shows neither', {}],
    ['shows another factor', { acr: 'password', auth_time: 0 }],
    ['shows no time of its sign-in', { acr: 'mfa' }],
    ['shows an old sign-in', { acr: 'mfa', auth_time: -7200 }],
  ])('and refuses a token that %s', async (...[, shown]) => {
    const { auth_time: age, ...others } = shown as { auth_time?: number };
    const answer = await ask({
      ...mira,
      ...others,
      ...(age !== undefined && { auth_time: nowSeconds() + age }),
    });
    expect([answer.status, answer.code]).toEqual([403, 'LOGIN_ACR']);
    expect(bff.audited).toMatchObject([{ action: 'access', code: 'LOGIN_ACR', subject: 'sub-mira' }]);
  });
});
