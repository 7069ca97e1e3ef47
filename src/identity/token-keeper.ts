import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { randomToken, type SessionId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { Oidc, Tokens } from './oidc-port.ts';
import type { Session } from './principal.ts';
import type { Sessions } from './sessions.ts';

/** Keeps the provider's tokens of a session alive, so that who is put out there is put out here too. */
export interface TokenKeeper {
  /**
   * Renews the access token where it is about to end: once, however many requests and processes ask (D7, D8).
   * `ended` where the provider takes the refresh token no more: the session is over.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT` where the token is over and the provider cannot be asked (D12).
   */
  keepFresh(session: Session): Promise<'alive' | 'ended'>;
  /**
   * An access token that is good for a while yet; for other systems of the studio.
   * Errors: `UNAUTHENTICATED` where the session is over, and as above.
   */
  accessToken(session: Session): Promise<string>;
}

export interface TokenKeeperDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Sessions;
  readonly oidc: Pick<Oidc, 'refresh' | 'revoke'>;
  /** After this time others take over from a process that died while it refreshed (D10). */
  readonly lockMs?: number;
}

interface Lock {
  readonly holder: string;
  readonly hasFailed: boolean;
}

const DEFAULT_LOCK_MS = 10_000;
const RENEWALS_PER_LOCK = 3;
/** Renewed this long before its end, so that nobody waits for a provider that is slow or away for a moment. */
const AHEAD_MS = 30_000;
/** After a failure nobody asks the provider again for this long. */
const FAILURE_KEPT_MS = 5000;
const POLL_MS = 50;
const MAX_WAIT_MS = 30_000;

export function createTokenKeeper(deps: TokenKeeperDeps): TokenKeeper {
  return new SharedTokenKeeper(deps);
}

class SharedTokenKeeper implements TokenKeeper {
  readonly #deps: TokenKeeperDeps;
  readonly #lockMs: number;
  /** Requests of this process share one flight; the lock in the store is for the others. */
  readonly #flights = new Map<SessionId, Promise<'alive' | 'ended'>>();

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
    this.#lockMs = deps.lockMs ?? DEFAULT_LOCK_MS;
  }

  async keepFresh(session: Session): Promise<'alive' | 'ended'> {
    const { id, tokenExpiresAtMs } = session;
    if (tokenExpiresAtMs === null || !this.#isDue(tokenExpiresAtMs)) return 'alive';
    const flight = this.#flights.get(id) ?? this.#refresh(session).finally(() => this.#flights.delete(id));
    this.#flights.set(id, flight);
    // While the token lives nobody waits for the provider; what comes of it is seen by the next request.
    if (this.#deps.clock.now() < tokenExpiresAtMs) {
      flight.catch((error: unknown) => this.#deps.logger.warn('refresh.postponed', { error }));
      return 'alive';
    }
    return flight;
  }

  async accessToken(session: Session): Promise<string> {
    const outcome = await this.keepFresh(session);
    const tokens = outcome === 'alive' ? await this.#deps.sessions.tokensOf(session.id) : undefined;
    if (tokens === undefined) throw new AppError('UNAUTHENTICATED');
    return tokens.accessToken;
  }

  async #refresh(session: Session): Promise<'alive' | 'ended'> {
    const { vault, sessions } = this.#deps;
    const key = hashedKey('refresh', session.id);
    const holder = randomToken();
    for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
      const tokens = await sessions.tokensOf(session.id);
      if (tokens === undefined) return 'ended';
      if (tokens.accessExpiresAtMs === null || !this.#isDue(tokens.accessExpiresAtMs)) return 'alive';
      if (await vault.add(key, { holder, hasFailed: false } satisfies Lock, this.#lockMs)) {
        return this.#asHolder(session, key, holder);
      }
      const isDead = this.#deps.clock.now() >= tokens.accessExpiresAtMs;
      if (!isDead) return 'alive';
      const lock = (await vault.get(key)) as Lock | undefined;
      if (lock?.hasFailed === true) throw new AppError('IDP_UNAVAILABLE');
      await delay(POLL_MS);
    }
    throw new AppError('IDP_TIMEOUT');
  }

  /** Holds the lock for as long as the provider takes, however slow it is (D9). */
  async #asHolder(session: Session, key: string, holder: string): Promise<'alive' | 'ended'> {
    const { vault, sessions, logger } = this.#deps;
    const isOwn = (value: unknown): boolean => (value as Lock).holder === holder;
    const renewal = setInterval(() => {
      vault
        .update(key, (lock) => (isOwn(lock) ? lock : undefined), this.#lockMs)
        .catch((error: unknown) => logger.warn('refresh.lock_not_renewed', { error }));
    }, this.#lockMs / RENEWALS_PER_LOCK);
    renewal.unref();
    try {
      // Read again: another may have renewed them between our look and our lock.
      const tokens = await sessions.tokensOf(session.id);
      if (tokens === undefined) return 'ended';
      const isRenewed = tokens.accessExpiresAtMs === null || !this.#isDue(tokens.accessExpiresAtMs);
      const outcome = isRenewed ? 'alive' : await this.#ask(session, tokens);
      if (isOwn((await vault.get(key)) ?? {})) await vault.delete(key);
      return outcome;
    } catch (error) {
      const failed = { holder, hasFailed: true } satisfies Lock;
      await vault.update(key, (lock) => (isOwn(lock) ? failed : undefined), FAILURE_KEPT_MS);
      if (this.#deps.clock.now() >= (session.tokenExpiresAtMs ?? 0)) throw error;
      logger.warn('refresh.postponed', { login: session.principal.login, error });
      return 'alive';
    } finally {
      clearInterval(renewal);
    }
  }

  async #ask({ id, principal }: Session, tokens: Tokens): Promise<'alive' | 'ended'> {
    const { oidc, sessions, logger } = this.#deps;
    const renewed = await oidc.refresh(tokens, principal.subject);
    if (renewed !== 'refused') {
      if (await sessions.replaceTokens(id, tokens, renewed)) return 'alive';
      // Signed out meanwhile, or a holder that was taken for dead was first: these tokens are nobody's.
      if (renewed.refreshToken !== null) {
        await oidc.revoke(renewed.refreshToken).catch((error: unknown) => {
          logger.warn('refresh.not_revoked', { error });
        });
      }
      return (await sessions.tokensOf(id)) === undefined ? 'ended' : 'alive';
    }
    const current = await sessions.tokensOf(id);
    if (current !== undefined && current.refreshToken !== tokens.refreshToken) return 'alive';
    await sessions.end(id);
    logger.info('session.ended_by_provider', { login: principal.login });
    return 'ended';
  }

  #isDue(expiresAtMs: number): boolean {
    return this.#deps.clock.now() >= expiresAtMs - AHEAD_MS;
  }
}
