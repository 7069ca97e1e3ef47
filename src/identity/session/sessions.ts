import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken } from '../../base/ids.ts';
import { toldOnce } from '../../base/told-once.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import type { Principal, Session } from '../person/principal.ts';
import type { IdpSession, Tokens } from '../provider/oidc-port.ts';
import type { AttemptCookies } from './attempts.ts';
import { createLogoutMarks, type LogoutMarks } from './logout-marks.ts';
import { createReplacedSessions, type ReplacedSessions } from './replaced-sessions.ts';
import { createSessionIndex, type IndexEntry, type PersonKey, type SessionIndex } from './session-index.ts';
import { type Ending, SessionLife, type SessionRecord } from './session-life.ts';
import type { CreatedSession, NewSession, Replacing, Sessions, SessionsDeps } from './sessions-port.ts';

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
  readonly #replaced: ReplacedSessions;
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
    this.#replaced = createReplacedSessions(deps.vault, deps.clock);
  }

  async create(
    principal: Principal,
    tokens: Tokens,
    { kind = 'tab', idpSession = NO_IDP_SESSION, signInId, replaces }: NewSession = {},
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
      const entries = await this.#index.add(principal, { id, createdAtMs: nowMs, sid });
      const replaced = replaces !== undefined && isRandomToken(replaces) ? idOf(replaces) : undefined;
      await this.#displace(
        principal,
        entries.filter((entry) => entry.id !== replaced),
      );
      // Checked after the entry is written: a later logout finds the entry, and an earlier one has left its mark
      // (D22).
      if (await this.#marks.wasEnded(principal, idpSession)) throw new AppError('LOGIN_REQUIRED');
    } catch (error) {
      // The browser never received its token, yet it would count toward the person's limit and displace a session
      // in use.
      await this.end(id, { reason: 'not_begun' }).catch(() => undefined);
      throw error;
    }
    return { token, session: this.#life.sessionOf(id, record) };
  }

  async find(
    token: string | undefined,
    use: 'slide' | 'peek',
    cookies: AttemptCookies = new Map(),
  ): Promise<Session | undefined> {
    if (token === undefined || !isRandomToken(token)) return undefined;
    const id = idOf(token);
    const found = await this.#alive(id);
    if (found === undefined) {
      const successor = await this.#replaced.provenSuccessorOf(id, cookies);
      // Not prolonged: an old id keeps nothing alive.
      const session = successor && (await this.#look(successor));
      return session && { ...session, isByOldId: true };
    }
    const record = use === 'slide' ? await this.#slide(id, found) : found;
    return record && this.#life.sessionOf(id, record);
  }

  async peek(id: SessionId): Promise<Session | undefined> {
    const session = await this.#look(id);
    if (session !== undefined) return session;
    const successor = await this.#replaced.successorOf(id);
    return successor && this.#look(successor.id);
  }

  async replace(token: string | undefined, { by, proof, cookies, requestId }: Replacing): Promise<void> {
    if (token === undefined || !isRandomToken(token)) return;
    const ending: Ending = { reason: 'replaced', requestId };
    const id = idOf(token);
    const old = await this.#look(id);
    if (old === undefined) {
      await this.end(id, ending);
      // Another tab of this browser has replaced it a moment ago. Its session stays, unless it is of somebody else.
      const successor = await this.#replaced.provenSuccessorOf(id, cookies);
      const other = successor && (await this.#look(successor));
      if (other !== undefined && !isSamePerson(other, by)) await this.end(other.id, ending);
      return;
    }
    if (!isSamePerson(old, by) || old.kind !== by.kind) {
      await this.end(id, ending);
      return;
    }
    await this.#replaced.keep(id, by.id, proof);
    if (isSameAccount(old, by)) await this.changePrincipal(id, withoutAccount);
    const closed = await this.#close(id);
    // A sign-out was first: its session must not go on under the old id.
    if (!closed.isOurs) await this.#replaced.forget(id);
    await this.#finish(id, closed, ending);
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
    return this.#finish(id, await this.#close(id), ending);
  }

  /** Cleans up what is attached to a session that admits no request any more. */
  async #finish(id: SessionId, { record, isOurs }: Closed, ending: Ending): Promise<Tokens | undefined> {
    if (record === undefined) return undefined;
    const ended = { id, principal: record.principal, tokens: record.tokens };
    if (isOurs) this.#onEnded(ended, ending);
    await this.#settle(ended, ending);
    await this.#index.remove(record.principal, (entry) => entry.id === id);
    // Last: while the record exists, another attempt finds what is left.
    await this.#vault.delete(id);
    return record.tokens;
  }

  async endByToken(
    token: string | undefined,
    ending: Ending,
    cookies: AttemptCookies = new Map(),
  ): Promise<Tokens | undefined> {
    if (token === undefined || !isRandomToken(token)) return undefined;
    const tokens = await this.end(idOf(token), ending);
    if (tokens !== undefined) return tokens;
    const successor = await this.#replaced.provenSuccessorOf(idOf(token), cookies);
    return successor && this.end(successor, ending);
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
    const record = await this.#kept(id);
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

  async #kept(id: SessionId): Promise<SessionRecord | undefined> {
    return (await this.#vault.get(id)) as SessionRecord | undefined;
  }

  async #look(id: SessionId): Promise<Session | undefined> {
    const record = await this.#alive(id);
    return record && this.#life.sessionOf(id, record);
  }

  async #alive(id: SessionId): Promise<SessionRecord | undefined> {
    const record = await this.#kept(id);
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
}

const NO_IDP_SESSION: IdpSession = { sid: null, redeemedAtMs: Number.POSITIVE_INFINITY, endsAtMs: null };
/** An account that the new session has taken over is not forgotten with the old one. */
const isSameAccount = (
  { principal: { acting: a } }: Session,
  { principal: { acting: b } }: Session,
): boolean => a.way === 'own' && b.way === 'own' && a.account === b.account;
const withoutAccount = (principal: Principal): Principal => ({
  ...principal,
  acting: { way: 'own', account: null },
});
const isSamePerson = (a: Session, b: Session): boolean => a.principal.person.id === b.principal.person.id;
const idOf = (token: string): SessionId => hashedKey('session', token) as SessionId;
