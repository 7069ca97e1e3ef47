import { AppError } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';
import { createGrants, type GrantFor } from '../../systems/grants.ts';
import { fail, type Finding } from './finding.ts';

const ADVICE: Readonly<Record<string, string>> = {
  unauthorized_client: 'Allow the client (SHOTGRAPH_OIDC_CLIENT_ID) this grant at the provider.',
  unsupported_grant_type: 'The provider does not have this grant. Take another way in "token" of the system.',
  invalid_target: 'Let the client get tokens for this audience at the provider, or correct the audience.',
  invalid_scope: 'Correct the scope of the system, or allow it to the client at the provider.',
};

/**
 * Asks the provider for a token for each system, with a token of a person that does not exist. Whether it gives one
 * for a person is not known before somebody signs in: only what it refuses to this server is a finding.
 */
export async function checkSystemTokens(
  { systems }: Pick<Config, 'systems'>,
  grantFor: GrantFor,
): Promise<readonly Finding[]> {
  const grants = createGrants(grantFor);
  const findings = await Promise.all(
    systems.map(async ({ name, token }): Promise<Finding[]> => {
      try {
        if (token.way === 'token-exchange') await grants.exchange('doctor', token);
        if (token.way === 'on-behalf-of') await grants.onBehalfOf('doctor', token);
        if (token.way === 'client-credentials') await grants.clientCredentials(token);
        return [];
      } catch (error) {
        const said = error instanceof AppError ? String(error.details?.['providerError']) : '';
        const advice = ADVICE[said];
        if (advice === undefined) return [];
        return [fail(`token for ${name}`, `the provider answers ${said} to ${token.way}`, advice)];
      }
    }),
  );
  return findings.flat();
}
