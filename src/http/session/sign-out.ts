import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { assertSameOrigin, isForScript, isTopNavigation, wantsPage } from '../guard/request-checks.ts';
import type { HttpDeps } from '../http-deps.ts';
import {
  attemptCookiesOf,
  clearCookie,
  cookieOf,
  OVERLAY_SESSION_COOKIE,
  SESSION_COOKIE,
  SESSION_COOKIES,
  setSignOutCookie,
  SIGN_OUT_COOKIE,
} from '../request/cookies.ts';
import { stateOf } from '../request/request-state.ts';
import { loginPath } from './refused-account.ts';
import { wantedReturnTo } from './return-to.ts';

const HOME = '/';

/**
 * POST /auth/logout: ends the session here first, then at the identity provider as far as it can be reached (D16).
 * Programs get `{logoutUrl}`, an address of ours: the provider's has the ID token. A form is redirected to the provider.
 * A form with `returnTo` stays here and signs in with another account instead (B16).
 * Errors: `CSRF_REJECTED`, `RETURN_TO`, `BAD_REQUEST`, with the person still signed in.
 */
export async function logout(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  assertSameOrigin(request, deps.config);
  const { returnTo: wanted } = (request.body ?? {}) as { readonly returnTo?: unknown };
  const returnTo = wantedReturnTo(wanted, deps.config.frontEndOrigins);
  const providerUrl = await endSession(request, response, deps);
  if (!wantsPage(request) || isForScript(request)) {
    const logoutUrl = await ownAddressOf(response, deps, providerUrl);
    clearSession(response);
    response.json({ logoutUrl });
    return;
  }
  clearSession(response);
  response.redirect(
    HTTP_STATUS.SEE_OTHER,
    returnTo === undefined ? (providerUrl ?? HOME) : loginPath(returnTo, 'select_account'),
  );
}

/**
 * GET /auth/logout/<id> : the `logoutUrl` of a sign-out. Leads to the provider once, in the browser that signed out,
 * and to the start page otherwise.
 */
export async function leaveProvider(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  if (!isTopNavigation(request)) {
    throw new AppError('BAD_REQUEST', {
      message:
        'The logoutUrl is a page to go to, as with location.assign. It cannot be read by fetch or framed.',
    });
  }
  const { id } = request.params;
  const providerUrl = await deps.signIn.providerSignOuts.take(String(id), cookieOf(request, SIGN_OUT_COOKIE));
  if (providerUrl !== undefined) clearCookie(response, SIGN_OUT_COOKIE);
  response.redirect(HTTP_STATUS.SEE_OTHER, providerUrl ?? HOME);
}

/** The provider's address that ends its session. */
async function endSession(request: Request, response: Response, deps: HttpDeps): Promise<string | undefined> {
  const { sessions, oidc } = deps.signIn;
  const ending = { reason: 'signed_out', requestId: stateOf(response).requestId } as const;
  let idToken: string | undefined;
  for (const name of [OVERLAY_SESSION_COOKIE, SESSION_COOKIE] as const) {
    // By the cookie's token: a session that has already ended may still need a sign-out at the provider.
    const tokens = await sessions.endByToken(cookieOf(request, name), ending, attemptCookiesOf(request));
    idToken = tokens?.idToken ?? idToken;
  }
  return idToken === undefined ? undefined : oidc.endSessionUrl(idToken);
}

/** By the public address of the settings: a front end at another origin must come here, not to its own host. */
async function ownAddressOf(
  response: Response,
  { signIn, config: { http } }: HttpDeps,
  providerUrl: string | undefined,
): Promise<string> {
  if (providerUrl === undefined) return new URL(HOME, http.publicUrl).href;
  const { id, cookie } = await signIn.providerSignOuts.keep(providerUrl);
  setSignOutCookie(response, cookie);
  return new URL(`/auth/logout/${id}`, http.publicUrl).href;
}

/** Only after all else has succeeded: a person whose sign-out failed can retry (D25). */
function clearSession(response: Response): void {
  for (const name of SESSION_COOKIES) clearCookie(response, name);
}
