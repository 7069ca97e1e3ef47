import type { Request, Response } from 'express';
import { AppError, ERROR_TABLE, toAppError } from '../../base/errors.ts';
import type { SessionUuid } from '../../base/ids.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { inTabOf, inWindowOf, type Linking, linkingOf, returnToOf } from './linking.ts';
import { linkPath, needsLink, loginPath } from '../session/refused-account.ts';
import { renderLinkPage } from '../pages/link-page.ts';
import { assertOwnPage, wantsPage } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { allowOpener, allowPage } from '../guard/security-headers.ts';
import { liveSession } from '../session/sign-in-flow.ts';
import { type Done, holdInWindow } from '../overlay/sign-in-window.ts';

const TRY_AGAIN: ReadonlySet<string> = new Set(['OWN_ACCOUNT_REFUSED', 'OWN_ACCOUNT_OTHER']);
const MAX_SECRET_LENGTH = 500;

/** GET /auth/link?returnTo= : the page on which a person links their own ShotGrid account. */
export async function showLink(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const returnTo = returnToOf(request.query['returnTo'], deps);
  const session = await liveSession(request, deps);
  if (session === undefined) {
    response.redirect(HTTP_STATUS.SEE_OTHER, loginPath(linkPath(returnTo)));
    return;
  }
  if (!needsLink(session.principal)) {
    response.redirect(HTTP_STATUS.SEE_OTHER, returnTo);
    return;
  }
  sendPage(response, deps, { linking: inTabOf(response, deps, session, returnTo) });
}

/** The same page in the window that signs in for ShotGrid's frame: a frame is no place for a passphrase. */
export async function linkInWindow(response: Response, deps: HttpDeps, done: Done): Promise<void> {
  const held = await holdInWindow(deps, done);
  sendPage(response, deps, { linking: inWindowOf(response, deps, held) });
}

/** POST /auth/link/passphrase: by login and passphrase. */
export const linkByPassphrase = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async (linking, { login, passphrase }) => {
    if (typeof login !== 'string' || typeof passphrase !== 'string') throw new AppError('BAD_REQUEST');
    if (login.length > MAX_SECRET_LENGTH || passphrase.length > MAX_SECRET_LENGTH) {
      throw new AppError('OWN_ACCOUNT_REFUSED');
    }
    const { principal, ttlMs } = linking;
    const given = { login, passphrase, sessionUuid: await sessionUuidOf(linking, deps) };
    return { account: await deps.accounts.linkByPassphrase(principal, given, ttlMs) };
  });

/** POST /auth/link/approval: requests an approval from ShotGrid, and shows where to give it. */
export const askApproval = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async ({ key, principal }) => {
    const { url } = await deps.accounts.askApproval(key, principal);
    return { approvalUrl: url };
  });

/** POST /auth/link/approved: the person confirms that they have approved. */
export const takeApproval = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async ({ key, principal, ttlMs }) => {
    const account = await deps.accounts.takeApproval(key, principal, ttlMs);
    if (account !== undefined) return { account };
    throw new AppError('OWN_ACCOUNT_REFUSED', {
      message: 'ShotGrid has not seen your approval yet. Ask for it again and approve it there first.',
    });
  });

type Step = (
  linking: Linking,
  body: Readonly<Record<string, unknown>>,
) => Promise<{ readonly account: string } | { readonly approvalUrl: string }>;

async function link(request: Request, response: Response, deps: HttpDeps, step: Step): Promise<void> {
  assertOwnPage(request, deps.config);
  const linking = await linkingOf(request, response, deps);
  try {
    const done = await step(linking, (request.body ?? {}) as Readonly<Record<string, unknown>>);
    if ('approvalUrl' in done) sendPage(response, deps, { linking, approvalUrl: done.approvalUrl });
    else await linking.finish(done.account);
  } catch (error) {
    const { code, message } = toAppError(error);
    if (!TRY_AGAIN.has(code)) throw error;
    const { principal } = linking;
    const { requestId } = stateOf(response);
    deps.logger.info('account.link_refused', { requestId, login: principal.login, code });
    recordDecision(response, deps, { action: 'account.linked', error, principal });
    // A program gets the ordinary error answer; a person keeps the form, with the problem shown.
    if (!wantsPage(request)) throw error;
    response.status(ERROR_TABLE[code].httpStatus);
    sendPage(response, deps, { linking, problem: message });
  }
}

/** The window of the launch that the person is about to open; null if there is none. */
async function sessionUuidOf({ launchId, principal }: Linking, deps: HttpDeps): Promise<SessionUuid | null> {
  if (launchId === undefined) return null;
  const access = await deps.launches.access(launchId, undefined, principal);
  return access.kind === 'claimed' ? access.launch.payload.sessionUuid : null;
}

interface Shown {
  readonly linking: Linking;
  readonly approvalUrl?: string;
  readonly problem?: string;
}

function sendPage(response: Response, deps: HttpDeps, shown: Shown): void {
  const { linking, approvalUrl = null, problem = null } = shown;
  const { displayName, login } = linking.principal;
  allowPage(response, deps);
  if (linking.place.name === 'window') allowOpener(response);
  response
    .type('html')
    .send(renderLinkPage({ displayName, login, place: linking.place, approvalUrl, problem }));
}
