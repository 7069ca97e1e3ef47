import type { Provider } from 'oidc-provider';
import * as errors from 'oidc-provider/lib/helpers/errors.js';
import type { IdpApi } from './configuration.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const PARAMETERS = [
  'audience',
  'scope',
  'subject_token',
  'subject_token_type',
  'requested_token_type',
] as const;

/** Token exchange (RFC 8693): a client's token of a person for one of an API of the studio, for the same person. */
export function addTokenExchange(provider: Provider, apis: readonly IdpApi[]): void {
  provider.registerGrantType(
    GRANT_TYPE,
    async (context) => {
      const { client } = context.oidc;
      const params = context.oidc.params as Readonly<Record<string, string | undefined>>;
      const subject = await provider.AccessToken.find(String(params['subject_token']));
      if (client === undefined || subject === undefined || subject.isExpired) {
        throw new errors.InvalidGrant('subject token is not valid');
      }
      // A token that another client was given is none of this client's business.
      if (params['subject_token_type'] !== ACCESS_TOKEN || subject.clientId !== client.clientId) {
        throw new errors.InvalidGrant('subject token is not valid');
      }
      const api = apis.find(({ audience }) => audience === params['audience']);
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
      context.body = {
        access_token: await token.save(),
        issued_token_type: ACCESS_TOKEN,
        token_type: 'Bearer',
        expires_in: token.expiration,
        scope,
      };
    },
    PARAMETERS,
  );
}

export const TOKEN_EXCHANGE_GRANT = GRANT_TYPE;
