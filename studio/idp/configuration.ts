import type { IdpApi, IdpClient } from './clients.ts';
import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Configuration, interactionPolicy, KoaContextWithOIDC } from 'oidc-provider';
import * as errors from 'oidc-provider/lib/helpers/errors.js';
import { base, Prompt } from 'oidc-provider/lib/helpers/interaction_policy/index.js';
import { createMemoryAdapter } from './memory-adapter.ts';
import { renderLogoutPage, renderNotice } from './pages.ts';
import { ON_BEHALF_OF_GRANT, TOKEN_EXCHANGE_GRANT } from './token-exchange.ts';
import type { IdpPerson } from './people.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Lifetimes of codes, tokens and sessions. */
const LIVES_SECONDS = {
  AccessToken: HOUR,
  AuthorizationCode: 60,
  ClientCredentials: HOUR,
  IdToken: HOUR,
  RefreshToken: DAY,
  Interaction: HOUR,
  Session: DAY,
  Grant: DAY,
};
const PROMPTS = ['none', 'login', 'consent', 'select_account'];

export interface ProviderWays {
  readonly apis?: readonly IdpApi[] | undefined;
  readonly path?: string;
  /** All sign-ins of a browser share one grant, as at Keycloak: revoking one refresh token ends them all. */
  readonly hasOneGrant?: boolean | undefined;
}

/** The provider's configuration: its clients, people and keys, created again at each start. */
export async function createConfiguration(
  clients: readonly IdpClient[],
  people: readonly IdpPerson[],
  { apis = [], path = '', hasOneGrant = false }: ProviderWays = {},
): Promise<Configuration> {
  return {
    adapter: createMemoryAdapter(),
    clients: clients.map(clientMetadata),
    responseTypes: ['code'],
    jwks: { keys: [await createSigningKey()] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    // Puts the claims into the ID token, where Shotgraph reads them.
    conformIdTokenClaims: false,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    discovery: { prompt_values_supported: PROMPTS },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: apisFeature(apis),
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => void (context.body = renderLogoutPage(form)),
        postLogoutSuccessSource: (context) => {
          context.body = renderNotice('Signed out', 'You are signed out at the identity provider.');
        },
      },
    },
    interactions: {
      policy: createPolicy(),
      url: (_context, interaction) => `${path}/interaction/${interaction.uid}`,
    },
    ttl: LIVES_SECONDS,
    findAccount: (_context, subject) => accountOf(people, subject),
    // The identity claim, so that an API can identify the person of an access token.
    extraTokenClaims: async (_context, token) => {
      const accountId = 'accountId' in token ? token.accountId : undefined;
      return { preferred_username: people.find(({ subject }) => subject === accountId)?.login };
    },
    loadExistingGrant: grantEverything(apis, hasOneGrant),
    fetch: fetchOnLoopback,
    renderError(context, out) {
      context.type = 'html';
      context.body = renderNotice('Sign-in problem', `The sign-in could not go on: ${out.error}.`);
    },
  };
}

const clientMetadata = (client: IdpClient) => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
  redirect_uris: [...client.redirectUris],
  post_logout_redirect_uris: [...client.postLogoutRedirectUris],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    TOKEN_EXCHANGE_GRANT,
    ON_BEHALF_OF_GRANT,
  ],
  response_types: ['code' as const],
  // Requests `sid` in every ID token, even if no logout address is registered.
  backchannel_logout_session_required: true,
  ...(client.backchannelLogoutUri === undefined
    ? {}
    : { backchannel_logout_uri: client.backchannelLogoutUri }),
});

async function createSigningKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } as const;
}

/** The usual policy, and `select_account`, which shows the sign-in page to signed-in people. */
function createPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

function accountOf(people: readonly IdpPerson[], subject: string) {
  const person = people.find((candidate) => candidate.subject === subject);
  if (person === undefined) return undefined;
  const { name, email, login } = person;
  return {
    accountId: subject,
    claims: () => ({ sub: subject, name, email, email_verified: true, preferred_username: login }),
  };
}

/** The studio trusts its own clients, so there is no consent page. */
const grantEverything =
  (apis: readonly IdpApi[], hasOneGrant: boolean): NonNullable<Configuration['loadExistingGrant']> =>
  async (context) => {
    const { client, session, provider } = context.oidc;
    if (client === undefined || session?.accountId === undefined) return undefined;
    const grantId = hasOneGrant ? session.grantIdFor(client.clientId) : undefined;
    const shared = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    if (shared !== undefined) return shared;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile email offline_access');
    for (const { audience, scope } of apis) grant.addResourceScope(audience, scope);
    await grant.save();
    return grant;
  };

/** A token requested with `resource` (RFC 8707) is a JWT for that API alone. */
const apisFeature = (apis: readonly IdpApi[]) => ({
  enabled: true,
  useGrantedResource: () => true,
  /** A client that requests a token of its own names the API by the scope. */
  async defaultResource({ oidc }: KoaContextWithOIDC) {
    const { grant_type: grantType, scope } = (oidc.params ?? {}) as Readonly<
      Record<string, string | undefined>
    >;
    const api = apis.find((each) => each.scope === scope);
    return grantType === 'client_credentials' && api !== undefined ? api.audience : [];
  },
  getResourceServerInfo(_context: unknown, resource: string) {
    const api = apis.find(({ audience }) => audience === resource);
    if (api === undefined) throw new errors.InvalidTarget();
    const { audience, scope } = api;
    return { audience, scope, accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'RS256' as const } } };
  },
});

/** Back-channel logout uses loopback here, which the provider's own dispatcher refuses to reach. */
const fetchOnLoopback: NonNullable<Configuration['fetch']> = (input, init) => {
  const { dispatcher: _refusesLoopback, ...rest } = { ...init } as RequestInit & { dispatcher?: unknown };
  return fetch(input, rest);
};
