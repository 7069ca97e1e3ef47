import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import * as errors from 'oidc-provider/lib/helpers/errors.js';
import type { IdpApi } from './clients.ts';

export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ON_BEHALF_OF_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

type Parameters = Readonly<Record<string, string | undefined>>;

/** Token exchange (RFC 8693): a client exchanges a person's token for one of a studio's API, for the same person. */
export function addTokenExchange(provider: Provider, apis: readonly IdpApi[]): void {
  provider.registerGrantType(
    TOKEN_EXCHANGE_GRANT,
    async (context) => {
      const params = context.oidc.params as Parameters;
      if (params['subject_token_type'] !== ACCESS_TOKEN) throw notValid();
      const api = apis.find(({ audience }) => audience === params['audience']);
      const token = await tokenFor(provider, context, params['subject_token'], api);
      context.body = { ...token, issued_token_type: ACCESS_TOKEN };
    },
    ['audience', 'scope', 'subject_token', 'subject_token_type', 'requested_token_type'],
  );
}

const DEFAULT_SCOPE = '/.default';

/** Microsoft's variant: the API is named by the scope, `<audience>/.default`. */
export function addOnBehalfOf(provider: Provider, apis: readonly IdpApi[]): void {
  provider.registerGrantType(
    ON_BEHALF_OF_GRANT,
    async (context) => {
      const params = context.oidc.params as Parameters;
      if (params['requested_token_use'] !== 'on_behalf_of') throw notValid();
      const api = apis.find(({ audience }) => `${audience}${DEFAULT_SCOPE}` === params['scope']);
      context.body = await tokenFor(provider, context, params['assertion'], api);
    },
    ['assertion', 'requested_token_use', 'scope'],
  );
}

async function tokenFor(
  provider: Provider,
  context: KoaContextWithOIDC,
  subjectToken: string | undefined,
  api: IdpApi | undefined,
) {
  const { client } = context.oidc;
  const subject = await provider.AccessToken.find(String(subjectToken));
  // A client must not use a token that was issued to another client.
  const isOurs = subject !== undefined && !subject.isExpired && subject.clientId === client?.clientId;
  if (client === undefined || !isOurs) throw notValid();
  if (api === undefined) throw new errors.InvalidTarget();
  const { audience, scope } = api;
  const token = new provider.AccessToken({
    accountId: subject.accountId,
    client,
    grantId: subject.grantId ?? '',
    gty: 'token_exchange',
    scope,
  });
  token.resourceServer = new provider.ResourceServer(audience, {
    audience,
    scope,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  });
  return {
    access_token: await token.save(),
    token_type: 'Bearer',
    expires_in: token.expiration,
    scope,
  };
}

const notValid = (): Error => new errors.InvalidGrant('subject token is not valid');
