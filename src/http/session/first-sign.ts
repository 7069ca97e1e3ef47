import type { Request } from 'express';
import type { LaunchId } from '../../base/ids.ts';
import type { Principal, Session } from '../../identity/person/principal.ts';
import { isPrefetch } from '../guard/request-checks.ts';
import type { HttpDeps } from '../http-deps.ts';
import { needsLink } from './refused-account.ts';
import { currentSession } from './sign-in-flow.ts';

/*
 * A person who shows up asks for something in a moment. What that request would wait for at the site begins here: the check
 * whether this server may still act for the person, and their token. Nothing is answered by it, and it prolongs no
 * session. If it fails, the request asks again and tells why.
 */

type Deps = Pick<HttpDeps, 'signIn' | 'launches' | 'expectWrites' | 'logger'>;

/** Begins the check of the session's person, which is also that of their next request. */
export function expectRequests({ signIn }: Pick<Deps, 'signIn'>, session: Session): void {
  signIn.expectCheck(session);
}

/** Begins the token of a launch that the person has claimed, for its first write. */
export function expectLaunch(deps: Deps, principal: Principal, id: LaunchId | string): void {
  // Without their own account they can write nothing.
  if (needsLink(principal)) return;
  const begin = async (): Promise<void> => {
    const { sessionUuid = null } = (await deps.launches.read(id, principal))?.payload ?? {};
    if (sessionUuid !== null) deps.expectWrites(principal, sessionUuid);
  };
  begin().catch((error: unknown) => deps.logger.debug('launch.not_expected', { error }));
}

/** A page of a served front end is opened, with a launch or without. A browser that only prefetches it is no person. */
export function expectVisit(request: Request, deps: HttpDeps): void {
  if (isPrefetch(request) || request.method !== 'GET') return;
  const id = request.query['launch'];
  const begin = async (): Promise<void> => {
    const session = await currentSession(request, deps, 'peek');
    if (session === undefined) return;
    expectRequests(deps, session);
    if (typeof id === 'string') expectLaunch(deps, session.principal, id);
  };
  begin().catch((error: unknown) => deps.logger.debug('session.not_expected', { error }));
}
