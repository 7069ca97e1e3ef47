import type { Response } from 'express';
import { AppError } from '../../base/errors.ts';
import type { LaunchId } from '../../base/ids.ts';
import type { Attempt } from '../../identity/session/attempts.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { clearCookie, launchCookie } from '../request/cookies.ts';
import type { Launch } from '../../launch/launch.ts';
import type { ClaimOutcome } from '../../launch/launches.ts';
import { expectLaunch } from '../session/first-sign.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';

/**
 * The person who signed in must be the person who clicked (B1): compared before a session or code exists. A launch
 * that has expired does not stop a tab's sign-in; its page explains it (B6). A frame has nothing else to show, so
 * there the sign-in is refused.
 * Errors: `IDENTITY_MISMATCH`, `LAUNCH_EXPIRED`.
 *
 * @returns the launch, if there is one and it was claimed
 */
export async function claimLaunch(
  response: Response,
  deps: HttpDeps,
  { launchId, handoverId }: Attempt,
  principal: Principal,
): Promise<LaunchId | undefined> {
  if (launchId === null) return undefined;
  const id = launchId as LaunchId;
  const outcome = await claim(response, deps, { id }, principal);
  if (outcome === 'unknown' && handoverId !== null) throw new AppError('LAUNCH_EXPIRED');
  // The launch and its cookie keep waiting for the person who clicked.
  if (outcome === 'mismatch') {
    throw identityMismatch(
      principal,
      'Use the account that clicked there, or go back to ShotGrid as yourself.',
    );
  }
  if (outcome !== 'claimed') return undefined;
  clearCookie(response, launchCookie(id));
  return id;
}

/** Binds the launch to the person, and records it. */
export async function claim(
  response: Response,
  deps: HttpDeps,
  { id }: Pick<Launch, 'id'>,
  principal: Principal,
): Promise<ClaimOutcome> {
  const decision = { action: 'launch.claimed', principal, launchId: id } as const;
  const outcome = await deps.launches.claim(id, principal).catch((error: unknown) => {
    recordDecision(response, deps, { ...decision, error, mayBeDone: true });
    throw error;
  });
  if (outcome === 'claimed') {
    recordDecision(response, deps, decision);
    expectLaunch(deps, principal, id);
  }
  if (outcome === 'mismatch') {
    recordDecision(response, deps, { ...decision, error: new AppError('IDENTITY_MISMATCH') });
  }
  return outcome;
}

/** Names only the person who is signed in. Never reveal who the launch belongs to (B1). */
export function identityMismatch(principal: Principal, whatToDo: string): AppError {
  return new AppError('IDENTITY_MISMATCH', {
    message: `You are signed in as ${principal.displayName} (${principal.login}), but a different person clicked in ShotGrid. Nothing was opened. ${whatToDo}`,
    details: { signedInAs: principal.displayName },
  });
}
