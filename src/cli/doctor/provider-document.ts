import type { Config } from '../../config/config.ts';
import { isLoopback } from '../../config/weaknesses.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

/** A discovery document as received: none of it is validated. */
export type Discovery = Readonly<Record<string, unknown>>;

const NEEDED = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
const ENDPOINTS = [...NEEDED, 'userinfo_endpoint', 'end_session_endpoint', 'revocation_endpoint'] as const;
/**
 * Without one of these a list of claims is about tokens, not about people, and does not show which claims a client
 * gets.
 */
const CLAIMS_OF_PEOPLE = ['name', 'given_name', 'family_name', 'preferred_username', 'email', 'upn'];

/** The document's issuer differs from the setting; undefined if they are equal. */
export function issuerProblem(
  { issuer: given }: Discovery,
  issuer: string,
): { readonly found: string; readonly advice: string } | undefined {
  if (given === issuer) return undefined;
  const found = `the provider calls itself ${String(given)}, the setting says ${issuer}`;
  const exactly = 'Set SHOTGRAPH_OIDC_ISSUER to exactly what the provider calls itself';
  if (typeof given !== 'string' || !URL.canParse(given)) {
    return { found: `${found}: no address`, advice: 'Correct the issuer at the provider.' };
  }
  const [there, here] = [new URL(given), new URL(issuer)];
  if (given.replace(/\/$/u, '') === issuer.replace(/\/$/u, '')) {
    return {
      found: `${found}: only the slash at the end differs`,
      advice: `${exactly}, with or without the slash at the end as it is there.`,
    };
  }
  if (there.host === here.host && there.protocol !== here.protocol) {
    const isHidden = there.protocol === 'http:';
    return {
      found: `${found}: only http and https differ`,
      advice: isHidden
        ? 'A proxy in front of the provider ends TLS and does not tell it: set its public address, or have the proxy send X-Forwarded-Proto.'
        : `${exactly}, with https.`,
    };
  }
  if (there.host !== here.host) {
    return {
      found: `${found}: another host`,
      advice: `${exactly}, where ${there.host} is the name that browsers use. Else correct the provider’s public address: a proxy in front of it may hide the name.`,
    };
  }
  return { found, advice: `${exactly}, a slash at the end included.` };
}

/** The findings about the provider's document, each with its own sentence. */
export const checkDocument = (discovery: Discovery, config: Config): readonly Finding[] => [
  ...checkEndpoints(discovery, config),
  ...checkSigning(discovery),
  ...checkPkce(discovery),
  ...checkClient(discovery, config),
  ...checkScopes(discovery, config),
  checkClaim(discovery, config),
  ...checkRenewal(discovery),
  ...checkSignOut(discovery),
];

function checkEndpoints(discovery: Discovery, { identity }: Config): Finding[] {
  const missing = NEEDED.filter((name) => typeof discovery[name] !== 'string');
  const plain = ENDPOINTS.filter((name) => isPlain(discovery[name]));
  return [
    ...(missing.length === 0
      ? []
      : [
          fail(
            'provider addresses',
            `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not told`,
            'Use a provider of OpenID Connect with published keys, or correct its discovery document.',
          ),
        ]),
    ...(plain.length === 0
      ? []
      : [
          fail(
            'provider TLS',
            `${plain.join(', ')}: http instead of https`,
            'Set the provider’s public address to https, or have the proxy in front of it send X-Forwarded-Proto: secrets and tokens go there.',
          ),
        ]),
    ...(typeof discovery['userinfo_endpoint'] === 'string'
      ? []
      : [
          warn(
            'userinfo',
            'the provider has none',
            `Have "${identity.claim}" sent in the ID token: there is no other place to read it from.`,
          ),
        ]),
  ];
}

function isPlain(address: unknown): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  return new URL(address).protocol === 'http:' && !isLoopback(address);
}

function checkSigning({ id_token_signing_alg_values_supported: algorithms }: Discovery): Finding[] {
  if (!Array.isArray(algorithms) || algorithms.some((name) => /^(?:RS|PS|ES|Ed)/u.test(String(name)))) {
    return [];
  }
  return [
    fail(
      'ID tokens',
      `the provider signs them with ${algorithms.join(', ')} only`,
      'Have it sign with a published key, such as RS256 or ES256: a shared secret is not taken.',
    ),
  ];
}

