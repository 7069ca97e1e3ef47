import { AppError } from '../../base/errors.ts';
import type { Response } from 'express';
import type { HttpDeps } from '../http-deps.ts';
import { claimLaunch } from '../launch/claim-launch.ts';
import { stateOf } from '../request/request-state.ts';
import { needsLink, loginPath, promptAfter } from '../session/refused-account.ts';
import type { Destination } from '../sign-in/destination.ts';
import { CLOSE_ADVICE, type Done, handOver, inWindow, showDone, signInHere } from './sign-in-window.ts';

/** Shows the page of own accounts in the window, and hands over once the account is linked. */
export type LinkFirst = (response: Response, deps: HttpDeps, done: Done) => Promise<void>;

/** The window beside ShotGrid's frame: the frame waits for a code for its own session. */
export function createWindowDestination(deps: HttpDeps, linkFirst: LinkFirst): Destination {
  const { handovers } = deps.signIn;
  return {
    prepare(response, { returnTo, launchId }) {
      const state = stateOf(response);
      state.actions = [{ label: 'Try again', href: loginPath(returnTo) }];
      state.keepsLaunch = launchId !== null;
      inWindow(response);
    },
    async arrived(_request, response, { attempt, signedIn, principal }) {
      await claimLaunch(response, deps, attempt, principal);
      const goOn = needsLink(principal) ? linkFirst : handOver;
      await goOn(response, deps, { handoverId: handoverOf(attempt), principal, signedIn });
    },
    advise(response) {
      stateOf(response).notes = [CLOSE_ADVICE];
    },
    async refused(attempt, error) {
      await handovers.refuse(handoverOf(attempt), promptAfter(error));
    },
    async again(request, response, { isLate, attempt }) {
      const { launchId, isRestart } = attempt;
      if (!isLate || isRestart || launchId === null) {
        showDone(response, deps);
        return;
      }
      const handoverId = handoverOf(attempt);
      await signInHere(request, response, deps, { handoverId, launchId, isRestart: true });
    },
    async unproven(_request, response, { status }) {
      inWindow(response);
      if (status !== 'consumed') throw new AppError('LOGIN_STATE');
      showDone(response, deps);
    },
  };
}

/** Every sign-in of this destination has a handover: the window starts one. */
function handoverOf({ handoverId }: { readonly handoverId: string | null }): string {
  if (handoverId === null) throw new AppError('LOGIN_STATE');
  return handoverId;
}
