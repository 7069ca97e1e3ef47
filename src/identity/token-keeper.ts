import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { SessionId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Locks } from '../store/locks.ts';
import { untilWritten } from '../store/until-written.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { Oidc, Tokens } from './oidc-port.ts';
import type { Principal, Session } from './principal.ts';
import type { Revocations } from './revocations.ts';
import type { Sessions } from './sessions.ts';
import { signInAgain } from './step-up.ts';

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
   * Errors: `UNAUTHENTICATED` where the session is over, `STEP_UP` where the token is and cannot be renewed, and as above.
   */
  accessToken(session: Session): Promise<string>;
}

export interface TokenKeeperDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Sessions;
  /** So that one process renews, and another takes over from one that died meanwhile (D10). */
  readonly locks: Locks;
  readonly oidc: Pick<Oidc, 'refresh'>;
  readonly revocations: Pick<Revocations, 'revokeLater'>;
}

/** What came of a refresh token that is spent. */
interface Spent {
  readonly old: Tokens;
  readonly renewed: Tokens;
}

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
  /** Answers that are not in the store yet: asked again, the provider would take the token for stolen. */
  readonly #unwritten = new Map<SessionId, Spent>();
  /** Requests of this process share one flight; the lock in the store is for the others. */
  readonly #flights = new Map<SessionId, Promise<'alive' | 'ended'>>();

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
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
    // Without a refresh token nobody but the person can get another one; the session itself goes on.
    const { accessExpiresAtMs, accessToken } = tokens;
    if (accessExpiresAtMs !== null && this.#deps.clock.now() >= accessExpiresAtMs) throw signInAgain();
    return accessToken;
  }

  async #refresh({ id, principal }: Session): Promise<'alive' | 'ended'> {
    const { sessions, locks } = this.#deps;
    for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
      const tokens = await sessions.tokensOf(id);
      if (tokens === undefined) return 'ended';
      if (!this.#areDue(tokens)) return 'alive';
      const held = await locks.hold(`renewal ${id}`, () => this.#asHolder(id, principal));
      if (held !== undefined) return held.result;
      const isDead = this.#deps.clock.now() >= Number(tokens.accessExpiresAtMs);
      if (!isDead) return 'alive';
      await delay(POLL_MS);
    }
    throw new AppError('IDP_TIMEOUT');
  }

  async #asHolder(id: SessionId, principal: Principal): Promise<'alive' | 'ended'> {
    const { vault, sessions } = this.#deps;
    const failedKey = hashedKey('renewal-failed', id);
    // Read again: another may have renewed them between our look and our lock, or have just tried in vain.
    const tokens = await sessions.tokensOf(id);
    if (tokens === undefined) return 'ended';
    if (!this.#areDue(tokens)) return 'alive';
    if ((await vault.get(failedKey)) !== undefined) throw new AppError('IDP_UNAVAILABLE');
    try {
      return await this.#renew(id, principal, tokens);
    } catch (error) {
      await vault.set(failedKey, true, FAILURE_KEPT_MS).catch(() => undefined);
      throw error;
    }
  }

  // oxlint-disable-next-line max-params
  async #renew(id: SessionId, { subject }: Principal, tokens: Tokens): Promise<'alive' | 'ended'> {
    const { oidc, sessions, revocations } = this.#deps;
    const known = this.#unwritten.get(id);
    const renewed =
      known?.old.refreshToken === tokens.refreshToken ? known.renewed : await oidc.refresh(tokens, subject);
    if (renewed === 'refused') return this.#endUnless(id, tokens);
    this.#unwritten.set(id, { old: tokens, renewed });
    const isWritten = await untilWritten(() => sessions.replaceTokens(id, tokens, renewed));
    this.#unwritten.delete(id);
    if (isWritten) {
      // They are kept, and looked at again once the provider's keys can be read.
      if (renewed.unread !== undefined) throw new AppError('IDP_UNAVAILABLE');
      return 'alive';
    }
    // Signed out meanwhile, or a holder that was taken for dead was first: these tokens are nobody's.
    if (renewed.refreshToken !== null) revocations.revokeLater(renewed.refreshToken);
    return (await sessions.tokensOf(id)) === undefined ? 'ended' : 'alive';
  }

  /** The provider says no; unless another process has renewed the tokens meanwhile, the session is over. */
  async #endUnless(id: SessionId, refused: Tokens): Promise<'alive' | 'ended'> {
    const { sessions } = this.#deps;
    const current = await sessions.tokensOf(id);
    if (current !== undefined && current.refreshToken !== refused.refreshToken) return 'alive';
    await sessions.end(id, { reason: 'renewal_refused' });
    return 'ended';
  }

  #areDue({ accessExpiresAtMs }: Tokens): boolean {
    return accessExpiresAtMs !== null && this.#isDue(accessExpiresAtMs);
  }

  #isDue(expiresAtMs: number): boolean {
    return this.#deps.clock.now() >= expiresAtMs - AHEAD_MS;
  }
}
