import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toldOnce } from '../../base/told-once.ts';
import type { Config } from '../../config/config.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import type { EndedSession, Ending } from './ended-session.ts';
import { createLogoutMarks, type LogoutMarks } from './logout-marks.ts';
import type { IdpSession, Tokens } from '../provider/oidc-port.ts';
import type { Principal, Session, SessionKind } from '../person/principal.ts';
import { renewAtOf } from '../provider/token-facts.ts';
import { SessionLife, type SessionRecord } from './session-life.ts';
import { createSessionIndex, type IndexEntry, type PersonKey, type SessionIndex } from './session-index.ts';

export interface NewSession {
  readonly kind?: SessionKind;
  readonly idpSession?: IdpSession;
  /** The sign-in that made it. */
  readonly signInId?: string;
}

export interface CreatedSession {
  readonly token: SessionToken;
  readonly session: Session;
}

/** Sessions of signed-in browsers. The cookie's value is known to the browser alone: the store has its hash. */
export interface Sessions {
  /**
   * A new session with a new token. Beyond the limit of one person the least recently used end (D31).
   * Errors: `LOGIN_REQUIRED` where the provider has ended that sign-in already (D22).
   */
  create(principal: Principal, tokens: Tokens, options?: NewSession): Promise<CreatedSession>;
  /**
   * The session behind a cookie's value, where it is not over. A store that takes no writes prolongs nothing, and is told once.
   * @param use `slide` for what a person does, `peek` for polling, which must not keep a session alive (D6)
   */
  find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined>;
  /** The session of this name, where it is not over. Nothing is prolonged. */
  peek(id: SessionId): Promise<Session | undefined>;
  /** The provider's tokens of a session that is not over. */
  tokensOf(id: SessionId): Promise<Tokens | undefined>;
  /** False where the session is over, or where others have replaced the tokens meanwhile. */
  replaceTokens(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean>;
  /** Changes what the session knows of its person. False where it is over. */
  changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean>;
  /**
   * Ends a session for ever. It is over at once; where what hangs on it could not be done away with, this fails, and
   * another try finishes it.
   */
  end(id: SessionId, ending: Ending): Promise<Tokens | undefined>;
  /** The same for the session behind a cookie's value. */
  endByToken(token: string | undefined, ending: Ending): Promise<Tokens | undefined>;
  /** Ends all sessions of a person that began up to then; the number of those that were there. */
  endBySubject(person: PersonKey, upToMs: number, ending: Ending): Promise<number>;
  /** Whether somebody has signed in here from this session at the provider. */
  knowsSid(issuer: string, sid: string): Promise<boolean>;
  /** Ends the sessions that came from one session at the provider, also one that is just being made (D18, D22). */
  endBySid(issuer: string, sid: string, ending: Ending): Promise<number>;
}

export interface SessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
  readonly settings: Omit<Config['session'], 'loginsPerMinute'>;
  /** Does away with what hangs on a session that is over: again where it failed before. */
  readonly settle?: (ended: EndedSession, ending: Ending) => Promise<void>;
  /** Hears once of each session that is over. */
  readonly onEnded?: (ended: EndedSession, ending: Ending) => void;
}

type IsMeant = (entry: IndexEntry) => boolean;
/** `isOurs` is true for the one who ended it, and for no other who tries as well. */
type Closed = { readonly record: SessionRecord | undefined; readonly isOurs: boolean };

const MAX_SLIDE_STEP_MS = 60_000;
const SLIDES_PER_IDLE_TIME = 10;
/** How long a sign-in can still be on its way to its session when the provider has ended it. */
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
      // After the entry is made: a logout that comes now finds it there, one that came before has left its mark (D22).
      if (await this.#marks.wasEnded(principal, idpSession)) throw new AppError('LOGIN_REQUIRED');
    } catch (error) {
      // Nobody knows its token, yet it would count toward the person's limit, and end a session that somebody uses.
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
      // The renewed ones stand there where they were written before, and the answer was lost.
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
    // Last: as long as it is there, another try finds what is left.
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

  /** From here on it lets nobody in. */
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

  /** Every one is tried, whatever becomes of the others. An entry goes with its session, so another try finds the rest. */
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
   * Only living sessions count toward the limit. Of these the least recently used end, the newest entry never.
   * Every process ranks alike, so sign-ins of one moment do not end more than they have to.
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

  /** Writes only now and then, and never over a session that was ended meanwhile: undefined for that one. */
  async #slide(id: SessionId, record: SessionRecord): Promise<SessionRecord | undefined> {
    const nowMs = this.#clock.now();
    const step = Math.min(MAX_SLIDE_STEP_MS, this.#life.idleOf(record) / SLIDES_PER_IDLE_TIME);
    if (nowMs - record.usedAtMs < step) return record;
    // Requests of one moment may come here in any order.
    const use = (current: SessionRecord) => ({ ...current, usedAtMs: Math.max(nowMs, current.usedAtMs) });
    let isAlive: boolean;
    try {
      isAlive = await this.#change(id, use);
    } catch (error) {
      if (toAppError(error).code !== 'UNAVAILABLE') throw error;
      // A store that is read and takes no writes (full, or a replica) stops nobody from reading ShotGrid.
      this.#tellNotProlonged(error);
      return record;
    }
    this.#tellNotProlonged(undefined);
    return isAlive ? { ...record, usedAtMs: nowMs } : undefined;
  }

  /** False where the session is over, or `change` gives undefined. */
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
