import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { checkSecret } from '../../../src/cli/doctor/provider-checks.ts';

const OWN = 'the-secret-of-the-client';

/** What "doctor" finds at a provider that answers with these errors, to the client's secret and to any other. */
const levelAt = async (own: string, other: string): Promise<string> => {
  const finding = await checkSecret({ oidc: { clientSecret: OWN } }, ({ oidc }) => ({
    refresh: () => {
      const providerError = oidc.clientSecret === OWN ? own : other;
      return Promise.reject(new AppError('LOGIN_DENIED', { details: { providerError } }));
    },
  }));
  return finding.level;
};

describe('the client secret, where the provider does not say that a token is unknown', () => {
  it('is accepted if the provider distinguishes it from a wrong one', async () => {
    expect(await levelAt('invalid_request', 'invalid_client')).toBe('ok');
  });

  it('is not called accepted if the provider answers the same to a wrong one', async () => {
    expect(await levelAt('invalid_request', 'invalid_request')).toBe('warn');
  });

  it('is refused by any other error', async () => {
    expect(await levelAt('invalid_client', 'invalid_client')).toBe('fail');
  });
});
