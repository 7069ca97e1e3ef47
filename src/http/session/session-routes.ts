import type { Request, Response } from 'express';
import type { Session } from '../../identity/person/principal.ts';
import type { HttpDeps } from '../http-deps.ts';
import { renderPage } from '../pages/page.ts';
import { notSignedIn } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { allowPage } from '../guard/security-headers.ts';
import { expectRequests } from './first-sign.ts';
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
  expectRequests(deps, session);
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

const isoTime = (ms: number): string => new Date(ms).toISOString();

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
