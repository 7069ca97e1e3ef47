import type { Request, Response } from 'express';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Session } from '../../identity/person/principal.ts';
import {
  attemptCookiesOf,
  clearCookie,
  cookieOf,
  OVERLAY_SESSION_COOKIE,
  SESSION_COOKIE,
} from '../request/cookies.ts';
import type { HttpDeps } from '../http-deps.ts';
import { renderPage } from '../pages/page.ts';
import { loginPath } from './refused-account.ts';
import { assertSameOrigin, notSignedIn, wantsPage } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { parseReturnTo } from './return-to.ts';
import { allowPage } from '../guard/security-headers.ts';
import { currentSession } from './sign-in-flow.ts';

/**
 * GET /auth/session: the signed-in person as JSON, when the session ends without a further request (`expiresAt`)
 * and when it ends in any case (`endsAt`). The request does not prolong the session (D6).
 */
export async function showSession(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const session = await currentSession(request, deps, 'peek');
  if (session === undefined) {
    const { requestId } = stateOf(response);
    const { code, message, rule } = notSignedIn(request, deps.config);
    response.status(rule.httpStatus).json({ error: { code, message, requestId } });
    return;
  }
  const { acting, ...person } = session.principal;
  response.json({
    ...person,
    acting: { way: acting.way, ...(acting.way === 'own' && { isLinked: acting.account !== null }) },
    ...timesOf(session),
  });
}

/** When a session ends without a further request, and when it ends in any case. */
export const timesOf = ({ expiresAtMs, endsAtMs }: Session) => ({
  expiresAt: isoTime(expiresAtMs),
  endsAt: isoTime(endsAtMs),
});

/**
 * POST /auth/logout: ends the session here first, then at the identity provider as far as it can be reached (D16).
 * Programs get `{logoutUrl}`; a form is redirected there. A form with `returnTo` stays here and signs in with
 * another account instead (B16).
 */
export async function logout(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  assertSameOrigin(request, deps.config);
  const logoutUrl = (await endSession(request, response, deps)) ?? '/';
  if (!wantsPage(request)) {
    response.json({ logoutUrl });
    return;
  }
  const returnTo = parseReturnTo(
    (request.body as { returnTo?: unknown } | undefined)?.returnTo,
    deps.config.frontEndOrigins,
  );
  response.redirect(
    HTTP_STATUS.SEE_OTHER,
    returnTo === undefined ? logoutUrl : loginPath(returnTo, 'select_account'),
  );
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

async function endSession(request: Request, response: Response, deps: HttpDeps): Promise<string | undefined> {
  const { sessions, oidc } = deps.signIn;
  const ending = { reason: 'signed_out', requestId: stateOf(response).requestId } as const;
  let idToken: string | undefined;
  for (const name of [OVERLAY_SESSION_COOKIE, SESSION_COOKIE] as const) {
    // By the cookie's token: a session that has already ended may still need a sign-out at the provider.
    const tokens = await sessions.endByToken(cookieOf(request, name), ending, attemptCookiesOf(request));
    idToken = tokens?.idToken ?? idToken;
  }
  // Clear the cookies only after the session has ended. If ending it failed, the person can retry (D25).
  for (const name of [SESSION_COOKIE, OVERLAY_SESSION_COOKIE]) clearCookie(response, name);
  return idToken === undefined ? undefined : oidc.endSessionUrl(idToken);
}

/** GET / : describes the server and shows who is signed in. */
export async function showHome(request: Request, response: Response, deps: HttpDeps): Promise<void> {
  const session = await currentSession(request, deps, 'peek');
  const apps = deps.config.apps.map(({ name }) => ({ label: name, href: `/apps/${name}/` }));
  const explorer = deps.config.graphql.explorer ? [{ label: 'GraphQL explorer', href: '/graphql' }] : [];
  const who =
    session === undefined
      ? 'You are not signed in.'
      : `You are signed in as ${session.principal.displayName} (${session.principal.login} in ShotGrid).`;
  allowPage(response, deps);
  response.type('html').send(
    renderPage({
      title: 'ShotGrid tools, as yourself',
      paragraphs: [
        'This server connects the tools of your studio with ShotGrid. What you do in them is done as you.',
        who,
      ],
      links: [...apps, ...explorer],
      actions: [
        session === undefined
          ? { label: 'Sign in', href: '/auth/login' }
          : { label: 'Sign out', href: '/auth/logout', post: { name: 'from', value: 'home' } },
      ],
    }),
  );
}
