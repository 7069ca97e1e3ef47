import type { Request, Response } from 'express';
import type { LaunchId, SessionId, SessionToken } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { RequestCredentials } from '../../graphql/graphql.ts';
import type { Launch } from '../../launch/launch.ts';
import type { IdpSession, Prompt, SignedIn, Tokens } from '../../identity/provider/oidc-port.ts';
import {
  isSameAccount,
  type Principal,
  type Session,
  type SessionKind,
} from '../../identity/person/principal.ts';
import {
  attemptCookiesOf,
  clearCookie,
  cookieOf,
  type HostCookie,
  launchCookie,
  OVERLAY_SESSION_COOKIE,
  SESSION_COOKIE,
  SESSION_COOKIES,
  setAttemptCookie,
  setSessionCookie,
} from '../request/cookies.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';
import { needsLink } from './refused-account.ts';
import { launchIdOf } from './return-to.ts';

export interface SignInOptions {
  /** Canonical path on our own origin. */
  readonly returnTo: string;
  readonly prompt?: Prompt | undefined;
  readonly claims?: string | undefined;
  readonly isRestart?: boolean;
  /** The launch that waits for this sign-in; this browser has proven it. */
  readonly launch?: Launch | undefined;
  /** The same if only its id is known. */
  readonly launchId?: LaunchId;
  readonly loginHint?: string | null | undefined;
  /** The frame's handover that this sign-in serves. */
  readonly handoverId?: string | null;
  /** Of the attempt that this one repeats. */
  readonly supersedes?: SessionId | undefined;
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
  const cookies = attemptCookiesOf(request);
  // Without the cookie of a sign-in no old id leads to a session.
  const mayBeOld = handoverId === null && cookies.size > 0;
  const found = mayBeOld ? await currentSession(request, deps, 'peek') : undefined;
  const supersedes = found?.isByOldId === true ? found.id : options.supersedes;
  const attempt = { returnTo, launchId: launch?.id ?? launchId ?? null, handoverId, isRestart, supersedes };
  const { cookie, evicted } = await attempts.begin(attempt, checks, cookies);
  for (const name of evicted) clearCookie(response, name);
  setAttemptCookie(response, cookie);
  response.redirect(HTTP_STATUS.SEE_OTHER, url);
}

