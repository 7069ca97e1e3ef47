import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { createProviderJwts, type ProviderJwts } from '../../../src/identity/provider/provider-jwts.ts';
import { FakeIdp } from '../../support/fake-idp.ts';

const AWAY_MS = 3_600_000;
/** The library keeps keys for ten minutes. */
const KEYS_ARE_OLD_MS = 660_000;

let idp: FakeIdp;
let jwts: ProviderJwts;
let offsetMs: number;
let spy: MockInstance<typeof Date.now>;

beforeEach(async () => {
  idp = new FakeIdp();
  await idp.start();
  offsetMs = 0;
  const { now } = Date;
  // The library's own memory of keys goes by this clock.
  spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
  const { issuer } = idp;
  jwts = createProviderJwts({
    oidc: { jwtFacts: async () => ({ issuer, jwksUri: `${issuer}/jwks`, algorithms: ['ES256'] }) },
    clock: { now: () => Date.now() },
    awayMs: AWAY_MS,
  });
});
afterEach(async () => {
  spy.mockRestore();
  await idp.stop();
});

const RULES = { audience: 'us', types: [''], requiredClaims: [] };
const tokenOf = (kid?: string) =>
  idp.sign({ iss: idp.issuer, aud: 'us', sub: 'sub-mira' }, kid === undefined ? {} : { kid });

describe('a token of the provider, while the signing keys cannot be read', () => {
  it('is checked with the earlier keys, for a set time', async () => {
    const token = await tokenOf();
    expect(await jwts.verify(token, RULES)).toHaveProperty('claims');
    await idp.stop();
    offsetMs += KEYS_ARE_OLD_MS;
    expect(await jwts.verify(token, RULES)).toHaveProperty('claims');
    offsetMs += AWAY_MS;
    await expect(jwts.verify(token, RULES)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
  });

  it('is not called forged where its key is unknown here', async () => {
    await jwts.verify(await tokenOf(), RULES);
    const unknown = await tokenOf('another');
    await idp.stop();
    offsetMs += KEYS_ARE_OLD_MS;
    await expect(jwts.verify(unknown, RULES)).rejects.toMatchObject({ code: 'IDP_UNAVAILABLE' });
  });

  it('is refused once the keys can be read and do not include its key', async () => {
    expect(await jwts.verify(await tokenOf('another'), RULES)).toHaveProperty('refusal');
  });
});