function checkPkce({ code_challenge_methods_supported: methods }: Discovery): Finding[] {
  if (Array.isArray(methods) && methods.includes('S256')) return [];
  const found = Array.isArray(methods)
    ? 'the provider does not offer S256'
    : 'the provider does not say that it knows it';
  return [
    warn(
      'PKCE',
      found,
      'Turn on PKCE with S256 for this client where the provider has it: without it a stolen code is held by the client secret alone.',
    ),
  ];
}

function checkClient(discovery: Discovery, { oidc }: Config): Finding[] {
  const {
    token_endpoint_auth_methods_supported: offered,
    require_pushed_authorization_requests: isParRequired,
  } = discovery;
  const { clientMethod, clientKey, clientSecret } = oidc;
  const ours =
    clientMethod !== 'auto'
      ? [clientMethod]
      : [
          ...(clientKey === null ? [] : ['private_key_jwt']),
          ...(clientSecret === '' ? [] : ['client_secret_basic', 'client_secret_post']),
        ];
  const isOffered = !Array.isArray(offered) || ours.some((method) => offered.includes(method));
  return [
    ...(isOffered
      ? []
      : [
          fail(
            'client authentication',
            `the provider takes ${offered.join(', ')}, these settings have ${ours.join(', ')}`,
            'Change SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION, or give a key (SHOTGRAPH_OIDC_CLIENT_KEY_FILE) or a secret. Other ways are not taken.',
          ),
        ]),
    ...(isParRequired === true && oidc.par === 'off'
      ? [
          fail(
            'pushed requests',
            'the provider takes no others, and SHOTGRAPH_OIDC_PAR is off',
            'Leave SHOTGRAPH_OIDC_PAR out.',
          ),
        ]
      : []),
  ];
}

function checkScopes({ scopes_supported: offered }: Discovery, { oidc }: Config): Finding[] {
  const missing = Array.isArray(offered)
    ? oidc.scope.split(' ').filter((scope) => scope !== '' && !offered.includes(scope))
    : [];
  if (missing.length === 0) return [];
  return [
    warn(
      'scopes',
      `the provider does not name ${missing.join(', ')}`,
      'Take it out of SHOTGRAPH_OIDC_SCOPE where the provider refuses it (invalid_scope); a list of scopes need not be complete.',
    ),
  ];
}

function checkClaim({ claims_supported: claims }: Discovery, { identity }: Config): Finding {
  const name = `${identity.claim} -> HumanUser.${identity.field}`;
  if (!Array.isArray(claims) || claims.includes(identity.claim)) return ok('claim', name);
  if (!claims.some((claim) => CLAIMS_OF_PEOPLE.includes(String(claim)))) {
    return warn(
      'claim',
      `${name}: the provider does not tell which claims about people it has`,
      `Have it send "${identity.claim}" to this client, in the ID token or in userinfo, and sign in once.`,
    );
  }
  return fail(
    'claim',
    `the provider does not offer the claim "${identity.claim}"`,
    `Choose another SHOTGRAPH_IDENTITY_CLAIM (offered: ${claims.filter((claim) => typeof claim === 'string').join(', ')}), or have it added to the ID token; a scope may be missing in SHOTGRAPH_OIDC_SCOPE.`,
  );
}

function checkRenewal({ grant_types_supported: grants }: Discovery): Finding[] {
  if (!Array.isArray(grants) || grants.includes('refresh_token')) return [];
  return [
    warn(
      'refresh tokens',
      'the provider gives none',
      'Sessions do not notice when a session ends at the provider, and fields of other systems ask for a new sign-in (STEP_UP) once the access token is over. Turn refresh tokens on where the provider has them.',
    ),
  ];
}

function checkSignOut(discovery: Discovery): Finding[] {
  const {
    end_session_endpoint: ending,
    backchannel_logout_supported: back,
    frontchannel_logout_supported: front,
  } = discovery;
  return [
    ...(typeof ending === 'string'
      ? []
      : [
          warn(
            'sign-out',
            'the provider has no end_session_endpoint',
            'Who signs out here stays signed in there, and the next sign-in may ask for nothing. Turn it on where the provider has it.',
          ),
        ]),
    ...(back === true || front === true
      ? []
      : [
          warn(
            'sign-out there',
            'the provider does not say that it tells others of it',
            'Who signs out there stays signed in here until the session ends: see SHOTGRAPH_SESSION_IDLE_SECONDS, and docs/identity-providers.md for what the provider may have without saying so.',
          ),
        ]),
  ];
}
