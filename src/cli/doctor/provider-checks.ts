import { ownValue } from '../../base/bare.ts';
import { toAppError } from '../../base/errors.ts';
import type { Subject } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import type { Oidc } from '../../identity/oidc-port.ts';
import { fail, failed, type Finding, ok, warn } from './finding.ts';

const REACH_MS = 10_000;

interface Discovery {
  readonly issuer?: unknown;
  readonly jwks_uri?: unknown;
  readonly code_challenge_methods_supported?: unknown;
  readonly claims_supported?: unknown;
  readonly id_token_signing_alg_values_supported?: unknown;
}

/** The identity provider: discovery, keys, client, redirect URI, claims. */
export async function checkProvider(config: Config, oidc: Oidc): Promise<readonly Finding[]> {
  const { finding, discovery } = await checkDiscovery(config);
  if (discovery === undefined) return [finding];
  return [
    finding,
    ...checkFeatures(discovery),
    checkClaim(config, discovery),
    await checkRedirectUri(config, oidc),
    await checkSecret(oidc),
  ];
}

async function checkDiscovery({
  oidc,
}: Config): Promise<{ finding: Finding; discovery: Discovery | undefined }> {
  const address = `${oidc.issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
  const notFound = (found: string, advice: string) => ({
    finding: fail('provider', found, advice),
    discovery: undefined,
  });
  let answer: Response;
  try {
    answer = await fetch(address, { signal: AbortSignal.timeout(REACH_MS) });
  } catch {
    return notFound(
      `${oidc.issuer} does not answer`,
      'Check SHOTGRAPH_OIDC_ISSUER, the DNS name and the certificate, and that this machine may reach it.',
    );
  }
  const discovery = (await answer.json().catch(() => undefined)) as Discovery | undefined;
  if (answer.status !== 200 || discovery === undefined) {
    return notFound(
      `${address} answers ${answer.status}, no discovery document`,
      'SHOTGRAPH_OIDC_ISSUER must be the issuer itself, with its path where it has one (realm, tenant).',
    );
  }
  if (discovery.issuer !== oidc.issuer) {
    return notFound(
      `the provider calls itself ${String(discovery.issuer)}, the setting says ${oidc.issuer}`,
      'Set SHOTGRAPH_OIDC_ISSUER to exactly what the provider calls itself, a slash at the end included.',
    );
  }
  return { finding: ok('provider', `${oidc.issuer} is found`), discovery };
}

function checkFeatures({
  jwks_uri: keys,
  code_challenge_methods_supported: methods,
  id_token_signing_alg_values_supported: algorithms,
}: Discovery): Finding[] {
  const findings: Finding[] = [];
  if (Array.isArray(algorithms) && !algorithms.some((name) => /^(?:RS|PS|ES|Ed)/u.test(String(name)))) {
    findings.push(
      fail(
        'ID tokens',
        `the provider signs them with ${algorithms.join(', ')} only`,
        'Have it sign with a published key, such as RS256 or ES256: a shared secret is not taken.',
      ),
    );
  }
  if (typeof keys !== 'string') {
    findings.push(
      fail(
        'provider keys',
        'none are published',
        'Use a provider that signs with published keys (jwks_uri).',
      ),
    );
  }
  if (Array.isArray(methods) && !methods.includes('S256')) {
    findings.push(
      warn(
        'PKCE',
        'the provider does not offer S256',
        'Turn on PKCE with S256 for this client; sign-ins may be refused.',
      ),
    );
  }
  return findings;
}

function checkClaim({ identity }: Config, { claims_supported: claims }: Discovery): Finding {
  const name = `${identity.claim} -> HumanUser.${identity.field}`;
  if (!Array.isArray(claims) || claims.includes(identity.claim)) return ok('claim', name);
  return fail(
    'claim',
    `the provider does not offer the claim "${identity.claim}"`,
    `Choose another SHOTGRAPH_IDENTITY_CLAIM (offered: ${claims.filter((claim) => typeof claim === 'string').join(', ')}), or have it added to the ID token; a scope may be missing in SHOTGRAPH_OIDC_SCOPE.`,
  );
}

const REQUEST_ADVICE: Readonly<Record<string, string>> = {
  invalid_scope:
    'Take the scope that the provider does not give out of SHOTGRAPH_OIDC_SCOPE, or allow it to the client there.',
  unauthorized_client: 'Allow the client the authorization code flow at the provider.',
  invalid_request:
    'Look at SHOTGRAPH_OIDC_PARAMETERS, and at SHOTGRAPH_OIDC_PAR where the provider wants requests to be pushed.',
};

/** A provider that does not know the client or its address says so before anybody signs in. */
async function checkRedirectUri({ http }: Config, oidc: Oidc): Promise<Finding> {
  const redirectUri = new URL('/auth/callback', http.publicUrl).href;
  const advice = `Register ${redirectUri} as a redirect URI of the client (SHOTGRAPH_OIDC_CLIENT_ID), letter by letter.`;
  try {
    const { url } = await oidc.begin({});
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) });
    const location = answer.headers.get('location') ?? '';
    const error = URL.canParse(location, url) ? new URL(location, url).searchParams.get('error') : null;
    if (error !== null) {
      return fail(
        'sign-in request',
        `the provider answers the error ${error}`,
        ownValue(REQUEST_ADVICE, error) ?? advice,
      );
    }
    return answer.status < 400
      ? ok('redirect URI', `${redirectUri} is accepted`)
      : fail('redirect URI', `the provider refuses client or address (status ${answer.status})`, advice);
  } catch (error) {
    return failed('redirect URI', error, {}, advice);
  }
}

/** With a refresh token that nobody has: the provider looks at the client first. */
async function checkSecret(oidc: Oidc): Promise<Finding> {
  const tokens = { idToken: '', accessToken: '', accessExpiresAtMs: null, refreshToken: 'doctor' };
  try {
    await oidc.refresh(tokens, 'doctor' as Subject);
    return ok('client secret', 'is accepted');
  } catch (error) {
    const { code } = toAppError(error);
    const advice =
      'Set SHOTGRAPH_OIDC_CLIENT_ID and SHOTGRAPH_OIDC_CLIENT_SECRET to those of the client at the provider.';
    return fail('client secret', `${code}: the provider does not take the client’s name and secret`, advice);
  }
}
