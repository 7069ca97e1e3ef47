import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken, type Subject } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { IdpSession, Tokens } from './oidc-port.ts';
import type { Principal, Session, SessionKind } from './principal.ts';
import { createSessionIndex, type IndexEntry, type PersonKey, type SessionIndex } from './session-index.ts';

interface SessionRecord {
  readonly principal: Principal;
  readonly kind: SessionKind;
  readonly tokens: Tokens;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** The provider ends its own session then (IPSIE `session_expiry`). */
  readonly idpEndsAtMs: number | null;
  readonly signInId?: string | undefined;
}

export interface NewSession {
  readonly kind?: SessionKind;
  readonly idpSession?: IdpSession;
  /** The sign-in that made it. */
  readonly signInId?: string;
}

export interface CreatedSession {
  readonly token: SessionToken;
  readonly session: Session;
  /** Tokens of the person's least recently used sessions, which have ended for this one. */
  readonly displaced: readonly Tokens[];
}

/** Sessions of signed-in browsers. The cookie's value is known to the browser alone: the store has its hash. */
export interface Sessions {
  /**
   * A new session with a new token. Beyond the limit of one person the least recently used end, and are `displaced` (D31).
   * Errors: `LOGIN_REQUIRED` where the provider has ended that sign-in already (D22).
   */
  create(principal: Principal, tokens: Tokens, options?: NewSession): Promise<CreatedSession>;
  /**
   * The session behind a cookie's value, where it is not over.
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
  /** Ends a session for ever; its tokens are handed over so that the provider can be told. */
  end(id: SessionId): Promise<Tokens | undefined>;
  /** Ends all sessions of a person that began up to now; the number of those that were there. */
  endBySubject(issuer: string, subject: Subject): Promise<number>;
  /** Ends the sessions that came from one session at the provider, also one that is just being made (D18, D22). */
  endBySid(issuer: string, sid: string): Promise<number>;
}

