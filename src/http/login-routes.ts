import type { Request, Response } from 'express';
import { AppError, toAppError } from '../base/errors.ts';
import { claimOf } from '../identity/oidc-errors.ts';
import type { Arrival } from '../identity/attempts.ts';
import type { Prompt, SignedIn } from '../identity/oidc-port.ts';
import type { Principal } from '../identity/principal.ts';
import { parseClaimsRequest } from '../identity/step-up.ts';
import { claimLaunch, loginPath } from './claim-launch.ts';
import { attemptCookiesOf, clearCookie } from './cookies.ts';
import { recordDecision } from './decisions.ts';
import type { HttpDeps } from './http-deps.ts';
import { stateOf } from './request-state.ts';
import { linkInWindow } from './link-routes.ts';
import { linkPath, needsLink } from './needs-link.ts';
import { parseReturnTo } from './return-to.ts';
import { beginSession, currentSession, revokeLater, startSignIn, waitingLaunch } from './sign-in-flow.ts';
import { handOver, inWindow, resumeInWindow } from './window-routes.ts';

const SEE_OTHER = 303;
const NO_CLAIMS =
  'claims must be a claims request of OpenID Connect: take the loginUrl of a STEP_UP error as it is.';
const PROMPTS = new Set<unknown>(['login', 'select_account', 'none'] satisfies Prompt[]);

/**
 * GET /auth/login?returnTo=&prompt=&claims= : to the identity provider. A place that is not ours, nor a front end's of the
 * configuration, becomes `/` (C17).
 */
export async function login(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { returnTo: wanted, prompt, claims: wantedClaims } = request.query;
  const returnTo = parseReturnTo(wanted, deps.config.frontEndOrigins) ?? '/';
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  const claims = parseClaimsRequest(wantedClaims);
  if (wantedClaims !== undefined && claims === undefined)
    throw new AppError('BAD_REQUEST', { message: NO_CLAIMS });
  const launch = await waitingLaunch(request, deps, returnTo);
  await startSignIn(request, response, deps, {
    returnTo,
    launch,
    claims,
    prompt: PROMPTS.has(prompt) ? (prompt as Prompt) : undefined,
  });
}

/** GET /auth/callback : back from the identity provider. */
export async function callback(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  stateOf(response).actions = [{ label: 'Start again', href: loginPath('/') }];
  const query = queryOf(request);
  const arrival = await deps.signIn.attempts.arrive(query.get('state'), attemptCookiesOf(request));
  if (arrival.kind === 'refused') throw new AppError('LOGIN_STATE');
  clearCookie(response, arrival.cookieName);
  const { returnTo, handoverId } = arrival.attempt;
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  if (handoverId !== null) inWindow(response);
  if (arrival.kind === 'open') await finish(request, response, deps, { arrival, query });
  else await resume(request, response, deps, arrival);
}

/** A callback that comes a second time or too late ends where the person wanted to go, not in an error (C2, C22). */
async function resume(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { kind, attempt }: Exclude<Arrival, { kind: 'refused' | 'open' }>,
): Promise<void> {
  if (attempt.handoverId !== null) {
    await resumeInWindow(request, response, deps, { isLate: kind === 'late', attempt });
    return;
  }
  if (kind === 'consumed' && (await currentSession(request, deps, 'peek')) !== undefined) {
    response.redirect(SEE_OTHER, attempt.returnTo);
    return;
  }
  if (attempt.isRestart) throw new AppError('LOGIN_STATE');
  const launch = await waitingLaunch(request, deps, attempt.returnTo);
  await startSignIn(request, response, deps, { returnTo: attempt.returnTo, launch, isRestart: true });
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
  const { oidc, attempts, mapping } = deps.signIn;
  const { handoverId } = arrival.attempt;
  let signedIn: SignedIn | undefined;
  let principal: Principal | undefined;
  try {
    signedIn = await oidc.complete(query, arrival.checks);
    principal = await mapping(signedIn);
    await claimLaunch(response, deps, arrival.attempt, principal);
    if (handoverId !== null) {
      const goOn = needsLink(principal) ? linkInWindow : handOver;
      await goOn(response, deps, { handoverId, principal, signedIn });
      return;
    }
  } catch (error) {
    logRefusal(response, deps, { error, signedIn, principal });
    recordDecision(response, deps, { action: 'sign_in', error, principal, account: signedIn });
    // No session is made of these tokens, so nobody could end them later.
    if (signedIn !== undefined) revokeLater(deps, signedIn.tokens);
    await attempts.stopped(arrival.attempt);
    if (handoverId !== null) await deps.signIn.handovers.refuse(handoverId);
    throw error;
  }
  await beginSession(request, response, deps, { ...signedIn, kind: 'tab', principal });
  const { returnTo } = arrival.attempt;
  response.redirect(SEE_OTHER, needsLink(principal) ? linkPath(returnTo) : returnTo);
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
    ...reasonOf(error),
    ...(signedIn === undefined ? {} : { subject: signedIn.subject }),
    ...(principal === undefined ? {} : { login: principal.login }),
  });
}

/** Which statement of the ID token was wrong, where it was one (C4). */
function reasonOf(error: unknown): { readonly reason?: string } {
  const reason = claimOf(error);
  return reason === undefined ? {} : { reason };
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://origin.invalid').searchParams;
}
