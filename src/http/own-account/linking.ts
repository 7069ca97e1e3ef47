import type { Request, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { HeldHandover } from '../../identity/session/handovers.ts';
import type { Acting, Principal, Session } from '../../identity/person/principal.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { LinkPlace } from '../pages/link-page.ts';
import { stateOf } from '../request/request-state.ts';
import { launchIdOf, wantedReturnTo } from '../session/return-to.ts';
import { liveSession } from '../session/sign-in-flow.ts';
import { heldInWindow, handOver } from '../overlay/sign-in-window.ts';

/** A person who links their account: in a tab with a session, or in the window that signs in for ShotGrid's frame. */
export interface Linking {
  readonly principal: Principal;
  /** Identifies this person to ShotGrid's approvals. */
  readonly key: string;
  /** The link ends with the session at the latest. */
  readonly ttlMs: number;
  readonly launchId: string | undefined;
  readonly place: LinkPlace;
  /** Keeps the account and answers the request. */
  finish(account: string): Promise<void>;
}

/** Errors: `UNAUTHENTICATED`, `LAUNCH_EXPIRED`, `RETURN_TO`, `BAD_REQUEST` for a person whom `sudo` works for. */
export async function linkingOf(request: Request, response: Response, deps: HttpDeps): Promise<Linking> {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const { window, returnTo } = body;
  if (typeof window === 'string')
    return inWindowOf(response, deps, await heldInWindow(response, deps, window));
  const session = await liveSession(request, deps);
  if (session === undefined) throw new AppError('UNAUTHENTICATED');
  // A person whom `sudo` works for has no own account here: each person has exactly one way.
  if (session.principal.acting.way !== 'own') throw new AppError('BAD_REQUEST');
  return inTabOf(response, deps, session, returnToOf(returnTo, deps));
}

/** Errors: `BAD_REQUEST`, `RETURN_TO`. */
export const returnToOf = (text: unknown, { config }: HttpDeps): string =>
  wantedReturnTo(text, config.frontEndOrigins) ?? '/';

export function inTabOf(response: Response, deps: HttpDeps, session: Session, returnTo: string): Linking {
  const { principal, endsAtMs } = session;
  const forgetAccountOf = async (acting: Acting | undefined): Promise<void> => {
    if (acting?.way === 'own' && acting.account !== null) await deps.accounts.forget(acting.account);
  };
  return {
    principal,
    key: session.id,
    ttlMs: Math.max(1, endsAtMs - deps.clock.now()),
    launchId: launchIdOf(returnTo),
    place: { name: 'returnTo', value: returnTo },
    async finish(account) {
      let before: Acting | undefined;
      const change = (current: Principal): Principal => {
        before = current.acting;
        return { ...current, acting: { way: 'own', account } };
      };
      try {
        const isKept = await deps.signIn.sessions.changePrincipal(session.id, change);
        if (!isKept) throw new AppError('UNAUTHENTICATED');
      } catch (error) {
        // Also if it may have been kept: a session whose account is forgotten can link it again.
        await deps.accounts.forget(account);
        await forgetAccountOf(before);
        throw error;
      }
      // The form was sent twice, perhaps concurrently: forget the other account, since no session would end it.
      await forgetAccountOf(before);
      recordLink(response, deps, principal);
      response.redirect(HTTP_STATUS.SEE_OTHER, returnTo);
    },
  };
}

type HeldInWindow = HeldHandover & { readonly ticket: string };

/** The frame waits meanwhile, and gets its session with the account linked. */
export function inWindowOf(response: Response, deps: HttpDeps, held: HeldInWindow): Linking {
  const { id: handoverId, launchId, ticket, content } = held;
  const { principal, ...signedIn } = content;
  return {
    principal,
    key: handoverId,
    ttlMs: deps.config.session.absoluteMs,
    launchId,
    place: { name: 'window', value: ticket },
    async finish(account) {
      const linked: Principal = { ...principal, acting: { way: 'own', account } };
      try {
        await handOver(response, deps, { handoverId, principal: linked, signedIn });
      } catch (error) {
        await deps.accounts.forget(account);
        throw error;
      }
      recordLink(response, deps, principal);
    },
  };
}

function recordLink(response: Response, deps: HttpDeps, principal: Principal): void {
  deps.logger.info('account.linked', { requestId: stateOf(response).requestId, login: principal.login });
  recordDecision(response, deps, { action: 'account.linked', principal });
}
