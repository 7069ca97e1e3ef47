import type { Request, Response } from 'express';
import { AppError, toAppError } from '../../base/errors.ts';
import type { LaunchId } from '../../base/ids.ts';
import { NearLoginError } from '../../identity/person/mapping.ts';
import { reasonOf } from '../../identity/provider/oidc-errors.ts';
import type { Arrival, Attempt } from '../../identity/session/attempts.ts';
import type { SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { attemptCookiesOf, clearCookie } from '../request/cookies.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { loginPath, namingAccount } from '../session/refused-account.ts';
import { stateOf } from '../request/request-state.ts';
import { revokeUnused, startSignIn, waitingLaunch } from '../session/sign-in-flow.ts';
import type { Destination, Destinations } from './destination.ts';

/** GET /auth/callback : the return from the identity provider. */
export const callback =
  (destinations: Destinations) =>
  async (request: Request, response: Response, deps: HttpDeps): Promise<void> => {
    stateOf(response).actions = [{ label: 'Start again', href: loginPath('/') }];
    const query = queryOf(request);
    const arrival = await deps.signIn.attempts.arrive(query.get('state'), attemptCookiesOf(request));
    if (arrival.kind === 'refused') throw new AppError('LOGIN_STATE');
    const { attempt } = arrival;
    const destination = attempt.handoverId === null ? destinations.tab : destinations.window;
    if (arrival.kind === 'unproven') {
      await destination.unproven(request, response, arrival);
      return;
    }
    // A used one proves this browser while it still sends the id of the session that the sign-in replaced.
    if (arrival.kind !== 'consumed') clearCookie(response, arrival.cookieName);
    destination.prepare(response, attempt);
    if (arrival.kind !== 'open') {
      await destination.again(request, response, { isLate: arrival.kind === 'late', attempt });
      return;
    }
    await finish(request, response, deps, { arrival, query, destination });
  };

interface Finishing {
  readonly arrival: Extract<Arrival, { kind: 'open' }>;
  readonly query: URLSearchParams;
  readonly destination: Destination;
}

async function finish(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { arrival, query, destination }: Finishing,
): Promise<void> {
  const { oidc, mapping } = deps.signIn;
  const { attempt, checks, signInId } = arrival;
  let signedIn: SignedIn | undefined;
  let principal: Principal | undefined;
  try {
    signedIn = await oidc.complete(query, checks);
    principal = await mapping(signedIn);
    await destination.arrived(request, response, { attempt, signedIn, principal, signInId });
  } catch (error) {
    if (toAppError(error).code === 'LOGIN_EXPIRED' && !attempt.isRestart) {
      await restart(request, response, deps, attempt);
      return;
    }
    await refuse(request, response, deps, { attempt, destination, error, signedIn, principal });
  }
}

/** The provider's page was open for too long: start a new sign-in at once, but only once. */
async function restart(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { returnTo, handoverId, launchId, supersedes }: Attempt,
): Promise<void> {
  const launch = await waitingLaunch(request, deps, returnTo);
  await startSignIn(request, response, deps, {
    ...{ returnTo, handoverId, launch, supersedes, isRestart: true },
    ...(launchId !== null && { launchId: launchId as LaunchId }),
  });
}

/** The sign-in failed: end everything that it began; the page shows the next steps. */
async function refuse(
  request: Request,
  response: Response,
  deps: HttpDeps,
  refusal: Refusal & { readonly attempt: Attempt; readonly destination: Destination },
): Promise<never> {
  const { attempt, destination, error, signedIn, principal } = refusal;
  logRefusal(response, deps, refusal);
  recordDecision(response, deps, { action: 'sign_in', error, principal, account: signedIn });
  if (signedIn !== undefined) await revokeUnused(request, deps, signedIn);
  destination.advise(response, attempt, error);
  await deps.signIn.attempts.stopped(attempt);
  await destination.refused(attempt, error);
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

/** Causes for the operator: which claim, the provider's error, which login nearly matches (C4). */
function causesOf(error: unknown): { readonly reason: string; readonly nearLogin?: string } {
  const reason = reasonOf(error) ?? toAppError(error).code.toLowerCase();
  const near = error instanceof AppError && error.cause instanceof NearLoginError ? error.cause : undefined;
  return { reason, ...(near !== undefined && { nearLogin: near.login }) };
}

function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://origin.invalid').searchParams;
}
