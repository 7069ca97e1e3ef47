import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import type { LaunchId } from '../../base/ids.ts';
import type { HeldHandover } from '../../identity/session/handovers.ts';
import type { Prompt, SignedIn } from '../../identity/provider/oidc-port.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { HttpDeps } from '../http-deps.ts';
import { renderPage } from '../pages/page.ts';
import { renderWindowPage } from '../pages/window-page.ts';
import { stateOf } from '../request/request-state.ts';
import { allowOpener, allowPage, allowWindow } from '../guard/security-headers.ts';
import { startSignIn } from '../session/sign-in-flow.ts';

export const CLOSE_ADVICE = 'Close this window, go back to ShotGrid and try again there.';

/** Applies to every answer in such a window: it keeps its opener, and its errors offer no other links. */
export function inWindow(response: Response): void {
  allowOpener(response);
  stateOf(response).actions = [];
}

export interface Done {
  readonly handoverId: string;
  readonly principal: Principal;
  readonly signedIn: Pick<SignedIn, 'tokens' | 'idpSession'>;
}

/** The person who clicked has signed in: the window gives the frame its code. */
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

/** Keeps a sign-in whose person must first link their own account. Errors: `LAUNCH_EXPIRED`. */
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

/** The sign-in that waits in this window. Errors: `LAUNCH_EXPIRED`. */
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

/** Reveals nothing of the sign-in: anyone with the callback's address may see this page. */
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

/** Sends the window to the identity provider. */
export async function signInHere(
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

/** The refusal of a ticket that no longer exists. */
export const overTicket = (advice: string): AppError =>
  new AppError('LAUNCH_EXPIRED', { message: `This link was used already, or is too old. ${advice}` });
