import * as client from 'openid-client';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Subject } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toLoginError } from './oidc-errors.ts';
import { type SignedIn, sidOf } from './oidc-port.ts';

const INSUFFICIENT_SCOPE = 'insufficient_scope';

/** The error of RFC 6750 3.1, or derived from the status alone. */
type Refusal = typeof INSUFFICIENT_SCOPE | 'forbidden';

type Claims = Readonly<Record<string, unknown>>;

/**
 * True where the token has no value for this claim: many providers send null or an empty text for an unknown
 * value.
 */
export const isMissing = (claims: Claims, name: string): boolean => {
  const value = claims[name];
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
};

/**
 * The provider's userinfo about the person of an ID token (OpenID Connect Core 5.3). The library checks `sub`, and
 * the signature of an answer that is a JWT.
 * @returns the refusal where the provider does not release the data
 */
async function readUserinfo(
  configuration: client.Configuration,
  accessToken: string,
  subject: Subject,
): Promise<{ readonly claims: Claims } | { readonly refusal: Refusal }> {
  try {
    return { claims: await client.fetchUserInfo(configuration, accessToken, subject) };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) return { refusal };
    // A lagging cluster, or a gateway in front of it: a userinfo request does not contain the client.
    if (error instanceof client.WWWAuthenticateChallengeError)
      throw new AppError('IDP_UNAVAILABLE', { cause: error });
    throw error;
  }
}

/**
 * Undefined for other errors. A missing scope is a refusal: userinfo's claims are missing then. A token that is
 * not accepted does not show that the claim is missing.
 */
function refusalOf(error: unknown): Refusal | undefined {
  const isChallenge = error instanceof client.WWWAuthenticateChallengeError;
  if (!isChallenge && !(error instanceof client.ResponseBodyError)) return undefined;
  const words = isChallenge ? error.cause.map(({ parameters }) => parameters['error']) : [error.error];
  if (words.includes(INSUFFICIENT_SCOPE)) return INSUFFICIENT_SCOPE;
  return error.status === HTTP_STATUS.FORBIDDEN ? 'forbidden' : undefined;
}

/**
 * Merges both. The ID token wins where both have a claim: it is signed and issued for us. `email_verified`
 * describes the address beside it, so it is never combined with the address of the other source.
 */
function withUserinfo(idToken: Claims, userinfo: Claims): Claims {
  const said = Object.fromEntries(Object.entries(idToken).filter(([name]) => !isMissing(idToken, name)));
  const { email_verified: verifiedThere, ...others } = userinfo;
  const isAddressFromThere = isMissing(idToken, 'email');
  if (isAddressFromThere) delete said['email_verified'];
  const speaksOfSame = isAddressFromThere || idToken['email'] === userinfo['email'];
  return { ...others, ...(speaksOfSame && { email_verified: verifiedThere }), ...said };
}

export interface UserinfoDeps {
  readonly neededClaims: readonly string[];
  readonly logger: Logger;
  readonly configure: () => Promise<client.Configuration>;
}

/**
 * Reads userinfo where the ID token lacks the claims that identify the person. Where userinfo has the session's
 * name, that is used too: some providers put nothing of their own into an ID token.
 * Errors: `LOGIN_TOKEN`, `IDP_UNAVAILABLE`, `IDP_TIMEOUT`.
 */
export async function withMissingClaims(
  signedIn: SignedIn,
  { neededClaims, logger, configure }: UserinfoDeps,
): Promise<SignedIn> {
  const { claims, subject, tokens, idpSession } = signedIn;
  const claim = neededClaims.find((name) => isMissing(claims, name));
  if (claim === undefined) return signedIn;
  const configuration = await configure();
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return signedIn;
  const about = { upstream: 'idp', claim } as const;
  const answer = await readUserinfo(configuration, tokens.accessToken, subject).catch((error: unknown) => {
    const ours = toLoginError(error, 'token');
    logger.warn('oidc.userinfo_not_read', { ...about, code: ours.code, error });
    throw ours;
  });
  if ('refusal' in answer) {
    logger.warn('oidc.userinfo_refused', { ...about, code: 'CLAIM_MISSING', reason: answer.refusal });
    return signedIn;
  }
  const sid = idpSession.sid ?? sidOf(answer.claims);
  return { ...signedIn, claims: withUserinfo(claims, answer.claims), idpSession: { ...idpSession, sid } };
}
