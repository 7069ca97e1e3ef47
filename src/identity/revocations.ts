import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../base/logger.ts';
import type { Oidc } from './oidc-port.ts';

/** Refresh tokens that are to be ended at the provider. Nobody waits for it: the session here is over already (D16). */
export interface Revocations {
  /** Ends the token at the provider, again after a while where that cannot be reached. Never rejects. */
  revoke(refreshToken: string): Promise<void>;
  /** Gives up what still waits. */
  close(): void;
}

const RETRY_AFTER_MS = [5000, 30_000, 120_000, 600_000, 3_600_000] as const;

/** @param retryAfterMs waits before the second and each further try */
export function createRevocations(
  oidc: Pick<Oidc, 'revoke'>,
  logger: Logger,
  retryAfterMs: readonly number[] = RETRY_AFTER_MS,
): Revocations {
  const closing = new AbortController();

  const attempt = async (refreshToken: string, tries: number): Promise<void> => {
    try {
      await oidc.revoke(refreshToken);
    } catch (error) {
      const waitMs = retryAfterMs[tries];
      logger.warn(waitMs === undefined ? 'revocation.given_up' : 'revocation.postponed', { error });
      if (waitMs === undefined) return;
      void delay(waitMs, undefined, { signal: closing.signal, ref: false }).then(
        () => attempt(refreshToken, tries + 1),
        () => logger.warn('revocation.given_up'),
      );
    }
  };

  return { revoke: (refreshToken) => attempt(refreshToken, 0), close: () => closing.abort() };
}
