import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import type { HttpDeps } from '../http-deps.ts';
import { loginPath, parsePrompt } from '../session/refused-account.ts';
import { stateOf } from '../request/request-state.ts';
import { assertKeepable, parseReturnTo } from '../session/return-to.ts';
import { startSignIn, waitingLaunch } from '../session/sign-in-flow.ts';

const NO_CLAIMS =
  'claims must be a claims request of OpenID Connect: take the loginUrl of a STEP_UP error as it is.';

/**
 * GET /auth/login?returnTo=&prompt=&claims= : redirects to the identity provider. A place that is neither ours nor
 * a configured front end's becomes `/` (C17).
 */
export async function login(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { returnTo: wanted, prompt, claims: wantedClaims } = request.query;
  stateOf(response).actions = [{ label: 'Sign in', href: loginPath('/') }];
  assertKeepable(wanted);
  const returnTo = parseReturnTo(wanted, deps.config.frontEndOrigins) ?? '/';
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  const claims = parseClaimsRequest(wantedClaims);
  if (wantedClaims !== undefined && claims === undefined)
    throw new AppError('BAD_REQUEST', { message: NO_CLAIMS });
  const launch = await waitingLaunch(request, deps, returnTo);
  stateOf(response).keepsLaunch = launch !== undefined;
  await startSignIn(request, response, deps, {
    returnTo,
    launch,
    claims,
    prompt: parsePrompt(prompt),
  });
}
