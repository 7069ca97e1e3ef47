import type { Request, Response } from 'express';
import type { LaunchId, SessionToken } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import type { Launch } from '../../launch/launch.ts';
import type { IdpSession, Prompt, Tokens } from '../../identity/provider/oidc-port.ts';
import type { Ending } from '../../identity/session/ended-session.ts';
import type { Principal, Session, SessionKind } from '../../identity/person/principal.ts';
import {
  attemptCookiesOf,
  clearCookie,
  cookieOf,
  type HostCookie,
  launchCookie,
  OVERLAY_SESSION_COOKIE,
  SESSION_COOKIE,
  setAttemptCookie,
  setSessionCookie,
} from '../request/cookies.ts';
import { recordDecision } from '../guard/decisions.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';
import { launchIdOf } from './return-to.ts';

export interface SignInOptions {
  /** Canonical path of our own. */
  readonly returnTo: string;
  readonly prompt?: Prompt | undefined;
  readonly claims?: string | undefined;
  readonly isRestart?: boolean;
  /** The launch that waits for this sign-in, proven to be this browser's. */
  readonly launch?: Launch | undefined;
  /** The same where only its id is known. */
  readonly launchId?: LaunchId;
  readonly loginHint?: string | null | undefined;
  /** The handover to a frame that this sign-in is for. */
  readonly handoverId?: string | null;
}

/** Begins a sign-in and sends the browser to the identity provider. */
export async function startSignIn(
  request: Request,
  response: Response,
  deps: HttpDeps,
  options: SignInOptions,
): Promise<void> {
  const { oidc, attempts } = deps.signIn;
  const { returnTo, prompt, launch, launchId, loginHint, handoverId = null, isRestart = false } = options;
  await deps.limits.logins.count(request, response);
  const hint = launch?.payload.userLogin ?? loginHint ?? undefined;
  const { url, ...checks } = await oidc.begin({ loginHint: hint, prompt, claims: options.claims });
  const attempt = { returnTo, launchId: launch?.id ?? launchId ?? null, handoverId, isRestart };
  const { cookie, evicted } = await attempts.begin(attempt, checks, attemptCookiesOf(request));
  for (const name of evicted) clearCookie(response, name);
  setAttemptCookie(response, cookie);
  response.redirect(HTTP_STATUS.SEE_OTHER, url);
}

/** The launch that a path of ours opens, where this browser posted it and nobody has claimed it yet. */
export async function waitingLaunch(
  request: Request,
  deps: HttpDeps,
  returnTo: string,
): Promise<Launch | undefined> {
  const id = launchIdOf(returnTo);
  if (id === undefined) return undefined;
  const access = await deps.launches.access(id, cookieOf(request, launchCookie(id)), undefined);
  return access.kind === 'unclaimed' ? access.launch : undefined;
}

/**
 * The session of something that a person does: kept for another while, with tokens that live (D12).
 * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT` where they could not be renewed.
 */
export async function liveSession(
  request: Request,
  response: Response,
  deps: HttpDeps,
): Promise<Session | undefined> {
  const session = await currentSession(request, deps, 'slide');
  if (session === undefined) return undefined;
  if ((await deps.signIn.tokenKeeper.keepFresh(session)) === 'alive') return session;
  clearCookie(response, session.kind === 'tab' ? SESSION_COOKIE : OVERLAY_SESSION_COOKIE);
  return undefined;
}

/**
 * The session of a tab or of ShotGrid's frame, each from its own cookie alone (E12).
 * @param use `peek` for what happens without a person's doing
 */
export async function currentSession(
  request: Request,
  deps: HttpDeps,
  use: 'slide' | 'peek',
): Promise<Session | undefined> {
  const session = await findSession(request, deps, SESSION_COOKIE, use);
  if (session?.kind === 'tab') return asLinked(session, deps);
  // A page that fills a tab is not in the frame, whatever cookie it brings.
  if (request.headers['sec-fetch-dest'] === 'document') return undefined;
  const overlay = await findSession(request, deps, OVERLAY_SESSION_COOKIE, use);
  return overlay?.kind === 'overlay' ? asLinked(overlay, deps) : undefined;
}

// oxlint-disable-next-line max-params
async function findSession(
  request: Request,
  deps: HttpDeps,
  cookie: HostCookie,
  use: 'slide' | 'peek',
): Promise<Session | undefined> {
  const token = cookieOf(request, cookie);
  if (token === undefined) return undefined;
  return deps.limits.guesses.guard(request, token, () => deps.signIn.sessions.find(token, use));
}

/** An account whose tokens ShotGrid takes no more counts as none: the person can link it again. */
async function asLinked(session: Session, { accounts }: HttpDeps): Promise<Session> {
  const { principal } = session;
  if (principal.acting.way !== 'own' || principal.acting.account === null) return session;
  if (await accounts.isLinked(principal.acting.account)) return session;
  return { ...session, principal: { ...principal, acting: { way: 'own', account: null } } };
}

/** True where a browser has added a session's cookie by itself, so that the request may be forged. */
export const hasSessionCookie = (request: Request): boolean =>
  [SESSION_COOKIE, OVERLAY_SESSION_COOKIE].some(
    (name) => cookieOf(request, name as HostCookie) !== undefined,
  );

export interface NewBrowserSession {
  readonly kind: SessionKind;
  readonly principal: Principal;
  readonly tokens: Tokens;
  readonly idpSession: IdpSession;
  readonly launchId?: LaunchId | null;
  /** The sign-in that made it (`Arrival.signInId`). */
  readonly signInId?: string;
  /** Writes what has to be there before the browser has the session. */
  readonly keepBeside?: (token: SessionToken) => Promise<void>;
}

/**
 * Every sign-in makes a new session; what the browser had before ends, whoever it was (C15, C23), and so do the
 * least recently used ones of a person who has too many (D31). The browser gets the session last: where anything
 * fails before, there is none. The caller then gives up the tokens.
 */
export async function beginSession(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { kind, principal, tokens, idpSession, launchId, signInId, keepBeside }: NewBrowserSession,
): Promise<void> {
  const { logger, signIn } = deps;
  const { requestId } = stateOf(response);
  const options = { kind, idpSession, ...(signInId !== undefined && { signInId }) };
  const { token, session } = await signIn.sessions.create(principal, tokens, options);
  try {
    await keepBeside?.(token);
    await endSessionsOf(request, deps, { reason: 'replaced', requestId });
  } catch (error) {
    // Nobody knows its token. Where it cannot be ended now, it ends by itself.
    await signIn.sessions.end(session.id, { reason: 'not_begun' }).catch((cause: unknown) => {
      logger.warn('session.not_ended', { requestId, error: cause });
    });
    throw error;
  }
  deps.limits.guesses.know(token);
  setSessionCookie(response, kind, token);
  recordDecision(response, deps, { action: 'sign_in', principal, launchId: launchId ?? null });
  logger.info('sign_in.completed', { requestId, login: principal.login, subject: principal.subject });
}

async function endSessionsOf(request: Request, { signIn }: HttpDeps, ending: Ending): Promise<void> {
  for (const name of [SESSION_COOKIE, OVERLAY_SESSION_COOKIE] as const) {
    await signIn.sessions.endByToken(cookieOf(request, name), ending);
  }
}

/** The person does not wait for it; a failure is logged. */
export function revokeLater({ signIn }: Pick<HttpDeps, 'signIn'>, { refreshToken }: Tokens): void {
  if (refreshToken !== null) signIn.revocations.revokeLater(refreshToken);
}
