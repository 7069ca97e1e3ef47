import { ownValue } from '../../base/bare.ts';
import { certificateAdvice } from './certificate-trouble.ts';
import { type AppError, toAppError } from '../../base/errors.ts';
import type { Subject } from '../../base/ids.ts';
import { HTTP_STATUS, isError, MS_PER_SECOND } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import { providerErrorOf } from '../../identity/provider/oidc-errors.ts';
import type { Oidc } from '../../identity/provider/oidc-port.ts';
import { fail, failed, type Finding, ok, warn } from './finding.ts';
import { reachAdvice } from './reach-advice.ts';
import { checkSystemTokens } from './system-token-checks.ts';
import { checkDocument, type Discovery, issuerProblem } from './provider-document.ts';

const REACH_MS = 10_000;
/** Tokens are dated by the provider's clock; the checks of a sign-in tolerate half a minute. */
const FORGIVEN_SECONDS = 30;

/** The identity provider: discovery, clock, keys, client, redirect URI, claims. */
export async function checkProvider(
  config: Config,
  oidcFor: (config: Config) => Oidc,
): Promise<readonly Finding[]> {
  const oidc = oidcFor(config);
  const { findings, discovery } = await checkIssuer(config);
  if (discovery === undefined) return findings;
  const document = checkDocument(discovery, config);
  const keys = await checkKeys(discovery);
  const tokens = await checkSystemTokens(config, (type, parameters) => oidc.grantFor(type, parameters));
  const client = [await checkRedirectUri(config, oidc), await checkSecret(config, oidcFor)];
  return [...findings, ...document, ...keys, ...client, ...tokens];
}

/** What is found at the issuer's address. */
export interface Looked {
  readonly findings: readonly Finding[];
  readonly discovery: Discovery | undefined;
}

/** The provider alone, before anything of the client is known: its discovery document and its clock. */
export async function checkIssuer({ oidc }: Pick<Config, 'oidc'>): Promise<Looked> {
  const address = `${oidc.issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
  const notFound = (found: string, advice: string): Looked => ({
    findings: [fail('provider', found, advice)],
    discovery: undefined,
  });
  let answer: Response;
  const startedMs = Date.now();
  try {
    answer = await fetch(address, { signal: AbortSignal.timeout(REACH_MS) });
  } catch (error) {
    return notFound(`${oidc.issuer} does not answer`, reachAdvice(error, 'SHOTGRAPH_OIDC_ISSUER'));
  }
  const middleMs = (startedMs + Date.now()) / 2;
  const discovery: unknown = await answer.json().catch(() => undefined);
  if (answer.status !== HTTP_STATUS.OK || !isObject(discovery)) {
    return notFound(
      `${address} answers ${answer.status}, no discovery document`,
      'SHOTGRAPH_OIDC_ISSUER must be the issuer itself, with its path where it has one (realm, tenant).',
    );
  }
  const problem = issuerProblem(discovery, oidc.issuer);
  if (problem !== undefined) return notFound(problem.found, problem.advice);
  return {
    findings: [ok('provider', `${oidc.issuer} is found`), ...checkClock(answer, middleMs)],
    discovery,
  };
}

const isObject = (value: unknown): value is Discovery =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An intermediate cache states the age of its answer. */
function checkClock({ headers }: Response, middleMs: number): Finding[] {
  const ageSeconds = Number(headers.get('age') ?? 0);
  const theirMs = Date.parse(headers.get('date') ?? '') + ageSeconds * MS_PER_SECOND;
  const skewSeconds = Math.round((middleMs - theirMs) / MS_PER_SECOND);
  if (Number.isNaN(skewSeconds) || Math.abs(skewSeconds) <= FORGIVEN_SECONDS) return [];
  const side = skewSeconds < 0 ? 'behind' : 'ahead of';
  return [
    fail(
      'provider clock',
      `this machine is ${Math.abs(skewSeconds)} s ${side} the provider`,
      'Set the clock of both (NTP): tokens would be refused as over, or as made in the future.',
    ),
  ];
}

async function checkKeys({ jwks_uri: address }: Discovery): Promise<Finding[]> {
  if (typeof address !== 'string') return [];
  const advice = 'Check jwks_uri in the discovery document, and that this machine may reach it.';
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(REACH_MS) });
    const { keys } = (await answer.json().catch(() => ({}))) as { keys?: unknown };
    if (answer.status === HTTP_STATUS.OK && Array.isArray(keys) && keys.length > 0) return [];
    return [fail('provider keys', `${address} answers ${answer.status} and no keys`, advice)];
  } catch (error) {
    return [fail('provider keys', `${address} does not answer`, certificateAdvice(error) ?? advice)];
  }
}

const REQUEST_ADVICE: Readonly<Record<string, string>> = {
  invalid_scope:
    'Take the scope that the provider does not give out of SHOTGRAPH_OIDC_SCOPE, or allow it to the client there.',
  unauthorized_client: 'Allow the client the authorization code flow at the provider.',
  invalid_request:
    'Look at SHOTGRAPH_OIDC_PARAMETERS, and at SHOTGRAPH_OIDC_PAR where the provider wants requests to be pushed.',
};

/** A provider that does not know the client or its address reports it before any sign-in. */
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
    return isError(answer.status)
      ? fail('redirect URI', `the provider refuses client or address (status ${answer.status})`, advice)
      : ok('redirect URI', `${redirectUri} is accepted`);
  } catch (error) {
    return failed('redirect URI', error, {}, advice);
  }
}

/** Longer than any provider asks, and no client's. */
const WRONG_SECRET = 'shotgraph-doctor-asks-with-a-wrong-secret';

/**
 * Uses a refresh token that does not exist: the provider checks the client first.
 *
 * @param oidcFor the provider as a server with these settings asks it
 */
export async function checkSecret<C extends { readonly oidc: { readonly clientSecret: string } }>(
  config: C,
  oidcFor: (config: C) => Pick<Oidc, 'refresh'>,
): Promise<Finding> {
  const refused = await refusalOf(oidcFor(config));
  if (refused === undefined) return ok('client secret', 'is accepted');
  const advice =
    'Set SHOTGRAPH_OIDC_CLIENT_ID and SHOTGRAPH_OIDC_CLIENT_SECRET to those of the client at the provider.';
  if (providerErrorOf(refused) !== 'invalid_request') {
    const found = `${refused.code}: the provider does not take the client’s name and secret`;
    return fail('client secret', found, advice);
  }
  // LemonLDAP::NG says this of a token that it does not know. Others say it of a client that they do not take
  // (RFC 6749 5.2): only one that tells a wrong secret apart has taken this one.
  const wrong = { ...config, oidc: { ...config.oidc, clientSecret: WRONG_SECRET } };
  const other = await refusalOf(oidcFor(wrong));
  if (other !== undefined && providerErrorOf(other) === 'invalid_client')
    return ok('client secret', 'is accepted');
  const found =
    'the provider answers invalid_request, to a wrong secret too: nobody can tell whether it takes this one';
  return warn('client secret', found, `Sign in once to see it. If that fails: ${advice}`);
}

/** Undefined where the provider refuses the token alone, and so has taken the client. */
async function refusalOf(oidc: Pick<Oidc, 'refresh'>): Promise<AppError | undefined> {
  const tokens = { idToken: '', accessToken: '', accessExpiresAtMs: null, refreshToken: 'doctor' };
  try {
    await oidc.refresh(tokens, 'doctor' as Subject);
    return undefined;
  } catch (error) {
    return toAppError(error);
  }
}
