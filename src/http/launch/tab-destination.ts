import { HTTP_STATUS } from '../../base/units.ts';
import type { Response } from 'express';
import { AppError } from '../../base/errors.ts';
import type { Attempt } from '../../identity/session/attempts.ts';
import { hasOurCookies } from '../request/cookies.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';
import { linkPath, needsLink, actionsAfter, loginPath } from '../session/refused-account.ts';
import { beginSession, currentSession, startSignIn, waitingLaunch } from '../session/sign-in-flow.ts';
import type { Destination } from '../sign-in/destination.ts';
import { claimLaunch } from './claim-launch.ts';
import { beginFirsts } from './first-request.ts';

/** A tab: it gets a session and goes to the place that it requested. */
export function createTabDestination(deps: HttpDeps): Destination {
  const again: Destination['again'] = async (request, response, { isLate, attempt }) => {
    const { returnTo, isRestart } = attempt;
    const session = await currentSession(request, deps, 'peek');
    // An old id shows that the answer with the new one was lost: a new sign-in gives the browser another.
    if (!isLate && session !== undefined && session.isByOldId !== true) {
      response.redirect(HTTP_STATUS.SEE_OTHER, returnTo);
      return;
    }
    if (isRestart) throw new AppError('LOGIN_STATE');
    const launch = await waitingLaunch(request, deps, returnTo);
    await startSignIn(request, response, deps, {
      ...{ returnTo, launch, isRestart: true, supersedes: attempt.supersedes },
    });
  };
  return {
    prepare,
    async arrived(request, response, { attempt, signedIn, principal, signInId }) {
      const claimed = await claimLaunch(response, deps, attempt, principal);
      const session = await beginSession(request, response, deps, {
        ...signedIn,
        ...{ kind: 'tab', principal, signInId, supersedes: attempt.supersedes },
      });
      if (claimed !== undefined) beginFirsts(deps, session, claimed);
      const { returnTo } = attempt;
      const isLinked = !needsLink(session.principal);
      response.redirect(HTTP_STATUS.SEE_OTHER, isLinked ? returnTo : linkPath(returnTo));
    },
    advise(response, { returnTo }, error) {
      stateOf(response).actions = actionsAfter(error, returnTo);
    },
    refused: () => Promise.resolve(),
    again,
    // The browser proves itself by the session that this sign-in created, or by the cookie of the launch that it
    // serves.
    async unproven(request, response, { attempt, signInId, status }) {
      const session = await currentSession(request, deps, 'peek');
      if (session?.signInId === signInId) {
        response.redirect(HTTP_STATUS.SEE_OTHER, attempt.returnTo);
        return;
      }
      const launch = await waitingLaunch(request, deps, attempt.returnTo);
      if (launch !== undefined && launch.id === attempt.launchId) {
        prepare(response, attempt);
        await again(request, response, { isLate: status === 'late', attempt });
        return;
      }
      const isBlocked = status === 'open' && !hasOurCookies(request);
      throw new AppError(isBlocked ? 'COOKIES_BLOCKED' : 'LOGIN_STATE');
    },
  };
}

function prepare(response: Response, { returnTo, launchId }: Attempt): void {
  const state = stateOf(response);
  state.actions = [{ label: 'Try again', href: loginPath(returnTo) }];
  state.keepsLaunch = launchId !== null;
}
