import type { SystemGrants, SystemToken } from './system-tokens.ts';

export type GrantFor = (
  grantType: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<SystemToken>;

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** The grants of RFC 8693, of Microsoft's on-behalf-of flow and of RFC 6749 4.4, at one provider. */
export function createGrants(grantFor: GrantFor): SystemGrants {
  return {
    exchange: (subjectToken, { audience, scope }) =>
      grantFor(TOKEN_EXCHANGE, {
        subject_token: subjectToken,
        subject_token_type: ACCESS_TOKEN,
        requested_token_type: ACCESS_TOKEN,
        ...given({ audience, scope }),
      }),
    onBehalfOf: (assertion, { scope }) =>
      grantFor(JWT_BEARER, { assertion, requested_token_use: 'on_behalf_of', scope }),
    clientCredentials: ({ audience, scope }) => grantFor('client_credentials', given({ audience, scope })),
  };
}

const given = (parameters: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
