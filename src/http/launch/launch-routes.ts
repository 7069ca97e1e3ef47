import type { Request, Response } from 'express';
import { isRandomToken } from '../../base/ids.ts';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Principal, Session } from '../../identity/person/principal.ts';
import type { Launch } from '../../launch/launch.ts';
import { clearCookie, cookieOf, hasOurCookies, launchCookie } from '../request/cookies.ts';
import type { HttpDeps } from '../http-deps.ts';
import { claim, identityMismatch } from './claim-launch.ts';
import { beginFirsts } from './first-request.ts';
import { linkPath, needsLink, loginPath } from '../session/refused-account.ts';
import { type PageAction, stateOf } from '../request/request-state.ts';
import { expectRequests } from '../session/first-sign.ts';
import { liveSession, startSignIn } from '../session/sign-in-flow.ts';

/** GET /launch/<id>: opens the front end for the person who clicked. Without a session they sign in first. */
export async function openLaunch(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const id = String(request.params['id']);
  stateOf(response).actions = [{ label: 'Try again', href: `/launch/${encodeURIComponent(id)}` }];
  const session = await liveSession(request, deps);
  if (session !== undefined) expectRequests(deps, session);
  const browserToken = cookieOf(request, launchCookie(id));
  const access = await deps.launches.access(id, browserToken, session?.principal);
  switch (access.kind) {
    case 'unknown':
      throw cookiesBlocked(request, response, id) ?? unknownLaunch(response, session?.principal, id);
    case 'expired':
      stateOf(response).actions = [];
      throw new AppError('LAUNCH_EXPIRED');
    case 'claimed':
      openFor(response, deps, access.launch, session);
      return;
    case 'unclaimed':
      stateOf(response).keepsLaunch = true;
      if (session === undefined) {
        await startSignIn(request, response, deps, { returnTo: `/launch/${id}`, launch: access.launch });
        return;
      }
      await claimForSession(response, deps, access.launch, session);
  }
}

/** A signed-in person skips the identity provider (B15), but must be the person who clicked (B16). */
async function claimForSession(
  response: Response,
  deps: HttpDeps,
  launch: Launch,
  session: Session,
): Promise<void> {
  const { principal } = session;
  const outcome = await claim(response, deps, launch, principal);
  if (outcome === 'claimed') {
    beginFirsts(deps, session, launch.id);
    openFor(response, deps, launch, session);
    return;
  }
  if (outcome === 'unknown') throw unknownLaunch(response);
  stateOf(response).actions = [signOutAndGoOn(launch.id)];
  throw identityMismatch(principal, 'To continue with another account, sign out first.');
}

/** Signs in with another account, then opens the same launch. */
const signOutAndGoOn = (launchId: string): PageAction => ({
  label: 'Sign out and continue',
  href: '/auth/logout',
  post: { name: 'returnTo', value: `/launch/${launchId}` },
});

/** A front end is useless to a person who cannot read anything yet. */
function openFor(
  response: Response,
  deps: HttpDeps,
  launch: Launch,
  session: { readonly principal: Principal } | undefined,
): void {
  if (session !== undefined && needsLink(session.principal)) {
    response.redirect(HTTP_STATUS.SEE_OTHER, linkPath(`/launch/${launch.id}`));
    return;
  }
  openFrontEnd(response, deps, launch);
}

function openFrontEnd(response: Response, deps: HttpDeps, launch: Launch): void {
  const ami = deps.config.amis.find(({ name }) => name === launch.ami);
  // The menu item has since been removed from the configuration.
  if (ami === undefined) throw unknownLaunch(response);
  clearCookie(response, launchCookie(launch.id));
  response.redirect(HTTP_STATUS.SEE_OTHER, addressOf(ami.opens, launch.id));
}

/** What a menu item opens, with the launch: `/apps/review/` -> `/apps/review/?launch=<id>`. */
export function addressOf(opens: string, launchId: string): string {
  return `${opens}?${new URLSearchParams({ launch: launchId }).toString()}`;
}

/**
 * A cross-site navigation, such as ShotGrid's click, without any cookie of ours: the browser blocks cookies. A
 * launch that never existed gets the same answer. Once cookies are allowed, the launch opens to its person after a
 * sign-in.
 */
function cookiesBlocked(request: Request, response: Response, id: string): AppError | undefined {
  const isFromElsewhere = ['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site']));
  if (!isFromElsewhere || hasOurCookies(request)) return undefined;
  stateOf(response).actions = [{ label: 'Try again', href: loginPath(`/launch/${id}`) }];
  return new AppError('COOKIES_BLOCKED');
}

/** The same answer for another person's launch and for one that never existed (B3). */
export function unknownLaunch(response: Response, principal?: Principal, id = ''): AppError {
  stateOf(response).actions = [];
  if (principal !== undefined) {
    stateOf(response).notes = [`You are signed in as ${principal.displayName} (${principal.login}).`];
    // Any other id is text from a stranger and must not appear in a page.
    if (isRandomToken(id)) stateOf(response).actions = [signOutAndGoOn(id)];
  }
  return new AppError('NOT_FOUND', {
    message:
      'There is no launch here that you may open. If you have just clicked in ShotGrid, check that your browser keeps the cookies of this address, then choose the menu item again.',
  });
}
