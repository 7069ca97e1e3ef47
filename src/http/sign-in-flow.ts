import type { Request, Response } from 'express';
import type { Launch } from '../launch/launch.ts';
import type { Prompt } from '../identity/oidc-port.ts';
import type { Session } from '../identity/principal.ts';
import {
  attemptCookiesOf,
  clearCookie,
  cookieOf,
  launchCookie,
  SESSION_COOKIE,
  setAttemptCookie,
} from './cookies.ts';
import type { HttpDeps } from './http-deps.ts';
import { launchIdOf } from './return-to.ts';

const SEE_OTHER = 303;

export interface SignInOptions {
  /** Canonical path of our own. */
  readonly returnTo: string;
  readonly prompt?: Prompt | undefined;
  readonly isRestart?: boolean;
  /** The launch that waits for this sign-in, proven to be this browser's. */
  readonly launch?: Launch | undefined;
}

/** Begins a sign-in and sends the browser to the identity provider. */
export async function startSignIn(
  request: Request,
  response: Response,
  deps: HttpDeps,
  options: SignInOptions,
): Promise<void> {
  const { oidc, attempts } = deps.signIn;
  const { returnTo, prompt, launch, isRestart = false } = options;
  const { url, ...checks } = await oidc.begin({ loginHint: launch?.payload.userLogin, prompt });
  const attempt = { returnTo, launchId: launch?.id ?? null, isRestart };
  const { cookie, evicted } = await attempts.begin(attempt, checks, attemptCookiesOf(request));
  for (const name of evicted) clearCookie(response, name);
  setAttemptCookie(response, cookie);
  response.redirect(SEE_OTHER, url);
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
  clearCookie(response, SESSION_COOKIE);
  return undefined;
}

/** @param use `peek` for what happens without a person's doing */
export function currentSession(
  request: Request,
  deps: HttpDeps,
  use: 'slide' | 'peek',
): Promise<Session | undefined> {
  return deps.signIn.sessions.find(cookieOf(request, SESSION_COOKIE), use);
}
