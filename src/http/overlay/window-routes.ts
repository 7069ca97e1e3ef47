import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import type { LaunchId } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import type { Attempt } from '../../identity/session/attempts.ts';
import type { HeldHandover } from '../../identity/session/handovers.ts';
import type { Prompt, SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import { launchCookie, setLaunchCookie } from '../request/cookies.ts';
import type { HttpDeps } from '../http-deps.ts';
import { unknownLaunch } from '../launch/launch-routes.ts';
import { renderPage } from '../pages/page.ts';
import { renderWindowPage } from '../pages/window-page.ts';
import { parsePrompt } from '../session/refused-account.ts';
import { assertOwnPage, isFromOwnPage } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { allowOpener, allowPage, allowWindow } from '../guard/security-headers.ts';
import { startSignIn } from '../session/sign-in-flow.ts';
import { queryTextOf, textsOf } from '../request/texts-of.ts';

export const CLOSE_ADVICE = 'Close this window, go back to ShotGrid and try again there.';

/**
 * GET /auth/handover/popup?ticket=&prompt=&claims= : the window in which somebody signs in for ShotGrid's frame. Only the frame
 * opens it: a link that somebody sent would end in the sender's frame.
 */
export async function openWindow(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  inWindow(response);
  if (!isFromOwnPage(request)) throw overTicket(CLOSE_ADVICE);
  const opened = await deps.signIn.handovers.open(queryTextOf(request, 'ticket'));
  if (opened === undefined) throw overTicket(CLOSE_ADVICE);
  const { id: handoverId, launchId, loginHint } = opened;
  const prompt = parsePrompt(request.query['prompt']);
  const claims = parseClaimsRequest(request.query['claims']);
  await signInHere(request, response, deps, { handoverId, launchId, loginHint, prompt, claims });
}

/** What concerns every answer in such a window: it keeps its opener, and its errors lead nowhere else. */
export function inWindow(response: Response): void {
  allowOpener(response);
  stateOf(response).actions = [];
}

export interface Done {
  readonly handoverId: string;
  readonly principal: Principal;
  readonly signedIn: Pick<SignedIn, 'tokens' | 'idpSession'>;
}

/** The sign-in is done and the person is the one who clicked: the window gives the frame its code. */
export async function handOver(
  response: Response,
  deps: HttpDeps,
  { handoverId, principal, signedIn }: Done,
): Promise<void> {
  const { tokens, idpSession } = signedIn;
  const content = { principal, tokens, idpSession };
  const done = await deps.signIn.handovers.complete(handoverId, content);
  if (done === undefined) throw new AppError('LAUNCH_EXPIRED');
  allowWindow(response, deps);
  const { displayName } = principal;
  response.type('html').send(renderWindowPage({ ...done, handoverId, displayName }, deps.scripts.window));
}

/** Keeps a sign-in whose person has to link their own account first. Errors: `LAUNCH_EXPIRED`. */
export async function holdInWindow(
  deps: HttpDeps,
  { handoverId, principal, signedIn: { tokens, idpSession } }: Done,
): Promise<HeldHandover & { readonly ticket: string }> {
  const { handovers } = deps.signIn;
  const ticket = await handovers.hold(handoverId, { principal, tokens, idpSession });
  const held = ticket === undefined ? undefined : await handovers.held(ticket);
  if (ticket === undefined || held === undefined) throw new AppError('LAUNCH_EXPIRED');
  return { ...held, ticket };
}

/** What waits in this window. Errors: `LAUNCH_EXPIRED`. */
export async function heldInWindow(
  response: Response,
  deps: HttpDeps,
  ticket: string,
): Promise<HeldHandover & { readonly ticket: string }> {
  inWindow(response);
  const held = await deps.signIn.handovers.held(ticket);
  if (held === undefined) throw overTicket(CLOSE_ADVICE);
  return { ...held, ticket };
}

/** A callback in such a window that comes a second time or too late. */
export async function resumeInWindow(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { isLate, attempt }: { readonly isLate: boolean; readonly attempt: Attempt },
): Promise<void> {
  const { handoverId, launchId, isRestart } = attempt;
  if (isLate && !isRestart && handoverId !== null && launchId !== null) {
    await signInHere(request, response, deps, { handoverId, launchId, isRestart: true });
    return;
  }
  showDone(response, deps);
}

/** Says nothing of the sign-in: whoever has the address of the callback may see it. */
export function showDone(response: Response, deps: HttpDeps): void {
  inWindow(response);
  allowPage(response, deps);
  const page = {
    title: 'This window is not needed any more',
    paragraphs: ['You can close it and go back to ShotGrid.'],
    actions: [],
  };
  response.type('html').send(renderPage(page));
}

interface WindowSignIn {
  readonly handoverId: string;
  readonly launchId: string;
  readonly loginHint?: string | null;
  readonly prompt?: Prompt | undefined;
  readonly claims?: string | undefined;
  readonly isRestart?: boolean;
}

async function signInHere(
  request: Request,
  response: Response,
  deps: HttpDeps,
  { launchId, isRestart = false, ...others }: WindowSignIn,
): Promise<void> {
  await startSignIn(request, response, deps, {
    returnTo: '/',
    ...others,
    launchId: launchId as LaunchId,
    isRestart,
  });
}

/** POST /auth/handover/approve: the person says in the window that the frame may go on. */
export async function approveHandover(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  assertOwnPage(request, deps.config);
  const { approval } = textsOf(request, ['approval']);
  if (!(await deps.signIn.handovers.approve(approval))) throw overTicket(CLOSE_ADVICE);
  response.json({ isApproved: true });
}

/** GET /auth/handover/tab?ticket= : the launch of a frame goes on in this tab, with the selection (B20). */
export async function openInTab(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const launchId = await deps.signIn.handovers.openTab(queryTextOf(request, 'ticket'));
  if (launchId === undefined) {
    throw overTicket('Go back to ShotGrid and choose "Open in a new tab" again, or the menu item.');
  }
  const kept = await deps.launches.admitTab(launchId);
  if (kept === undefined) throw unknownLaunch(response);
  setLaunchCookie(response, launchCookie(kept.id), kept.browserToken, 2 * deps.config.launch.claimTtlMs);
  response.redirect(HTTP_STATUS.SEE_OTHER, `/launch/${kept.id}`);
}

const overTicket = (advice: string): AppError =>
  new AppError('LAUNCH_EXPIRED', { message: `This link was used already, or is too old. ${advice}` });
