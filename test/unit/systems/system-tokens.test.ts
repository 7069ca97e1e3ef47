import { describe, expect, it } from 'vitest';
import type { SystemConfig } from '../../../src/config/config.ts';
import { createSystemTokens } from '../../../src/systems/system-tokens.ts';

const FARM: SystemConfig = {
  name: 'farm',
  connector: null,
  graphql: null,
  baseUrl: 'https://farm.example/',
  timeoutMs: 1000,
  token: { way: 'on-behalf-of', scope: 'farm' },
};

describe('a token of another system that lives for ten seconds', () => {
  it('is used for most of them, and renewed before its end', async () => {
    let nowMs = 0;
    let grants = 0;
    const onBehalfOf = async () => {
      grants += 1;
      return { accessToken: `token-${grants}`, expiresAtMs: nowMs + 10_000 };
    };
    const unused = () => Promise.reject(new Error('not asked'));
    const tokens = createSystemTokens({
      grants: { onBehalfOf, exchange: unused, clientCredentials: unused },
      clock: { now: () => nowMs },
      issuer: 'https://shotgraph.example',
    });
    const person = { key: 'k', subject: 's', login: 'mira', accessToken: async () => 'own' };
    for (; nowMs < 9000; nowMs += 1000) await tokens.credentials(FARM, person);
    expect(grants).toBe(1);
    await tokens.credentials(FARM, person);
    expect(grants).toBe(2);
  });
});
