import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import type { SessionId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toldOnce } from '../../base/told-once.ts';
import type { BegunRenewals } from '../../store/begun-renewals.ts';
import type { Locks } from '../../store/locks.ts';
import { type Found, OneUseRenewals, type Outcome } from '../../store/one-use-renewals.ts';
import { type Oidc, type Tokens, renewAtOf } from '../provider/oidc-port.ts';
import type { Session } from '../person/principal.ts';
import type { RenewalFailure, RenewalFailures } from './renewal-failures.ts';
import type { Revocations } from './revocations.ts';
import type { Sessions } from './sessions-port.ts';
import { signInAgain } from '../provider/step-up.ts';

/** Keeps the provider's tokens of a session alive, so that a session ended at the provider also ends here. */
export interface TokenKeeper {
  /**
   * Renews the access token shortly before it expires: once, however many requests and processes need it (D7, D8).
   * `ended` where the provider no longer accepts the refresh token: the session is over. While the provider is
   * unavailable the session continues for the time of the settings: ShotGrid needs no token of the provider.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`, `UNAVAILABLE` after a longer outage (D12).
   */
  keepFresh(session: Session): Promise<'alive' | 'ended'>;
  /**
   * An access token that is valid for some time; for other systems of the studio.
   * Errors: `UNAUTHENTICATED` where the session is over; `STEP_UP` where the token has expired and there is no
   * refresh token; `IDP_UNAVAILABLE`, `IDP_TIMEOUT`, `UNAVAILABLE` where it has expired and cannot be renewed now.
   */
  accessToken(session: Session): Promise<string>;
  /** Renews nothing any more, and waits for the renewals that are under way. */
  close(): Promise<void>;
}

export interface TokenKeeperDeps {
  readonly begun: BegunRenewals;
  readonly failures: RenewalFailures;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Sessions;
  readonly locks: Locks;
  readonly oidc: Pick<Oidc, 'refresh'>;
  readonly revocations: Pick<Revocations, 'revokeLater'>;
  /** How long a session continues while its tokens cannot be renewed. */
  readonly awayMs: number;
  /** Where a person signs in here. */
  readonly loginUrl: string;
}

/**
 * The wait for a new token where the session may continue without one: long enough for a provider that refuses,
 * without waiting for one that hangs.
 */
const PATIENCE_MS = 2000;
/** The same while the provider is known to be unavailable. */
const SHORT_PATIENCE_MS = 500;
/** After a failure the provider is not called again for this long. */
const FAILURE_KEPT_MS = 5000;
/**
 * Errors that do not concern the person: the provider is unavailable, or its answer could not be stored, so it is
 * not called.
 */
const OUTAGES: ReadonlySet<ErrorCode> = new Set(['IDP_UNAVAILABLE', 'IDP_TIMEOUT', 'UNAVAILABLE']);
const MAX_WAIT_MS = 30_000;

/** A token keeper whose renewals are shared in this process and locked across processes. */
export function createTokenKeeper(deps: TokenKeeperDeps): TokenKeeper {
  return new SharedTokenKeeper(deps);
}

