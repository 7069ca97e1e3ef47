import * as client from 'openid-client';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import type { Subject } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toLoginError } from './oidc-errors.ts';
import type { SignedIn } from './oidc-port.ts';
import { sidOf } from './token-facts.ts';

const INSUFFICIENT_SCOPE = 'insufficient_scope';

/** In the words of RFC 6750 3.1, or by the status alone. */
type Refusal = typeof INSUFFICIENT_SCOPE | 'forbidden';

type Claims = Readonly<Record<string, unknown>>;

/** True where a token says nothing under this name: many providers send null or an empty text for what they do not know. */
export const isMissing = (claims: Claims, name: string): boolean => {
  const value = claims[name];
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
};

/**
 * The provider's userinfo about the person of an ID token (OpenID Connect Core 5.3). The library compares `sub`, and the
 * signature of an answer that is a JWT.
 * @returns the refusal where the provider refuses to tell
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
    // A cluster that lags, or a gateway in front of it: the client itself is not named to userinfo.
    if (error instanceof client.WWWAuthenticateChallengeError)
      throw new AppError('IDP_UNAVAILABLE', { cause: error });
    throw error;
  }
}

/**
 * Undefined where it is no refusal to tell. A scope that was not granted is one: what userinfo would say is missing then. A
 * token that is not taken says nothing of the claim.
 */
function refusalOf(error: unknown): Refusal | undefined {
  const isChallenge = error instanceof client.WWWAuthenticateChallengeError;
  if (!isChallenge && !(error instanceof client.ResponseBodyError)) return undefined;
  const words = isChallenge ? error.cause.map(({ parameters }) => parameters['error']) : [error.error];
  if (words.includes(INSUFFICIENT_SCOPE)) return INSUFFICIENT_SCOPE;
  return error.status === HTTP_STATUS.FORBIDDEN ? 'forbidden' : undefined;
}

/**
 * What both say of the person. The ID token counts where both say something: it is signed and made for us.
 * `email_verified` speaks of the address beside it, so it is never taken from one for the address of the other.
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
 * Userinfo is asked where the ID token lacks what decides who somebody is. Where such a provider names the session there as
 * well, that is its name: some put nothing of their own into an ID token.
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
