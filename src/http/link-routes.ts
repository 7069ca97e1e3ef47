import type { Request, Response } from 'express';
import { AppError, toAppError } from '../base/errors.ts';
import type { Principal, Session } from '../identity/principal.ts';
import { recordDecision } from './decisions.ts';
import type { HttpDeps } from './http-deps.ts';
import { renderLinkPage } from './pages/link-page.ts';
import { assertOwnPage } from './request-checks.ts';
import { stateOf } from './request-state.ts';
import { parseReturnTo } from './return-to.ts';
import { allowPage } from './security-headers.ts';
import { liveSession } from './sign-in-flow.ts';
import { loginPath } from './claim-launch.ts';

const SEE_OTHER = 303;
const BAD_REQUEST_STATUS = 400;
const TRY_AGAIN: ReadonlySet<string> = new Set(['OWN_ACCOUNT_REFUSED', 'OWN_ACCOUNT_OTHER']);
const MAX_SECRET_LENGTH = 500;

/** Links a person's own ShotGrid account, as far as a browser is concerned. */
export interface AccountLinking {
  linkByPassphrase(
    principal: Principal,
    passphrase: { readonly login: string; readonly passphrase: string },
    ttlMs: number,
  ): Promise<string>;
  askApproval(session: Session): Promise<{ readonly url: string }>;
  /** Undefined while the site waits for the person. */
  takeApproval(session: Session, ttlMs: number): Promise<string | undefined>;
}

/** Where somebody whose account is not linked yet goes first. */
export const linkPath = (returnTo: string): string =>
  `/auth/link?${new URLSearchParams({ returnTo }).toString()}`;

/** True for a person who cannot do anything in ShotGrid before they have linked their account. */
export const needsLink = ({ acting }: Principal): boolean => acting.way === 'own' && acting.account === null;

/** GET /auth/link?returnTo= : the page on which a person links their own ShotGrid account. */
export async function showLink(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const returnTo = returnToOf(request.query['returnTo'], deps);
  const session = await liveSession(request, response, deps);
  if (session === undefined) {
    response.redirect(SEE_OTHER, loginPath(linkPath(returnTo)));
    return;
  }
  if (!needsLink(session.principal)) {
    response.redirect(SEE_OTHER, returnTo);
    return;
  }
  sendPage(response, deps, { session, returnTo });
}

/** POST /auth/link/passphrase: by login and passphrase. */
export const linkByPassphrase = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async (session, body) => {
    const { login, passphrase } = body;
    if (typeof login !== 'string' || typeof passphrase !== 'string') throw new AppError('BAD_REQUEST');
    if (login.length > MAX_SECRET_LENGTH || passphrase.length > MAX_SECRET_LENGTH) {
      throw new AppError('OWN_ACCOUNT_REFUSED');
    }
    const ttlMs = lifetimeOf(session, deps);
    return {
      account: await deps.accounts.linkByPassphrase(session.principal, { login, passphrase }, ttlMs),
    };
  });

/** POST /auth/link/approval: asks ShotGrid for an approval, and shows where to give it. */
export const askApproval = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async (session) => {
    const { url } = await deps.accounts.askApproval(session);
    return { approvalUrl: url };
  });

/** POST /auth/link/approved: the person says that they have approved. */
export const takeApproval = (request: Request, response: Response, deps: HttpDeps): Promise<void> =>
  link(request, response, deps, async (session) => {
    const account = await deps.accounts.takeApproval(session, lifetimeOf(session, deps));
    if (account !== undefined) return { account };
    throw new AppError('OWN_ACCOUNT_REFUSED', {
      message: 'ShotGrid has not seen your approval yet. Ask for it again and approve it there first.',
    });
  });

type Step = (
  session: Session,
  body: Readonly<Record<string, unknown>>,
) => Promise<{ readonly account: string } | { readonly approvalUrl: string }>;

async function link(request: Request, response: Response, deps: HttpDeps, step: Step): Promise<void> {
  assertOwnPage(request, deps.config);
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const returnTo = returnToOf(body['returnTo'], deps);
  const session = await liveSession(request, response, deps);
  if (session === undefined) throw new AppError('UNAUTHENTICATED');
  // Whom `sudo` works for has no account of their own here: there is one way for each person.
  if (session.principal.acting.way !== 'own') throw new AppError('BAD_REQUEST');
  try {
    const done = await step(session, body);
    if ('approvalUrl' in done) {
      sendPage(response, deps, { session, returnTo, approvalUrl: done.approvalUrl });
      return;
    }
    await keepLink(response, deps, session, done.account);
    response.redirect(SEE_OTHER, returnTo);
  } catch (error) {
    const { code, message } = toAppError(error);
    if (!TRY_AGAIN.has(code)) throw error;
    deps.logger.info('account.link_refused', { ...whoOf(response, session), code });
    recordDecision(response, deps, { action: 'account.linked', error, principal: session.principal });
    response.status(BAD_REQUEST_STATUS);
    sendPage(response, deps, { session, returnTo, problem: message });
  }
}

async function keepLink(
  response: Response,
  deps: HttpDeps,
  session: Session,
  account: string,
): Promise<void> {
  const change = (principal: Principal): Principal => ({ ...principal, acting: { way: 'own', account } });
  if (!(await deps.signIn.sessions.changePrincipal(session.id, change))) {
    throw new AppError('UNAUTHENTICATED');
  }
  deps.logger.info('account.linked', whoOf(response, session));
  recordDecision(response, deps, { action: 'account.linked', principal: session.principal });
}

const whoOf = (response: Response, { principal }: Session) => ({
  requestId: stateOf(response).requestId,
  login: principal.login,
});

/** The link ends with the session at the latest. */
const lifetimeOf = ({ endsAtMs }: Session, { clock }: HttpDeps): number =>
  Math.max(1, endsAtMs - clock.now());

const returnToOf = (text: unknown, { config }: HttpDeps): string =>
  parseReturnTo(text, config.frontEndOrigins) ?? '/';

interface Shown {
  readonly session: Session;
  readonly returnTo: string;
  readonly approvalUrl?: string;
  readonly problem?: string;
}

function sendPage(response: Response, deps: HttpDeps, shown: Shown): void {
  const { session, returnTo, approvalUrl = null, problem = null } = shown;
  const { displayName, login } = session.principal;
  allowPage(response, deps);
  response.type('html').send(renderLinkPage({ displayName, login, returnTo, approvalUrl, problem }));
}
