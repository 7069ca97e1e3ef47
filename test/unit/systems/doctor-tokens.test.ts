import { expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { checkSystemTokens } from '../../../src/cli/doctor/system-token-checks.ts';
import type { SystemConfig } from '../../../src/config/config.ts';

const system = (name: string, audience: string): SystemConfig => ({
  ...{ name, connector: null, graphql: null, baseUrl: 'https://x.example', timeoutMs: 1 },
  token: { way: 'token-exchange', audience, scope: '', actor: '', pairwiseSubject: false },
});

it('doctor names the systems for which the provider gives this server no token, and why', async () => {
  const config = { systems: [system('farm', 'invalid_target'), system('hours', 'invalid_grant')] };
  const findings = await checkSystemTokens(config, async (_type, { audience }) => {
    throw new AppError('SYSTEM_TOKEN', { details: { providerError: audience } });
  });
  // A person who does not exist gets no token anywhere.
  expect(findings).toEqual([
    {
      level: 'fail',
      check: 'token for farm',
      found: 'the provider answers invalid_target to token-exchange',
      advice: expect.stringMatching(/for this audience at the provider/u),
    },
  ]);
});
