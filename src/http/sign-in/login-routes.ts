import type { Request, Response } from 'express';
import { AppError, toAppError } from '../../base/errors.ts';
import type { LaunchId } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import { NearLoginError } from '../../identity/person/mapping.ts';
import { reasonOf } from '../../identity/provider/oidc-errors.ts';
import type { Arrival, Attempt } from '../../identity/session/attempts.ts';
import type { SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import { claimLaunch } from '../launch/claim-launch.ts';
import { attemptCookiesOf, clearCookie, hasOurCookies } from '../request/cookies.ts';
import { recordDecision } from '../guard/decisions.ts';
import type { HttpDeps } from '../http-deps.ts';
import {
  actionsAfter,
  loginPath,
  namingAccount,
  parsePrompt,
  promptAfter,
} from '../session/refused-account.ts';
import { stateOf } from '../request/request-state.ts';
import { linkInWindow } from '../own-account/link-routes.ts';
import { linkPath, needsLink } from '../session/needs-link.ts';
import { assertKeepable, parseReturnTo } from '../session/return-to.ts';
import {
  beginSession,
  currentSession,
  revokeLater,
  startSignIn,
  waitingLaunch,
} from '../session/sign-in-flow.ts';
import { CLOSE_ADVICE, handOver, inWindow, resumeInWindow, showDone } from '../overlay/window-routes.ts';

const NO_CLAIMS =
  'claims must be a claims request of OpenID Connect: take the loginUrl of a STEP_UP error as it is.';

/**
 * GET /auth/login?returnTo=&prompt=&claims= : to the identity provider. A place that is not ours, nor a front end's of the
 * configuration, becomes `/` (C17).
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

/** GET /auth/callback : back from the identity provider. */
export async function callback(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  stateOf(response).actions = [{ label: 'Start again', href: loginPath('/') }];
  const query = queryOf(request);
  const arrival = await deps.signIn.attempts.arrive(query.get('state'), attemptCookiesOf(request));
  if (arrival.kind === 'refused') throw new AppError('LOGIN_STATE');
  if (arrival.kind === 'unproven') {
    await resumeUnproven(request, response, deps, arrival);
    return;
  }
  clearCookie(response, arrival.cookieName);
  beginAnswer(response, arrival.attempt);
  if (arrival.kind === 'open') await finish(request, response, deps, { arrival, query });
  else await resume(request, response, deps, { isLate: arrival.kind === 'late', attempt: arrival.attempt });
}

/** What concerns every answer to a callback that is proven to be this browser's. */
function beginAnswer(response: Response, { returnTo, handoverId, launchId }: Attempt): void {
  const state = stateOf(response);
  state.actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  state.keepsLaunch = launchId !== null;
  if (handoverId !== null) inWindow(response);
}

/**
 * A callback without its cookie. Where it goes on is kept with it and may be somebody else's, so this browser has to
 * prove it otherwise: by the session that came of it, or by the cookie of the launch that it is for.
 * Errors: `COOKIES_BLOCKED`, `LOGIN_STATE`.
 */
async function resumeUnproven(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { attempt, signInId, status }: Extract<Arrival, { kind: 'unproven' }>,
): Promise<void> {
  if (attempt.handoverId !== null) {
    inWindow(response);
    if (status !== 'consumed') throw new AppError('LOGIN_STATE');
    showDone(response, deps);
    return;
  }
  const session = await currentSession(request, deps, 'peek');
  if (session?.signInId === signInId) {
    response.redirect(HTTP_STATUS.SEE_OTHER, attempt.returnTo);
    return;
  }
  const launch = await waitingLaunch(request, deps, attempt.returnTo);
  if (launch !== undefined && launch.id === attempt.launchId) {
    beginAnswer(response, attempt);
    await resume(request, response, deps, { isLate: status === 'late', attempt });
    return;
  }
  throw new AppError(status === 'open' && !hasOurCookies(request) ? 'COOKIES_BLOCKED' : 'LOGIN_STATE');
}

/** A callback that comes a second time or too late ends where the person wanted to go, not in an error (C2, C22). */
async function resume(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { isLate, attempt }: { readonly isLate: boolean; readonly attempt: Attempt },
): Promise<void> {
  const { handoverId, returnTo, isRestart } = attempt;
  if (handoverId !== null) {
    await resumeInWindow(request, response, deps, { isLate, attempt });
    return;
  }
  if (!isLate && (await currentSession(request, deps, 'peek')) !== undefined) {
    response.redirect(HTTP_STATUS.SEE_OTHER, returnTo);
    return;
  }
  if (isRestart) throw new AppError('LOGIN_STATE');
  const launch = await waitingLaunch(request, deps, returnTo);
  await startSignIn(request, response, deps, { returnTo, launch, isRestart: true });
}

interface Finishing {
  readonly arrival: Extract<Arrival, { kind: 'open' }>;
  readonly query: URLSearchParams;
}

async function finish(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { arrival, query }: Finishing,
): Promise<void> {
  const { oidc, mapping } = deps.signIn;
  const { attempt, checks, signInId } = arrival;
  const { handoverId, returnTo } = attempt;
  let signedIn: SignedIn | undefined;
  let principal: Principal | undefined;
  try {
    signedIn = await oidc.complete(query, checks);
    principal = await mapping(signedIn);
    await claimLaunch(response, deps, attempt, principal);
    if (handoverId === null) {
      await beginSession(request, response, deps, { ...signedIn, kind: 'tab', principal, signInId });
      response.redirect(HTTP_STATUS.SEE_OTHER, needsLink(principal) ? linkPath(returnTo) : returnTo);
    } else {
      const goOn = needsLink(principal) ? linkInWindow : handOver;
      await goOn(response, deps, { handoverId, principal, signedIn });
    }
  } catch (error) {
    if (toAppError(error).code === 'LOGIN_EXPIRED' && !attempt.isRestart) {
      await restart(request, response, deps, attempt);
      return;
    }
    await refuse(response, deps, { attempt, error, signedIn, principal });
  }
}

/** The provider's page was open for too long: it shows a new one at once, and only once. */
async function restart(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { returnTo, handoverId, launchId }: Attempt,
): Promise<void> {
  const launch = await waitingLaunch(request, deps, returnTo);
  await startSignIn(request, response, deps, {
    ...{ returnTo, handoverId, launch, isRestart: true },
    ...(launchId !== null && { launchId: launchId as LaunchId }),
  });
}

/** Nobody is signed in: what was begun ends here, and the page says how to go on. */
async function refuse(
  response: Response,
  deps: HttpDeps,
  refusal: Refusal & { readonly attempt: Attempt },
): Promise<never> {
  const { attempt, error, signedIn, principal } = refusal;
  const { attempts, handovers } = deps.signIn;
  const { handoverId, returnTo } = attempt;
  logRefusal(response, deps, refusal);
  recordDecision(response, deps, { action: 'sign_in', error, principal, account: signedIn });
  // No session is made of these tokens, so nobody could end them later.
  if (signedIn !== undefined) revokeLater(deps, signedIn.tokens);
  const state = stateOf(response);
  if (handoverId === null) state.actions = actionsAfter(error, returnTo);
  else state.notes = [CLOSE_ADVICE];
  await attempts.stopped(attempt);
  if (handoverId !== null) await handovers.refuse(handoverId, promptAfter(error));
  throw signedIn === undefined ? error : namingAccount(error, signedIn.claims);
}

interface Refusal {
  readonly error: unknown;
  readonly signedIn: SignedIn | undefined;
  readonly principal: Principal | undefined;
}

function logRefusal(response: Response, deps: HttpDeps, { error, signedIn, principal }: Refusal): void {
  deps.logger.info('sign_in.refused', {
    requestId: stateOf(response).requestId,
    code: toAppError(error).code,
    ...causesOf(error),
    ...(signedIn === undefined ? {} : { subject: signedIn.subject }),
    ...(principal === undefined ? {} : { login: principal.login }),
  });
}

/** What was wrong, for the operator: which claim, what the provider said, whose login it nearly is (C4). */
function causesOf(error: unknown): { readonly reason: string; readonly nearLogin?: string } {
  const reason = reasonOf(error) ?? toAppError(error).code.toLowerCase();
  const near = error instanceof AppError && error.cause instanceof NearLoginError ? error.cause : undefined;
  return { reason, ...(near !== undefined && { nearLogin: near.login }) };
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://origin.invalid').searchParams;
}
