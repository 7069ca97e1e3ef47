import { HTTP_STATUS } from '../../base/units.ts';
import { CLOSE_ADVICE, inWindow, overTicket, signInHere } from './sign-in-window.ts';
import type { Request, Response } from 'express';
import { parseClaimsRequest } from '../../identity/provider/step-up.ts';
import type { KeptLaunch } from '../../launch/launches.ts';
import { launchCookie, setLaunchCookie } from '../request/cookies.ts';
import type { HttpDeps } from '../http-deps.ts';
import { unknownLaunch } from '../launch/launch-routes.ts';
import { parsePrompt } from '../session/refused-account.ts';
import { assertOwnPage, isFromOwnPage } from '../guard/request-checks.ts';
import { queryTextOf, textsOf } from '../request/read-body.ts';

/**
 * GET /auth/handover/popup?ticket=&prompt=&claims= : the window in which a person signs in for ShotGrid's frame.
 * Only the frame may open it: a link from an attacker would sign the person in to the attacker's frame.
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

/** POST /auth/handover/approve: the person confirms in the window that the frame may continue. */
export async function approveHandover(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  assertOwnPage(request, deps.config);
  const { approval } = textsOf(request, ['approval']);
  if (!(await deps.signIn.handovers.approve(approval))) throw overTicket(CLOSE_ADVICE);
  response.json({ isApproved: true });
}

/** GET /auth/handover/tab?ticket= : the launch of a frame continues in this tab, with the selection (B20). */
export async function openInTab(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const admit = async (launchId: string): Promise<KeptLaunch> => {
    const admitted = await deps.launches.admitTab(launchId);
    if (admitted === undefined) throw unknownLaunch(response);
    return admitted;
  };
  const kept = await deps.signIn.handovers.openTab(queryTextOf(request, 'ticket'), admit);
  if (kept === undefined) {
    throw overTicket('Go back to ShotGrid and choose "Open in a new tab" again, or the menu item.');
  }
  setLaunchCookie(response, launchCookie(kept.id), kept.browserToken, 2 * deps.config.launch.claimTtlMs);
  response.redirect(HTTP_STATUS.SEE_OTHER, `/launch/${kept.id}`);
}
