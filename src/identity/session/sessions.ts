import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toldOnce } from '../../base/told-once.ts';
import type { Config } from '../../config/config.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import { type EndedSession, type Ending, SessionLife, type SessionRecord } from './session-life.ts';
import { createLogoutMarks, type LogoutMarks } from './logout-marks.ts';
import { type IdpSession, type Tokens, renewAtOf } from '../provider/oidc-port.ts';
import type { Principal, Session, SessionKind } from '../person/principal.ts';
import { createSessionIndex, type IndexEntry, type PersonKey, type SessionIndex } from './session-index.ts';

export interface NewSession {
  readonly kind?: SessionKind;
  readonly idpSession?: IdpSession;
  /** The sign-in that created it. */
  readonly signInId?: string;
}

export interface CreatedSession {
  readonly token: SessionToken;
  readonly session: Session;
}

/** Sessions of signed-in browsers. Only the browser has the cookie's value: the store has its hash. */
export interface Sessions {
  /**
   * A new session with a new token. Above the limit of one person the least recently used sessions end (D31).
   * Errors: `LOGIN_REQUIRED` where the provider has ended that sign-in already (D22).
   */
  create(principal: Principal, tokens: Tokens, options?: NewSession): Promise<CreatedSession>;
  /**
   * The session of a cookie's value, unless it is over. Where the store takes no writes, sessions are not
   * prolonged; that is reported once.
   * @param use `slide` for activity of the person, `peek` for polling, which must not keep a session alive (D6)
   */
  find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined>;
  /** The session of this id, unless it is over. Does not prolong it. */
  peek(id: SessionId): Promise<Session | undefined>;
  /** The provider's tokens of a session that is not over. */
  tokensOf(id: SessionId): Promise<Tokens | undefined>;
  /** False where the session is over, or where other tokens were stored meanwhile. */
  replaceTokens(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean>;
  /** Changes the session's data about its person. False where the session is over. */
  changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean>;
  /**
   * Ends a session for ever. It is over at once. Where cleaning up what is attached to it fails, this fails, and
   * another attempt finishes it.
   */
  end(id: SessionId, ending: Ending): Promise<Tokens | undefined>;
  /** The same for the session of a cookie's value. */
  endByToken(token: string | undefined, ending: Ending): Promise<Tokens | undefined>;
  /** Ends all sessions of a person that began up to then; returns how many there were. */
  endBySubject(person: PersonKey, upToMs: number, ending: Ending): Promise<number>;
  /** True where a sign-in here came from this session at the provider. */
  knowsSid(issuer: string, sid: string): Promise<boolean>;
  /** Ends the sessions that came from one session at the provider, also one that is just being created (D18, D22). */
  endBySid(issuer: string, sid: string, ending: Ending): Promise<number>;
}

export interface SessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
  readonly settings: Omit<Config['session'], 'loginsPerMinute'>;
  /** Cleans up what is attached to a session that is over; called again after a failure. */
  readonly settle?: (ended: EndedSession, ending: Ending) => Promise<void>;
  /** Called once for each session that ends. */
  readonly onEnded?: (ended: EndedSession, ending: Ending) => void;
}

type IsMeant = (entry: IndexEntry) => boolean;
/** `isOurs` is true for the caller that ended it, and false for concurrent callers. */
type Closed = { readonly record: SessionRecord | undefined; readonly isOurs: boolean };

const MAX_SLIDE_STEP_MS = 60_000;
const SLIDES_PER_IDLE_TIME = 10;
/** The longest time between a sign-in that the provider ends and the creation of its session. */
const ENDED_KEPT_MS = 3_600_000;

export function createSessions(deps: SessionsDeps): Sessions {
  return new VaultSessions(deps);
}

class VaultSessions implements Sessions {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #settings: SessionsDeps['settings'];
  readonly #life: SessionLife;
  readonly #index: SessionIndex;
  readonly #marks: LogoutMarks;
  readonly #settle: NonNullable<SessionsDeps['settle']>;
  readonly #onEnded: NonNullable<SessionsDeps['onEnded']>;
  readonly #tellNotProlonged: (error: unknown) => void;