export interface SessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: Omit<Config['session'], 'loginsPerMinute'>;
  /** Forgets what else was kept for the session. */
  readonly onEnded?: (id: SessionId, principal: Principal) => Promise<void>;
}

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
  readonly #index: SessionIndex;
  readonly #onEnded: (id: SessionId, principal: Principal) => Promise<void>;

  constructor(deps: SessionsDeps) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    this.#settings = deps.settings;
    this.#onEnded = deps.onEnded ?? (() => Promise.resolve());
    this.#index = createSessionIndex(deps);
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
    const record = { principal, kind, tokens, createdAtMs: nowMs, usedAtMs: nowMs, idpEndsAtMs, signInId };
    if (this.#lifeLeft(record) <= 0) throw new AppError('LOGIN_REQUIRED');
    await this.#vault.set(id, record, this.#lifeLeft(record));
    const entries = await this.#index.add(principal, { id, createdAtMs: nowMs, sid });
    const displaced = await this.#displace(principal, entries);
    // After the entry is made: a logout that comes now finds it there, one that came before has left its mark (D22).
    if (await this.#wasEnded(principal, idpSession)) {
      await this.end(id);
      throw new AppError('LOGIN_REQUIRED');
    }
    return { token, session: this.#toSession(id, record), displaced };
  }

  async find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined> {
    if (token === undefined || !isRandomToken(token)) return undefined;
    const id = idOf(token);
    const record = await this.#alive(id);
    if (record === undefined) return undefined;
    return this.#toSession(id, use === 'slide' ? await this.#slide(id, record) : record);
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
      const isSame = current.tokens.refreshToken === old.refreshToken;
      return isSame ? { ...current, tokens: renewed } : undefined;
    });
  }

  async changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean> {
    return this.#change(id, (current) => ({ ...current, principal: change(current.principal) }));
  }

  async end(id: SessionId): Promise<Tokens | undefined> {
    const record = await this.#take(id);
    if (record === undefined) return undefined;
    await this.#index.remove(record.principal, (entry) => entry.id === id);
    return record.tokens;
  }

  async endBySubject(issuer: string, subject: Subject): Promise<number> {
    await this.#vault.set(endedKeyOf(issuer, 'sub', subject), this.#clock.now(), ENDED_KEPT_MS);
    return this.#endEach({ issuer, subject }, () => true);
  }

  async endBySid(issuer: string, sid: string): Promise<number> {
    await this.#vault.set(endedKeyOf(issuer, 'sid', sid), this.#clock.now(), ENDED_KEPT_MS);
    const person = await this.#index.personOfSid(issuer, sid);
    return person === undefined ? 0 : this.#endEach(person, (entry) => entry.sid === sid);
  }

  async #endEach(person: PersonKey, isMeant: (entry: { sid: string | null }) => boolean): Promise<number> {
    const entries = await this.#index.remove(person, isMeant);
    const ended = await Promise.all(entries.map((entry) => this.#take(entry.id)));
    return ended.filter((record) => record !== undefined).length;
  }

  /**
   * Only living sessions count toward the limit. Of these the least recently used end, the newest entry never.
   * Every process ranks alike, so sign-ins of one moment do not end more than they have to.
   */
  async #displace(person: PersonKey, entries: readonly IndexEntry[]): Promise<readonly Tokens[]> {
    const { maxPerPerson } = this.#settings;
    if (entries.length <= maxPerPerson) return [];
    const [newest, ...older] = entries.toReversed();
    const uses = await Promise.all(
      older.map(async (entry) => ({ entry, usedAtMs: (await this.#alive(entry.id))?.usedAtMs ?? null })),
    );
    const living = uses.filter((each) => each.usedAtMs !== null);
    const ranked = living.toSorted((a, b) => Number(b.usedAtMs) - Number(a.usedAtMs));
    const kept = new Set([newest, ...ranked.slice(0, maxPerPerson - 1).map(({ entry }) => entry)]);
    const surplus = entries.filter((entry) => !kept.has(entry));
    const taken = await Promise.all(surplus.map((entry) => this.#take(entry.id)));
    await this.#index.remove(person, (entry) => surplus.some(({ id }) => id === entry.id));
    return taken.flatMap((each) => (each === undefined ? [] : [each.tokens]));
  }

  async #take(id: SessionId): Promise<SessionRecord | undefined> {
    const record = (await this.#vault.take(id)) as SessionRecord | undefined;
    if (record !== undefined) await this.#onEnded(id, record.principal);
    return record;
  }

  async #wasEnded({ issuer, subject }: PersonKey, { sid, redeemedAtMs }: IdpSession): Promise<boolean> {
    const [sidEnded, personEndedAtMs] = await Promise.all([
      sid === null ? undefined : this.#vault.get(endedKeyOf(issuer, 'sid', sid)),
      this.#vault.get(endedKeyOf(issuer, 'sub', subject)),
    ]);
    return (
      sidEnded !== undefined || (personEndedAtMs !== undefined && Number(personEndedAtMs) >= redeemedAtMs)
    );
  }

  async #alive(id: SessionId): Promise<SessionRecord | undefined> {
    const record = (await this.#vault.get(id)) as SessionRecord | undefined;
    return record === undefined || this.#lifeLeft(record) <= 0 ? undefined : record;
  }

  /** Writes only now and then, and never over a session that was ended meanwhile. */
  async #slide(id: SessionId, record: SessionRecord): Promise<SessionRecord> {
    const nowMs = this.#clock.now();
    const step = Math.min(MAX_SLIDE_STEP_MS, this.#idleOf(record) / SLIDES_PER_IDLE_TIME);
    if (nowMs - record.usedAtMs < step) return record;
    // Requests of one moment may come here in any order.
    await this.#change(id, (current) => ({ ...current, usedAtMs: Math.max(nowMs, current.usedAtMs) }));
    return { ...record, usedAtMs: nowMs };
  }

  /** False where the session is over, or `change` gives undefined. */
  #change(id: SessionId, change: (current: SessionRecord) => SessionRecord | undefined): Promise<boolean> {
    const apply = (value: unknown): SessionRecord | undefined => {
      const current = value as SessionRecord;
      return this.#lifeLeft(current) <= 0 ? undefined : change(current);
    };
    return this.#vault.update(id, apply, (changed) => this.#lifeLeft(changed as SessionRecord));
  }

  #endsAt({ createdAtMs, idpEndsAtMs }: SessionRecord): number {
    return Math.min(createdAtMs + this.#settings.absoluteMs, idpEndsAtMs ?? Number.POSITIVE_INFINITY);
  }

  #expiresAt(record: SessionRecord): number {
    return Math.min(record.usedAtMs + this.#idleOf(record), this.#endsAt(record));
  }

  #idleOf({ kind }: SessionRecord): number {
    const { idleMs, overlayIdleMs } = this.#settings;
    return kind === 'overlay' ? Math.min(idleMs, overlayIdleMs) : idleMs;
  }

  #lifeLeft(record: SessionRecord): number {
    return this.#expiresAt(record) - this.#clock.now();
  }

  #toSession(id: SessionId, record: SessionRecord): Session {
    const { principal, kind, tokens, signInId } = record;
    const { refreshToken, accessExpiresAtMs } = tokens;
    return {
      id,
      principal,
      kind,
      ...(signInId !== undefined && { signInId }),
      expiresAtMs: this.#expiresAt(record),
      endsAtMs: this.#endsAt(record),
      tokenExpiresAtMs: refreshToken === null ? null : accessExpiresAtMs,
    };
  }
}

const NO_IDP_SESSION: IdpSession = { sid: null, redeemedAtMs: Number.POSITIVE_INFINITY, endsAtMs: null };

const idOf = (token: string): SessionId => hashedKey('session', token) as SessionId;

const endedKeyOf = (issuer: string, what: 'sid' | 'sub', value: string): string =>
  hashedKey('ended', JSON.stringify([issuer, what, value]));
