import { z } from 'zod';
import { clientKey } from './client-key.ts';
import {
  actingPolicy,
  bounded,
  claimName,
  extraParameters,
  flag,
  issuer,
  keyList,
  policyByRole,
  rewriteRule,
  seconds,
  storeUrl,
} from './setting-types.ts';
import type { Setting } from './setting-types.ts';

const IDENTITY = 'Single sign-on and identity';
const KEEPING = 'Sessions, launches and their store';

/** Settings of single sign-on, sessions and launches. */
export const IDENTITY_SETTINGS = {
  SHOTGRAPH_OIDC_ISSUER: {
    group: IDENTITY,
    description: 'Issuer of the OpenID Connect provider; its discovery document is read from there.',
    example: 'https://login.studio.example',
    schema: issuer,
  },
  SHOTGRAPH_OIDC_CLIENT_ID: {
    group: IDENTITY,
    description: 'Client id at the provider. The redirect URI to register is <public url>/auth/callback.',
    example: 'shotgraph',
    schema: z.string().min(1),
  },
  SHOTGRAPH_OIDC_CLIENT_SECRET: {
    group: IDENTITY,
    description: 'Client secret at the provider; needed unless private_key_jwt is used.',
    example: '(the secret that the provider showed)',
    fallback: '',
    secret: true,
    schema: z.string().refine((text) => text === '' || text.length >= 8, 'must have at least 8 characters'),
  },
  SHOTGRAPH_OIDC_CLIENT_AUTHENTICATION: {
    group: IDENTITY,
    description:
      'How this server proves its identity to the provider: client_secret_basic, client_secret_post or private_key_jwt. auto tries those that the provider offers; the log says which one it uses (oidc.client_authentication).',
    example: 'client_secret_post',
    fallback: 'auto',
    schema: z.enum(['auto', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']),
  },
  SHOTGRAPH_OIDC_CLIENT_KEY: {
    group: IDENTITY,
    description:
      'Private key for private_key_jwt: PEM (PKCS #8), or a JWK, whose kid and alg are used. RSA, EC or Ed25519. Best in a file.',
    example: '(content of client-key.pem)',
    fallback: '',
    secret: true,
    hasLines: true,
    schema: clientKey,
  },
  SHOTGRAPH_OIDC_PAR: {
    group: IDENTITY,
    description:
      'Sends the request of a sign-in to the provider first (pushed authorization requests, RFC 9126): auto does where its discovery document requires it, on always, off never.',
    example: 'on',
    fallback: 'auto',
    schema: flag,
  },
  SHOTGRAPH_OIDC_PARAMETERS: {
    group: IDENTITY,
    description:
      'Further parameters of the request of a sign-in, as in an address: name=value, joined by &. Those that this server sets itself are refused.',
    example: 'access_type=offline&hd=studio.example',
    fallback: '',
    schema: extraParameters,
  },
  SHOTGRAPH_OIDC_SCOPE: {
    group: IDENTITY,
    description: 'Scopes to ask for; openid is needed.',
    example: 'openid profile email',
    fallback: 'openid profile email',
    schema: z.string().regex(/(?:^| )openid(?: |$)/u, 'must contain openid'),
  },
  SHOTGRAPH_OIDC_TIMEOUT_SECONDS: {
    group: IDENTITY,
    description: 'Time that one call to the provider may take.',
    example: '5',
    fallback: '5',
    schema: seconds(1, 60),
  },
  SHOTGRAPH_OIDC_AWAY_SECONDS: {
    group: IDENTITY,
    description:
      'How long a session goes on, within its own limits, while the provider cannot be asked for new tokens: counted from the end of its access token, or from the first failed try where that is later. Calls of other systems that need the token fail meanwhile. If the provider refuses new tokens, the session ends at once. 0: it ends at the first failed try.',
    example: '3600',
    fallback: '3600',
    schema: seconds(0, 86_400),
  },
  SHOTGRAPH_OIDC_ACR_VALUES: {
    group: IDENTITY,
    description:
      'Authentication contexts (acr) of which a sign-in must have one, separated by spaces: they are asked for, and other sign-ins are refused. Empty accepts any.',
    example: 'urn:studio:second-factor',
    fallback: '',
    schema: z.string().transform((text) => text.split(' ').filter((value) => value !== '')),
  },
  SHOTGRAPH_OIDC_MAX_AGE_SECONDS: {
    group: IDENTITY,
    description:
      'How long ago a person may have signed in at the provider. If it is longer ago, the provider asks for the sign-in again. 0 accepts any sign-in.',
    example: '43200',
    fallback: '0',
    schema: seconds(0, 2_592_000).transform((ageMs) => (ageMs === 0 ? null : ageMs)),
  },
  SHOTGRAPH_IDENTITY_CLAIM: {
    group: IDENTITY,
    description:
      'Claim that names the person, in the ID token or else in userinfo. Choose one that people cannot edit.',
    example: 'preferred_username',
    fallback: 'preferred_username',
    schema: claimName,
  },
  SHOTGRAPH_IDENTITY_FIELD: {
    group: IDENTITY,
    description:
      'Field of HumanUser that holds the claim: login, compared letter by letter, or email, compared with A to Z and a to z as the same and nothing else.',
    example: 'login',
    fallback: 'login',
    schema: z.enum(['login', 'email']),
  },
  SHOTGRAPH_IDENTITY_REWRITE: {
    group: IDENTITY,
    description:
      'Rewrites the claim before it is looked up: <regular expression> => <replacement>. The expression must match the whole claim.',
    example: '([^@]+)@studio\\.example => $1',
    fallback: '',
    schema: rewriteRule,
  },
  SHOTGRAPH_IDENTITY_CASE: {
    group: IDENTITY,
    description:
      'Letter case of the claim: exact takes it as it is, lower takes A to Z as a to z before the rewrite and before it is looked up. Choose lower only where no two accounts of the provider differ in case alone.',
    example: 'lower',
    fallback: 'exact',
    schema: z.enum(['exact', 'lower']),
  },
  SHOTGRAPH_IDENTITY_EMAIL_VERIFIED: {
    group: IDENTITY,
    description:
      'Where the claim is email: required takes only addresses that the provider calls verified (email_verified is true). not-sent also takes those of a provider that never says it; choose it only where people cannot choose their address there.',
    example: 'not-sent',
    fallback: 'required',
    schema: z.enum(['required', 'not-sent']),
  },
  SHOTGRAPH_ACTING_POLICY: {
    group: IDENTITY,
    description:
      'What happens to people whom ShotGrid does not let the script act for: deny refuses them and says why; own-credentials lets them link their own ShotGrid account for the session; block-admins refuses them and, in any case, everybody whose permission role is named Admin or Administrator.',
    example: 'own-credentials',
    fallback: 'deny',
    schema: actingPolicy,
  },
  SHOTGRAPH_ACTING_POLICY_BY_ROLE: {
    group: IDENTITY,
    description:
      'The same for single permission roles: <role>=<policy>, comma separated. People of a role with block-admins are refused in any case.',
    example: 'Admin=own-credentials, Vendor=deny',
    fallback: '',
    schema: policyByRole,
  },
  SHOTGRAPH_BEARER_AUDIENCE: {
    group: IDENTITY,
    description:
      'Audience (aud) of access tokens that services may send as "Authorization: Bearer"; empty accepts none. They must be JWTs of the same provider with the identity claim of a person.',
    example: 'https://shotgraph.studio.example/graphql',
    fallback: '',
    schema: z.string().transform((text) => (text === '' ? null : text)),
  },
  SHOTGRAPH_BEARER_SCOPE: {
    group: IDENTITY,
    description: 'Scopes that such a token must have, separated by spaces; empty asks for none.',
    example: 'shotgraph',
    fallback: '',
    schema: z.string().transform((text) => text.split(' ').filter((scope) => scope !== '')),
  },
  SHOTGRAPH_STORE_URL: {
    group: KEEPING,
    description:
      'Where sessions and launches are kept: memory: (one process) or redis://host:port (any number of processes); rediss:// for TLS.',
    example: 'redis://127.0.0.1:6379',
    fallback: 'memory:',
    secret: true,
    schema: storeUrl,
  },
  SHOTGRAPH_ENCRYPTION_KEYS: {
    group: KEEPING,
    description:
      'Keys that encrypt what is kept: 32 random bytes in base64 each (openssl rand -base64 32), newest first, comma separated.',
    example: '(output of openssl rand -base64 32)',
    secret: true,
    schema: keyList,
  },
  SHOTGRAPH_SESSION_IDLE_SECONDS: {
    group: KEEPING,
    description: 'A session ends after this time without a request.',
    example: '28800',
    fallback: '28800',
    schema: seconds(60, 604_800),
  },
  SHOTGRAPH_SESSION_MAX_SECONDS: {
    group: KEEPING,
    description: 'A session ends after this time in any case.',
    example: '86400',
    fallback: '86400',
    schema: seconds(60, 2_592_000),
  },
  SHOTGRAPH_OVERLAY_IDLE_SECONDS: {
    group: KEEPING,
    description:
      "A session in ShotGrid's overlay ends after this time without a request, or after that of SHOTGRAPH_SESSION_IDLE_SECONDS if it is shorter.",
    example: '3600',
    fallback: '3600',
    schema: seconds(60, 604_800),
  },
  SHOTGRAPH_SESSIONS_PER_PERSON: {
    group: KEEPING,
    description: 'Sessions that one person may have at once. Beyond it the least recently used one ends.',
    example: '10',
    fallback: '10',
    schema: bounded(1, 1000),
  },
  SHOTGRAPH_LOGINS_PER_MINUTE: {
    group: KEEPING,
    description:
      'Sign-ins that may begin per minute and address before the address has to wait, and as many unknown session cookies, at all servers on one Redis together; a studio often has one address.',
    example: '600',
    fallback: '600',
    schema: bounded(1, 100_000),
  },
  SHOTGRAPH_AMI_MAX_AGE_SECONDS: {
    group: KEEPING,
    description:
      'Age up to which a launch is accepted: of the signed post, or of the event that a light payload names.',
    example: '60',
    fallback: '60',
    schema: seconds(5, 3600),
  },
  SHOTGRAPH_AMI_CLOCK_SKEW_SECONDS: {
    group: KEEPING,
    description:
      'Difference between the clocks of ShotGrid and this server that is tolerated; 0 accepts no launch from the future.',
    example: '10',
    fallback: '10',
    schema: seconds(0, 300),
  },
  SHOTGRAPH_AMI_MAX_BYTES: {
    group: KEEPING,
    description: 'Largest accepted launch, in bytes; 20,000 ids in both lists take about 320,000 bytes.',
    example: '1048576',
    fallback: '1048576',
    schema: bounded(16_384, 33_554_432),
  },
  SHOTGRAPH_AMI_MAX_IDS: {
    group: KEEPING,
    description: 'Selected ids that a launch may have; more are refused. As many ids of the page are kept.',
    example: '50000',
    fallback: '50000',
    schema: bounded(1, 1_000_000),
  },
  SHOTGRAPH_AMI_REJECTS_PER_SECOND: {
    group: KEEPING,
    description:
      'Refused launches per second and address before the address has to wait, at all servers on one Redis together; beyond that, twice this number more in ten seconds.',
    example: '400',
    fallback: '400',
    schema: bounded(1, 100_000),
  },
  SHOTGRAPH_LAUNCH_CLAIM_SECONDS: {
    group: KEEPING,
    description: 'Time that a launch waits for its person to sign in.',
    example: '600',
    fallback: '600',
    schema: seconds(1, 3600),
  },
  SHOTGRAPH_LAUNCH_TTL_SECONDS: {
    group: KEEPING,
    description: 'Time that an opened launch can be used.',
    example: '43200',
    fallback: '43200',
    schema: seconds(60, 86_400),
  },
  SHOTGRAPH_LAUNCH_MEMORY_MIB: {
    group: KEEPING,
    description: 'Memory for launches, of a store memory:; more are refused. 10,000 ids take about 35 KB.',
    example: '128',
    fallback: '128',
    schema: bounded(1, 16_384),
  },
} as const satisfies Record<string, Setting>;
