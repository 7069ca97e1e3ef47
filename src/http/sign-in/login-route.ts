import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import type { HttpDeps } from '../http-deps.ts';
import { isElsewhere } from '../guard/request-checks.ts';
import { loginPath, parsePrompt } from '../session/refused-account.ts';
import { stateOf } from '../request/request-state.ts';
import { wantedReturnTo } from '../session/return-to.ts';
import { currentSession, startSignIn, waitingLaunch } from '../session/sign-in-flow.ts';

const NO_CLAIMS =
  'claims must be a claims request of OpenID Connect: take the loginUrl of a STEP_UP error as it is.';

/**
 * GET /auth/login?returnTo=&prompt=&claims= : redirects to the identity provider. A path that leads elsewhere
 * becomes `/` (C17). A front end that is not listed, or that cannot get the cookie, is told so instead of sent round.
 * Errors: `RETURN_TO`, `OTHER_SITE`, `SIGN_IN_LOOP`, `BAD_REQUEST`.
 */
export async function login(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { returnTo: wanted, prompt, claims: wantedClaims } = request.query;
  stateOf(response).actions = [{ label: 'Sign in', href: loginPath('/') }];
  const { frontEndOrigins } = deps.config;
  const returnTo = wantedReturnTo(wanted, frontEndOrigins) ?? '/';
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  const claims = parseClaimsRequest(wantedClaims);
  if (wantedClaims !== undefined && claims === undefined)
    throw new AppError('BAD_REQUEST', { message: NO_CLAIMS });
  const origin = frontEndOrigins.find((each) => returnTo.startsWith(`${each}/`));
  if (origin !== undefined) await assertUseful(request, response, deps, { origin, returnTo });
  const launch = await waitingLaunch(request, deps, returnTo);
  stateOf(response).keepsLaunch = launch !== undefined;
  await startSignIn(request, response, deps, {
    returnTo,
    launch,
    claims,
    prompt: parsePrompt(prompt),
  });
}

/** A front end that sends people here again so soon after they have signed in for it does not get the cookie. */
const LOOP_MS = 30_000;
const SHOWS_PAGE: ReadonlySet<string> = new Set(['login', 'select_account']);

/** Errors: `OTHER_SITE`, `SIGN_IN_LOOP`. */
async function assertUseful(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { origin, returnTo }: { readonly origin: string; readonly returnTo: string },
): Promise<void> {
  if (isElsewhere(request, deps.config, origin)) {
    stateOf(response).actions = [];
    throw new AppError('OTHER_SITE', { details: { origin } });
  }
  const { prompt, claims } = request.query;
  // These show the provider's page, so the person is asked. A click is no sign of a person's wish: browsers report
  // it on every step of a navigation that a front end redirects.
  const isMeant = claims !== undefined || (typeof prompt === 'string' && SHOWS_PAGE.has(prompt));
  const session = isMeant ? undefined : await currentSession(request, deps, 'peek');
  if (session === undefined || deps.clock.now() - session.createdAtMs >= LOOP_MS) return;
  const { signInId = '' } = session;
  if ((await deps.signIn.attempts.returnToOf(signInId))?.startsWith(`${origin}/`) !== true) return;
  stateOf(response).actions = [
    { label: 'Go on', href: returnTo },
    { label: 'Sign in again', href: loginPath(returnTo, 'login') },
  ];
  throw new AppError('SIGN_IN_LOOP', { details: { origin } });
}