class SharedTokenKeeper implements TokenKeeper {
  readonly #deps: TokenKeeperDeps;
  readonly #renewals: OneUseRenewals<Tokens, Tokens, 'alive' | 'ended'>;
  readonly #tell: (error: unknown) => void;

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
    const { begun, clock, locks } = deps;
    this.#renewals = new OneUseRenewals({
      ...{ begun, clock, locks, kind: 'renewal', maxWaitMs: MAX_WAIT_MS, lateCode: 'IDP_TIMEOUT' },
    });
    this.#tell = toldOnce(deps.logger, { begins: 'refresh.away', ends: 'refresh.back' }, { upstream: 'idp' });
  }

  async keepFresh(session: Session): Promise<'alive' | 'ended'> {
    const { renewAtMs, tokenExpiresAtMs } = session;
    if (renewAtMs === null || tokenExpiresAtMs === null || this.#now() < renewAtMs) return 'alive';
    const isUnderWay = this.#renewals.isUnderWay(session.id);
    const flight = this.#flightOf(session);
    // While the token is valid, requests do not wait for the provider; the next request sees the outcome.
    if (this.#now() < tokenExpiresAtMs) {
      flight.then(
        () => this.#tell(undefined),
        (error: unknown) => this.#tell(error),
      );
      return 'alive';
    }
    // It may fail before a caller waits for it, or without any caller.
    flight.catch(() => undefined);
    const failure = await this.#deps.failures.of(session.id);
    if (!this.#mayGoOn(tokenExpiresAtMs, failure)) return this.#unlessAway(flight, session);
    const knownPatienceMs = isUnderWay ? 0 : SHORT_PATIENCE_MS;
    const waiting = new AbortController();
    const goOn = delay(failure === undefined ? PATIENCE_MS : knownPatienceMs, 'alive' as const, {
      signal: waiting.signal,
    });
    try {
      return await Promise.race([this.#unlessAway(flight, session), goOn.catch(() => 'alive' as const)]);
    } finally {
      waiting.abort();
    }
  }

  close(): Promise<void> {
    return this.#renewals.close();
  }

  async accessToken(session: Session): Promise<string> {
    const { renewAtMs } = session;
    const isDue = renewAtMs !== null && this.#now() >= renewAtMs;
    // A caller that needs the token itself waits for it, and fails without it.
    const outcome = isDue ? await this.#whileItLives(session) : 'alive';
    const { sessions } = this.#deps;
    const tokens = outcome === 'alive' ? await sessions.tokensOf(session.id) : undefined;
    if (tokens === undefined) {
      // Replaced while this request was under way.
      const successor = await sessions.peek(session.id);
      if (successor === undefined || successor.id === session.id) throw new AppError('UNAUTHENTICATED');
      return this.accessToken(successor);
    }
    // Without a refresh token only the person can get another token; the session itself continues.
    const { accessExpiresAtMs, accessToken } = tokens;
    if (accessExpiresAtMs !== null && this.#now() >= accessExpiresAtMs) {
      throw signInAgain(this.#deps.loginUrl);
    }
    return accessToken;
  }

  async #whileItLives(session: Session): Promise<'alive' | 'ended'> {
    return this.#now() < Number(session.tokenExpiresAtMs) ? this.keepFresh(session) : this.#flightOf(session);
  }

  /** The outcome, or `alive` where the provider is unavailable and the session may still continue. */
  async #unlessAway(
    flight: Promise<'alive' | 'ended'>,
    { id, tokenExpiresAtMs }: Session,
  ): Promise<'alive' | 'ended'> {
    try {
      const outcome = await flight;
      this.#tell(undefined);
      return outcome;
    } catch (error) {
      if (!OUTAGES.has(toAppError(error).code)) throw error;
      this.#tell(error);
      if (!this.#mayGoOn(Number(tokenExpiresAtMs), await this.#deps.failures.of(id))) throw error;
      return 'alive';
    }
  }

  /**
   * Counts from the token's expiry, or from the first failed renewal where that is later: the person may have been
   * idle before.
   */
  #mayGoOn(tokenExpiresAtMs: number, failure: RenewalFailure | undefined): boolean {
    return this.#now() < Math.max(tokenExpiresAtMs, failure?.firstMs ?? 0) + this.#deps.awayMs;
  }

  #flightOf(session: Session): Promise<'alive' | 'ended'> {
    const { id, principal } = session;
    return this.#renewals.renew({
      id,
      read: () => this.#found(session),
      attempt: (run) => this.#unlessFailed(session, run),
      send: async (old) => {
        const answer = await this.#deps.oidc.refresh(old, principal.subject);
        return answer === 'refused' ? { refused: () => this.#endUnless(id, old) } : { answer };
      },
      write: (old, renewed) => this.#write(id, old, renewed),
      resultOf: async (renewed, isWritten) => {
        if (!isWritten) return this.#stateOf(id);
        // They are stored, and checked again once the provider's keys can be read.
        if (renewed.unread !== undefined) throw new AppError('IDP_UNAVAILABLE');
        return 'alive';
      },
    });
  }

  async #found({ id, endsAtMs }: Session): Promise<Found<Tokens, 'alive' | 'ended'>> {
    const old = await this.#deps.sessions.tokensOf(id);
    if (old === undefined) return { result: 'ended' };
    if (this.#now() < (renewAtOf(old) ?? Number.POSITIVE_INFINITY)) return { result: 'alive' };
    const isAlive = this.#now() < Number(old.accessExpiresAtMs);
    return { old, endsAtMs, ...(isAlive && { meanwhile: 'alive' }) };
  }

  /** One attempt, unless another one, perhaps of another process, has just failed. */
  async #unlessFailed(
    { id, endsAtMs }: Session,
    run: () => Promise<Outcome<'alive' | 'ended'>>,
  ): Promise<Outcome<'alive' | 'ended'>> {
    const { failures } = this.#deps;
    const failure = await failures.of(id);
    if (failure !== undefined && this.#now() - failure.lastMs < FAILURE_KEPT_MS) {
      throw new AppError('IDP_UNAVAILABLE');
    }
    try {
      const outcome = await run();
      // What another process has sent may never be answered.
      if (failure !== undefined && outcome !== 'elsewhere') await failures.forget(id).catch(() => undefined);
      return outcome;
    } catch (error) {
      await failures.add(id, endsAtMs - this.#now());
      throw error;
    }
  }

  async #write(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean> {
    const { sessions, revocations } = this.#deps;
    const isWritten = await sessions.replaceTokens(id, old, renewed);
    // No session has these tokens any more. One that lives, or that replaced it, has others of their grant, which
    // must not end.
    const isGone = !isWritten && (await sessions.peek(id)) === undefined;
    if (isGone && renewed.refreshToken !== null) revocations.revokeLater(renewed.refreshToken);
    return isWritten;
  }

  async #stateOf(id: SessionId): Promise<'alive' | 'ended'> {
    return (await this.#deps.sessions.tokensOf(id)) === undefined ? 'ended' : 'alive';
  }

  /** The provider refuses. Unless another process has renewed the tokens meanwhile, the session is over. */
  async #endUnless(id: SessionId, refused: Tokens): Promise<'alive' | 'ended'> {
    const { sessions } = this.#deps;
    const current = await sessions.tokensOf(id);
    if (current !== undefined && current.refreshToken !== refused.refreshToken) return 'alive';
    await sessions.end(id, { reason: 'renewal_refused' });
    return 'ended';
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}
