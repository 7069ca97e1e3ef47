import type { Request, Response } from 'express';
import { AppError, toAppError } from '../base/errors.ts';
import type { LaunchId } from '../base/ids.ts';
import type { Arrival, Attempt } from '../identity/attempts.ts';
import type { Prompt, SignedIn, Tokens } from '../identity/oidc-port.ts';
import type { Principal } from '../identity/principal.ts';
import { attemptCookiesOf, clearCookie, launchCookie, setSessionCookie } from './cookies.ts';
import type { HttpDeps } from './http-deps.ts';
import { stateOf } from './request-state.ts';
import { parseReturnTo } from './return-to.ts';
import { currentSession, startSignIn, waitingLaunch } from './sign-in-flow.ts';

const SEE_OTHER = 303;
const PROMPTS = new Set<unknown>(['login', 'select_account', 'none'] satisfies Prompt[]);

/** GET /auth/login?returnTo=&prompt= : to the identity provider. A place that is not ours, nor a front end's of the configuration, becomes `/` (C17). */
export async function login(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const { returnTo: wanted, prompt } = request.query;
  const returnTo = parseReturnTo(wanted, deps.config.frontEndOrigins) ?? '/';
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  const launch = await waitingLaunch(request, deps, returnTo);
  await startSignIn(request, response, deps, {
    returnTo,
    launch,
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
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(arrival.attempt.returnTo) }];
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
  let signedIn: SignedIn | undefined;
  let principal: Principal | undefined;
  try {
    signedIn = await oidc.complete(query, arrival.checks);
    principal = await mapping(signedIn);
    await claimLaunch(response, deps, arrival.attempt, principal);
  } catch (error) {
    logRefusal(response, deps, { error, signedIn, principal });
    // No session is made of these tokens, so nobody could end them later.
    if (signedIn !== undefined) revokeLater(deps, signedIn.tokens);
    await attempts.stopped(arrival.attempt);
    throw error;
  }
  await replaceSession(request, response, deps, { principal, signedIn });
  response.redirect(SEE_OTHER, arrival.attempt.returnTo);
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
    ...(signedIn === undefined ? {} : { subject: signedIn.subject }),
    ...(principal === undefined ? {} : { login: principal.login }),
  });
}

/**
 * The person who signed in must be the person who clicked (B1): compared before there is any session.
 * A launch that has expired meanwhile does not stop the sign-in; its page says so (B6).
 */
async function claimLaunch(
  response: Response,
  deps: HttpDeps,
  { launchId }: Attempt,
  principal: Principal,
): Promise<void> {
  if (launchId === null) return;
  const id = launchId as LaunchId;
  const outcome = await deps.launches.claim(id, principal);
  if (outcome !== 'unknown') clearCookie(response, launchCookie(id));
  if (outcome !== 'mismatch') return;
  await deps.launches.burn(id);
  stateOf(response).actions = [
    { label: 'Use another account', href: `${loginPath('/')}&prompt=select_account` },
  ];
  throw identityMismatch(
    principal,
    'Go back to ShotGrid as yourself, or use the account that clicked there.',
  );
}

/** Names only the person who is signed in: whom the launch is for is none of their business (B1). */
export function identityMismatch(principal: Principal, whatToDo: string): AppError {
  return new AppError('IDENTITY_MISMATCH', {
    message: `You are signed in as ${principal.displayName} (${principal.login}), but somebody else clicked in ShotGrid. Nothing was opened. ${whatToDo}`,
    details: { signedInAs: principal.displayName },
  });
}

interface NewSession {
  readonly principal: Principal;
  readonly signedIn: SignedIn;
}

/** Every sign-in makes a new session; what the browser had before ends, whoever it was (C15, C23). */
async function replaceSession(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { principal, signedIn }: NewSession,
): Promise<void> {
  const { sessions } = deps.signIn;
  const { idpSession } = signedIn;
  const previous = await currentSession(request, deps, 'peek');
  const { token } = await sessions.create(principal, signedIn.tokens, { idpSession });
  setSessionCookie(response, token);
  const ended = previous === undefined ? undefined : await sessions.end(previous.id);
  if (ended !== undefined) revokeLater(deps, ended);
  const { requestId } = stateOf(response);
  deps.logger.info('sign_in.completed', { requestId, login: principal.login, subject: principal.subject });
}

/** The person does not wait for it; a failure is logged. */
function revokeLater({ signIn }: HttpDeps, { refreshToken }: Tokens): void {
  if (refreshToken !== null) void signIn.revocations.revoke(refreshToken);
}

const loginPath = (returnTo: string): string => `/auth/login?returnTo=${encodeURIComponent(returnTo)}`;

function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://origin.invalid').searchParams;
}
