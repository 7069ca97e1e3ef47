import * as client from 'openid-client';
import type { Subject } from '../base/ids.ts';

type Claims = Readonly<Record<string, unknown>>;

/** True where a token says nothing under this name: many providers send null or an empty text for what they do not know. */
export const isMissing = (claims: Claims, name: string): boolean => {
  const value = claims[name];
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
};

/**
 * The provider's userinfo about the person of an ID token (OpenID Connect Core 5.3). The library compares `sub`, and the
 * signature of an answer that is a JWT.
 * @returns undefined where the provider refuses to tell
 */
export async function readUserinfo(
  configuration: client.Configuration,
  accessToken: string,
  subject: Subject,
): Promise<Claims | undefined> {
  try {
    return await client.fetchUserInfo(configuration, accessToken, subject);
  } catch (error) {
    // A scope that was not granted, or a token that is not for userinfo: what it would say is missing then.
    if (error instanceof client.WWWAuthenticateChallengeError || error instanceof client.ResponseBodyError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * What both say of the person. The ID token counts where both say something: it is signed and made for us.
 * `email_verified` speaks of the address beside it, so it is never taken from one for the address of the other.
 */
export function withUserinfo(idToken: Claims, userinfo: Claims): Claims {
  const said = Object.fromEntries(Object.entries(idToken).filter(([name]) => !isMissing(idToken, name)));
  const { email_verified: verifiedThere, ...others } = userinfo;
  const isAddressFromThere = isMissing(idToken, 'email');
  if (isAddressFromThere) delete said['email_verified'];
  const speaksOfSame = isAddressFromThere || idToken['email'] === userinfo['email'];
  return { ...others, ...(speaksOfSame && { email_verified: verifiedThere }), ...said };
}