/** The launch that a path of ours opens, if this browser posted it and it is still unclaimed. */
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
 * The session for an action by the person: prolonged, with valid tokens (D12).
 * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT` if the tokens could not be renewed.
 */
export async function liveSession(request: Request, deps: HttpDeps): Promise<Session | undefined> {
  const session = await currentSession(request, deps, 'slide');
  if (session === undefined) return undefined;
  const { tokenKeeper, sessions } = deps.signIn;
  if ((await tokenKeeper.keepFresh(session)) === 'alive') return session;
  // The person may have signed in again while this request was under way. No cookie is cleared: the browser may have
  // the new one already, and an old one is worth nothing.
  const successor = await sessions.peek(session.id);
  if (successor === undefined || (await tokenKeeper.keepFresh(successor)) !== 'alive') return undefined;
  return asLinked(successor, deps);
}

/**
 * The session of a tab or of ShotGrid's frame, each from its own cookie alone (E12).
 * @param use `peek` for requests that the person did not cause
 */
export async function currentSession(
  request: Request,
  deps: HttpDeps,
  use: 'slide' | 'peek',
): Promise<Session | undefined> {
  const session = await findSession(request, deps, SESSION_COOKIE, use);
  if (session?.kind === 'tab') return asLinked(session, deps);
  // A page that fills a tab is not in the frame, even if it sends the frame's cookie.
  if (request.headers['sec-fetch-dest'] === 'document') return undefined;
  const overlay = await findSession(request, deps, OVERLAY_SESSION_COOKIE, use);
  return overlay?.kind === 'overlay' ? asLinked(overlay, deps) : undefined;
}

async function findSession(
  request: Request,
  deps: HttpDeps,
  cookie: HostCookie,
  use: 'slide' | 'peek',
): Promise<Session | undefined> {
  const token = cookieOf(request, cookie);
  if (token === undefined) return undefined;
  const cookies = attemptCookiesOf(request);
  return deps.limits.guesses.guard(request, token, () => deps.signIn.sessions.find(token, use, cookies));
}

/** An account whose tokens ShotGrid no longer accepts counts as unlinked: the person can link it again. */
async function asLinked(session: Session, { accounts }: HttpDeps): Promise<Session> {
  const { principal } = session;
  if (principal.acting.way !== 'own' || principal.acting.account === null) return session;
  if (await accounts.isLinked(principal.acting.account)) return session;
  return { ...session, principal: { ...principal, acting: { way: 'own', account: null } } };
}

/** What other systems are called with, as the person of a session. */
export const credentialsOf = (
  session: Session,
  { signIn }: Pick<HttpDeps, 'signIn'>,
): RequestCredentials => ({
  key: session.id,
  accessToken: () => signIn.tokenKeeper.accessToken(session),
});

/** True if the browser added a session's cookie by itself, so that the request may be forged. */
export const hasSessionCookie = (request: Request): boolean =>
  SESSION_COOKIES.some((name) => cookieOf(request, name) !== undefined);

export interface NewBrowserSession {
  readonly kind: SessionKind;
  readonly principal: Principal;
  readonly tokens: Tokens;
  readonly idpSession: IdpSession;
  readonly launchId?: LaunchId | null;
  /** The sign-in that created it (`Arrival.signInId`). */
  readonly signInId?: string;
  /** `Attempt.supersedes`. */
  readonly supersedes?: SessionId | undefined;
  /** Writes records that must exist before the browser has the session. */
  readonly keepBeside?: (token: SessionToken) => Promise<void>;
}

/**
 * Every sign-in creates a new session (C15). The browser's previous session goes on as the new one, or ends if it was
 * another person's or of another account (C23). So do the least recently used sessions of a person who has too many
 * (D31). The browser gets the session last: if an earlier step fails, there is none, and the caller revokes the tokens.
 *
 * @returns the session; its person has the own account that the previous one had linked
 */
export async function beginSession(
  request: Request,
  response: Response,
  deps: HttpDeps,
  begun: NewBrowserSession,
): Promise<Session> {
  const { logger, signIn } = deps;
  const { kind, tokens, idpSession, launchId, signInId, supersedes, keepBeside } = begun;
  const { requestId } = stateOf(response);
  const cookies = attemptCookiesOf(request);
  const replaces = cookieOf(request, kind === 'tab' ? SESSION_COOKIE : OVERLAY_SESSION_COOKIE);
  const previous =
    (await signIn.sessions.find(replaces, 'peek', cookies)) ??
    (supersedes && (await signIn.sessions.peek(supersedes)));
  const principal = takingOver(begun.principal, previous);
  const options = { kind, idpSession, replaces, supersedes, ...(signInId !== undefined && { signInId }) };
  const { token, session } = await signIn.sessions.create(principal, tokens, options);
  try {
    await keepBeside?.(token);
    const old = SESSION_COOKIES.map((name) => cookieOf(request, name));
    await signIn.sessions.replace(old, { by: session, cookies, supersedes, requestId });
  } catch (error) {
    // No browser has its token. If it cannot be ended now, it expires.
    await signIn.sessions.end(session.id, { reason: 'not_begun' }).catch((cause: unknown) => {
      logger.warn('session.not_ended', { requestId, error: cause });
    });
    throw error;
  }
  deps.limits.guesses.know(token);
  setSessionCookie(response, kind, token);
  recordDecision(response, deps, { action: 'sign_in', principal, launchId: launchId ?? null });
  logger.info('sign_in.completed', { requestId, login: principal.login, subject: principal.subject });
  return session;
}

/**
 * The same person does not have to link their own ShotGrid account again, unless they use another account at the provider;
 * one that they have just linked stays.
 */
function takingOver(principal: Principal, previous: Session | undefined): Principal {
  if (previous === undefined || !needsLink(principal)) return principal;
  const { acting } = previous.principal;
  return acting.way === 'own' && isSameAccount(previous.principal, principal)
    ? { ...principal, acting }
    : principal;
}

/**
 * Revokes the tokens of a sign-in that made no session, in the background. Not where the person has a session from
 * the same session at the provider: many providers have one grant for both, and would end the one that goes on. In
 * doubt nothing is revoked: nobody has these tokens.
 */
export async function revokeUnused(
  request: Request,
  { signIn: { sessions, revocations }, logger }: Pick<HttpDeps, 'signIn' | 'logger'>,
  { issuer, subject, tokens, idpSession }: UnusedSignIn,
): Promise<void> {
  if (tokens.refreshToken === null) return;
  const cookies = attemptCookiesOf(request);
  try {
    for (const name of SESSION_COOKIES) {
      const kept = (await sessions.find(cookieOf(request, name), 'peek', cookies))?.principal;
      if (kept?.issuer === issuer && kept.subject === subject) return;
    }
    if (await sessions.sharesGrant({ issuer, subject }, idpSession.sid)) return;
  } catch (error) {
    logger.warn('sign_in.tokens_not_revoked', { error });
    return;
  }
  revocations.revokeLater(tokens.refreshToken);
}

type UnusedSignIn = Pick<SignedIn, 'issuer' | 'subject' | 'tokens' | 'idpSession'>;
