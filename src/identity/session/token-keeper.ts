import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import type { SessionId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toldOnce } from '../../base/told-once.ts';
import type { Locks } from '../../store/locks.ts';
import { untilWritten } from '../../store/until-written.ts';
import type { Oidc, Tokens } from '../provider/oidc-port.ts';
import type { Principal, Session } from '../person/principal.ts';
import type { RenewalFailure, RenewalFailures } from './renewal-failures.ts';
import type { Revocations } from './revocations.ts';
import type { Sessions } from './sessions.ts';
import { signInAgain } from '../provider/step-up.ts';
import { renewAtOf } from '../provider/token-facts.ts';

/** Keeps the provider's tokens of a session alive, so that who is put out there is put out here too. */
export interface TokenKeeper {
  /**
   * Renews the access token where it is about to end: once, however many requests and processes ask (D7, D8).
   * `ended` where the provider takes the refresh token no more: the session is over. A provider that cannot be asked costs
   * nothing for the time of the settings: ShotGrid needs no token of the provider.
   * Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`, `UNAVAILABLE` where it could not be asked for longer (D12).
   */
  keepFresh(session: Session): Promise<'alive' | 'ended'>;
  /**
   * An access token that is good for a while yet; for other systems of the studio.
   * Errors: `UNAUTHENTICATED` where the session is over, `STEP_UP` where the token is and there is no refresh token,
   * `IDP_UNAVAILABLE`, `IDP_TIMEOUT`, `UNAVAILABLE` where it is over and cannot be renewed now.
   */
  accessToken(session: Session): Promise<string>;
}

export interface TokenKeeperDeps {
  readonly failures: RenewalFailures;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Sessions;
  /** So that one process renews, and another takes over from one that died meanwhile (D10). */
  readonly locks: Locks;
  readonly oidc: Pick<Oidc, 'refresh'>;
  readonly revocations: Pick<Revocations, 'revokeLater'>;
  /** How long a session goes on while its tokens cannot be renewed. */
  readonly awayMs: number;
}

/** What came of a refresh token that is spent. */
interface Spent {
  readonly old: Tokens;
  readonly renewed: Tokens;
}

/** Who may go on without a new token waits this long for it: a provider that says no is heard, one that hangs is not waited for. */
const PATIENCE_MS = 2000;
/** The same once it is known that the provider is away. */
const SHORT_PATIENCE_MS = 500;
/** After a failure nobody asks the provider again for this long. */
const FAILURE_KEPT_MS = 5000;
/** What says nothing of the person: the provider cannot be asked, or its answer could not be kept, so nobody asks. */
const OUTAGES: ReadonlySet<ErrorCode> = new Set(['IDP_UNAVAILABLE', 'IDP_TIMEOUT', 'UNAVAILABLE']);
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
  readonly #tell: (error: unknown) => void;

  constructor(deps: TokenKeeperDeps) {
    this.#deps = deps;
    this.#tell = toldOnce(deps.logger, { begins: 'refresh.away', ends: 'refresh.back' }, { upstream: 'idp' });
  }

  async keepFresh(session: Session): Promise<'alive' | 'ended'> {
    const { renewAtMs, tokenExpiresAtMs } = session;
    if (renewAtMs === null || tokenExpiresAtMs === null || this.#now() < renewAtMs) return 'alive';
    const isUnderWay = this.#flights.has(session.id);
    const flight = this.#flightOf(session);
    // While the token lives nobody waits for the provider; what comes of it is seen by the next request.
    if (this.#now() < tokenExpiresAtMs) {
      flight.then(
        () => this.#tell(undefined),
        (error: unknown) => this.#tell(error),
      );
      return 'alive';
    }
    // It may fail before anybody waits for it, or when nobody does.
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

  async accessToken(session: Session): Promise<string> {
    const { renewAtMs } = session;
    const isDue = renewAtMs !== null && this.#now() >= renewAtMs;
    // Whoever needs the token itself waits for it, and fails without it.
    const outcome = isDue ? await this.#whileItLives(session) : 'alive';
    const tokens = outcome === 'alive' ? await this.#deps.sessions.tokensOf(session.id) : undefined;
    if (tokens === undefined) throw new AppError('UNAUTHENTICATED');
    // Without a refresh token nobody but the person can get another one; the session itself goes on.
    const { accessExpiresAtMs, accessToken } = tokens;
    if (accessExpiresAtMs !== null && this.#now() >= accessExpiresAtMs) throw signInAgain();
    return accessToken;
  }

  async #whileItLives(session: Session): Promise<'alive' | 'ended'> {
    return this.#now() < Number(session.tokenExpiresAtMs) ? this.keepFresh(session) : this.#flightOf(session);
  }

  #flightOf(session: Session): Promise<'alive' | 'ended'> {
    const { id } = session;
    const flight = this.#flights.get(id) ?? this.#refresh(session).finally(() => this.#flights.delete(id));
    this.#flights.set(id, flight);
    return flight;
  }

  /** The outcome, or `alive` where nobody could be asked and the session may go on all the same. */
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

  /** From the end of the token, or from the first try in vain where that came later: somebody may have been away before. */
  #mayGoOn(tokenExpiresAtMs: number, failure: RenewalFailure | undefined): boolean {
    return this.#now() < Math.max(tokenExpiresAtMs, failure?.firstMs ?? 0) + this.#deps.awayMs;
  }

  async #refresh(session: Session): Promise<'alive' | 'ended'> {
    const { sessions, locks } = this.#deps;
    const { id } = session;
    for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
      const tokens = await sessions.tokensOf(id);
      if (tokens === undefined) return 'ended';
      if (!this.#areDue(tokens)) return 'alive';
      const held = await locks.hold(`renewal ${id}`, () => this.#asHolder(session));
      if (held !== undefined) return held.result;
      const isDead = this.#now() >= Number(tokens.accessExpiresAtMs);
      if (!isDead) return 'alive';
      await delay(POLL_MS);
    }
    throw new AppError('IDP_TIMEOUT');
  }

  async #asHolder({ id, principal, endsAtMs }: Session): Promise<'alive' | 'ended'> {
    const { failures, sessions } = this.#deps;
    // Read again: another may have renewed them between our look and our lock, or have just tried in vain.
    const tokens = await sessions.tokensOf(id);
    if (tokens === undefined) return 'ended';
    if (!this.#areDue(tokens)) return 'alive';
    const failure = await failures.of(id);
    if (failure !== undefined && this.#now() - failure.lastMs < FAILURE_KEPT_MS) {
      throw new AppError('IDP_UNAVAILABLE');
    }
    try {
      const outcome = await this.#renew(id, principal, tokens);
      if (failure !== undefined) await failures.forget(id).catch(() => undefined);
      return outcome;
    } catch (error) {
      await failures.add(id, endsAtMs - this.#now());
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

  #areDue(tokens: Tokens): boolean {
    return this.#now() >= (renewAtOf(tokens) ?? Number.POSITIVE_INFINITY);
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}