  constructor(deps: SessionsDeps) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.#settings = deps.settings;
    this.#life = new SessionLife(deps.settings, deps.clock);
    this.#settle = deps.settle ?? (() => Promise.resolve());
    this.#onEnded = deps.onEnded ?? (() => undefined);
    const events = { begins: 'session.not_prolonged', ends: 'session.prolonged_again' };
    this.#tellNotProlonged = toldOnce(deps.logger, events, { upstream: 'store' });
    this.#index = createSessionIndex(deps);
    this.#marks = createLogoutMarks(deps.vault, ENDED_KEPT_MS);
  }

  async create(
    principal: Principal,
    tokens: Tokens,
    { kind = 'tab', idpSession = NO_IDP_SESSION, signInId }: NewSession = {},
  ): Promise<CreatedSession> {
    const token = randomToken() as SessionToken;
    const id = idOf(token);
    const nowMs = this.#clock.now();
    const { sid, endsAtMs: idpEndsAtMs } = idpSession;
    const times = { createdAtMs: nowMs, usedAtMs: nowMs, idpEndsAtMs };
    const record = { principal, kind, tokens, ...times, signInId, endedBy: null };
    if (this.#life.lifeLeft(record) <= 0) throw new AppError('LOGIN_REQUIRED');
    try {
      await this.#vault.set(id, record, this.#life.lifeLeft(record));
      await this.#displace(principal, await this.#index.add(principal, { id, createdAtMs: nowMs, sid }));
      // Checked after the entry is written: a later logout finds the entry, and an earlier one has left its mark
      // (D22).
      if (await this.#marks.wasEnded(principal, idpSession)) throw new AppError('LOGIN_REQUIRED');
    } catch (error) {
      // The browser never received its token, yet it would count toward the person's limit and displace a session
      // in use.
      await this.end(id, { reason: 'not_begun' }).catch(() => undefined);
      throw error;
    }
    return { token, session: this.#toSession(id, record) };
  }

  async find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined> {
    if (token === undefined || !isRandomToken(token)) return undefined;
    const id = idOf(token);
    const found = await this.#alive(id);
    const record = found && use === 'slide' ? await this.#slide(id, found) : found;
    return record && this.#toSession(id, record);
  }

  async peek(id: SessionId): Promise<Session | undefined> {
    const record = await this.#alive(id);
    return record && this.#toSession(id, record);
  }

  async tokensOf(id: SessionId): Promise<Tokens | undefined> {
    return (await this.#alive(id))?.tokens;
  }

  async replaceTokens(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean> {
    return this.#change(id, (current) => {
      // Where an earlier write succeeded but its answer was lost, the renewed tokens are stored already.
      const isMeant = [old, renewed].some(({ refreshToken }) => refreshToken === current.tokens.refreshToken);
      return isMeant ? { ...current, tokens: renewed } : undefined;
    });
  }

  async changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean> {
    return this.#change(id, (current) => ({ ...current, principal: change(current.principal) }));
  }

  async end(id: SessionId, ending: Ending): Promise<Tokens | undefined> {
    const { record, isOurs } = await this.#close(id);
    if (record === undefined) return undefined;
    const ended = { id, principal: record.principal, tokens: record.tokens };
    if (isOurs) this.#onEnded(ended, ending);
    await this.#settle(ended, ending);
    await this.#index.remove(record.principal, (entry) => entry.id === id);
    // Last: while the record exists, another attempt finds what is left.
    await this.#vault.delete(id);
    return record.tokens;
  }

  async endByToken(token: string | undefined, ending: Ending): Promise<Tokens | undefined> {
    return token !== undefined && isRandomToken(token) ? this.end(idOf(token), ending) : undefined;
  }

  async endBySubject(person: PersonKey, upToMs: number, ending: Ending): Promise<number> {
    await this.#marks.person(person, upToMs);
    return this.#endEach(person, ({ createdAtMs }) => createdAtMs <= upToMs, ending);
  }

  async knowsSid(issuer: string, sid: string): Promise<boolean> {
    return (await this.#index.personOfSid(issuer, sid)) !== undefined;
  }

  async endBySid(issuer: string, sid: string, ending: Ending): Promise<number> {
    await this.#marks.sid(issuer, sid, this.#clock.now());
    const person = await this.#index.personOfSid(issuer, sid);
    return person === undefined ? 0 : this.#endEach(person, (entry) => entry.sid === sid, ending);
  }

  /** From here on the session admits no request. */
  async #close(id: SessionId): Promise<Closed> {
    const endedBy = randomUUID();
    let closed: SessionRecord | undefined;
    const close = (value: unknown): SessionRecord | undefined => {
      const current = value as SessionRecord;
      closed = current.endedBy === null ? { ...current, endedBy } : undefined;
      return closed;
    };
    const closing = this.#vault.update(id, close, ENDED_KEPT_MS);
    if (await closing.catch(() => false)) return { record: closed, isOurs: true };
    const record = (await this.#vault.get(id)) as SessionRecord | undefined;
    if (record?.endedBy === null) await closing;
    return { record, isOurs: record?.endedBy === endedBy };
  }

  /**
   * Tries every session, even where another one fails. An entry is removed with its session, so another attempt
   * finds the rest.
   */
  async #endEach(person: PersonKey, isMeant: IsMeant, ending: Ending): Promise<number> {
    const entries = (await this.#index.of(person)).filter(isMeant);
    const outcomes = await Promise.allSettled(entries.map(({ id }) => this.end(id, ending)));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const isOver = (entry: IndexEntry): boolean => entries.some(({ id }) => id === entry.id);
    if (entries.length > 0) await this.#index.remove(person, isOver);
    return outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value !== undefined).length;
  }

  /**
   * Only living sessions count toward the limit. Of these the least recently used end, but never the newest entry.
   * Every process ranks alike, so concurrent sign-ins do not end more than they have to.
   */
  async #displace(person: PersonKey, entries: readonly IndexEntry[]): Promise<void> {
    const { maxPerPerson } = this.#settings;
    if (entries.length <= maxPerPerson) return;
    const [newest, ...older] = entries.toReversed();
    const uses = await Promise.all(
      older.map(async (entry) => ({ entry, usedAtMs: (await this.#alive(entry.id))?.usedAtMs ?? null })),
    );
    const living = uses.filter((each) => each.usedAtMs !== null);
    const ranked = living.toSorted((a, b) => Number(b.usedAtMs) - Number(a.usedAtMs));
    const kept = new Set([newest, ...ranked.slice(0, maxPerPerson - 1).map(({ entry }) => entry)]);
    const surplus = entries.filter((entry) => !kept.has(entry));
    await Promise.all(surplus.map(({ id }) => this.end(id, { reason: 'limit' })));
    await this.#index.remove(person, (entry) => surplus.some(({ id }) => id === entry.id));
  }

  async #alive(id: SessionId): Promise<SessionRecord | undefined> {
    const record = (await this.#vault.get(id)) as SessionRecord | undefined;
    return record === undefined || this.#life.isOver(record) ? undefined : record;
  }

  /** Writes only now and then, and never over a session that was ended meanwhile: then the result is undefined. */
  async #slide(id: SessionId, record: SessionRecord): Promise<SessionRecord | undefined> {
    const nowMs = this.#clock.now();
    const step = Math.min(MAX_SLIDE_STEP_MS, this.#life.idleOf(record) / SLIDES_PER_IDLE_TIME);
    if (nowMs - record.usedAtMs < step) return record;
    // Concurrent requests may arrive here in any order.
    const use = (current: SessionRecord) => ({ ...current, usedAtMs: Math.max(nowMs, current.usedAtMs) });
    let isAlive: boolean;
    try {
      isAlive = await this.#change(id, use);
    } catch (error) {
      if (toAppError(error).code !== 'UNAVAILABLE') throw error;
      // A store that can be read but takes no writes (full, or a replica) does not prevent reads of ShotGrid.
      this.#tellNotProlonged(error);
      return record;
    }
    this.#tellNotProlonged(undefined);
    return isAlive ? { ...record, usedAtMs: nowMs } : undefined;
  }

  /** False where the session is over, or `change` returns undefined. */
  #change(id: SessionId, change: (current: SessionRecord) => SessionRecord | undefined): Promise<boolean> {
    const apply = (value: unknown): SessionRecord | undefined => {
      const current = value as SessionRecord;
      return this.#life.isOver(current) ? undefined : change(current);
    };
    return this.#vault.update(id, apply, (changed) => this.#life.lifeLeft(changed as SessionRecord));
  }

  #toSession(id: SessionId, record: SessionRecord): Session {
    const { principal, kind, tokens, signInId } = record;
    const { refreshToken, accessExpiresAtMs } = tokens;
    return {
      id,
      principal,
      kind,
      ...(signInId !== undefined && { signInId }),
      expiresAtMs: this.#life.expiresAt(record),
      endsAtMs: this.#life.endsAt(record),
      tokenExpiresAtMs: refreshToken === null ? null : accessExpiresAtMs,
      renewAtMs: renewAtOf(tokens),
    };
  }
}

const NO_IDP_SESSION: IdpSession = { sid: null, redeemedAtMs: Number.POSITIVE_INFINITY, endsAtMs: null };
const idOf = (token: string): SessionId => hashedKey('session', token) as SessionId;
