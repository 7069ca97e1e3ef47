import type { Session } from '../../identity/person/principal.ts';
import type { HttpDeps } from '../http-deps.ts';

/** Signs a person out once ShotGrid no longer lets us act for them. Their next sign-in explains why (D32, G2). */
export async function endForGood(
  { signIn, logger }: Pick<HttpDeps, 'signIn' | 'logger'>,
  { id }: Session,
  requestId: string,
): Promise<void> {
  try {
    await signIn.sessions.end(id, { reason: 'person_refused', requestId });
  } catch (error) {
    // The next refusal tries to end the session again.
    logger.warn('session.not_ended', { requestId, error });
  }
}
