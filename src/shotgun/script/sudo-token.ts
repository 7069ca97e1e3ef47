import type { Login } from '../../base/ids.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../port/actor.ts';
import { claimsOf, type TokenDeps, type Granted, requestGrant } from '../wire/grant.ts';
import { SCRIPT } from '../wire/http-call.ts';
import { UNKNOWN_WORDS } from '../wire/site-errors.ts';
import type { Minted, PersonToken } from '../wire/tokens.ts';
import { scriptGrant } from './script-token.ts';

/**
 * Mints a token that acts as the person.
 *
 * @throws AppError NO_SHOTGUN_USER, USER_INACTIVE, IMPERSONATION_REFUSED, SHOTGUN_SUDO_REFUSED, UPSTREAM_AUTH, or
 * a failure of the site. There is no fall-back without the person's rights.
 */
export async function mintPersonToken(
  deps: TokenDeps,
  actor: Pick<Actor, 'login' | 'sessionUuid'>,
): Promise<Minted<PersonToken>> {
  const parameters: Record<string, string> = { scope: `sudo_as_login:${actor.login}` };
  if (actor.sessionUuid !== null) parameters['session_uuid'] = actor.sessionUuid;
  const { value, renewFromMs, renewAtMs } = await grantFor(deps, actor.login, parameters);
  if (!isTokenOf(actor.login, claimsOf(value).sudoAsLogin)) {
    // A site or proxy that drops the scope returns a token with the script's own rights (API 1.4). Never use it.
    throw new AppError('SHOTGUN_SUDO_REFUSED');
  }
  return { token: { value, standing: null } as PersonToken, renewFromMs, renewAtMs };
}

/**
 * An unknown refusal text may concern the script or the person. Only a token without `scope` tests the script
 * alone.
 */
async function grantFor(
  deps: TokenDeps,
  login: Login,
  scope: Readonly<Record<string, string>>,
): Promise<Granted> {
  try {
    return await requestGrant(deps, { ...scriptGrant(deps), ...scope }, login);
  } catch (error) {
    if (!(error instanceof AppError) || error.details?.['reason'] !== UNKNOWN_WORDS) throw error;
    // This token is not used. The request fails if the problem is the script.
    await requestGrant(deps, scriptGrant(deps), SCRIPT);
    throw new AppError('IMPERSONATION_REFUSED', { details: error.details, cause: error });
  }
}

/** "The exact string sent in the scope" (API 1.3) may mean the login or the whole scope. Either names the person. */
function isTokenOf(login: Login, claimed: string | null): boolean {
  return claimed === login || claimed === `sudo_as_login:${login}`;
}
