import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken } from '../../base/ids.ts';
import { hashedKey } from '../../store/vault.ts';
import { isSameAccount, type Principal, type Session } from '../person/principal.ts';
import type { IdpSession, Tokens } from '../provider/oidc-port.ts';
import type { AttemptCookies } from './attempts.ts';
import { createLogoutMarks, type LogoutMarks } from './logout-marks.ts';
import { createReplacedSessions, OLD_ID_MS, type ReplacedSessions } from './replaced-sessions.ts';
import { createSessionIndex, type IndexEntry, type PersonKey, type SessionIndex } from './session-index.ts';
import { type Ending, SessionLife, type SessionRecord, type SettledSession } from './session-life.ts';
import { type Closed, ENDED_KEPT_MS, SessionRecords } from './session-records.ts';
import type { CreatedSession, NewSession, Replacing, Sessions, SessionsDeps } from './sessions-port.ts';

type IsMeant = (entry: IndexEntry) => boolean;

export function createSessions(deps: SessionsDeps): Sessions {
  return new VaultSessions(deps);
}

class VaultSessions implements Sessions {
  readonly #clock: Clock;
  readonly #settings: SessionsDeps['settings'];
  readonly #life: SessionLife;
  readonly #records: SessionRecords;
  readonly #index: SessionIndex;
  readonly #marks: LogoutMarks;
  readonly #replaced: ReplacedSessions;
  readonly #settle: NonNullable<SessionsDeps['settle']>;
  readonly #onEnded: NonNullable<SessionsDeps['onEnded']>;

  constructor(deps: SessionsDeps) {
    const { vault, clock, logger, settings } = deps;
    this.#clock = clock;
    this.#settings = settings;
    this.#life = new SessionLife(settings, clock);
    this.#records = new SessionRecords({ vault, clock, logger, life: this.#life });
    this.#settle = deps.settle ?? (() => Promise.resolve());
    this.#onEnded = deps.onEnded ?? (() => undefined);
    this.#index = createSessionIndex(deps);
    this.#marks = createLogoutMarks(vault, ENDED_KEPT_MS);
    this.#replaced = createReplacedSessions({ vault, clock, records: this.#records });
  }

  async create(
    principal: Principal,
    tokens: Tokens,
    { kind = 'tab', idpSession = NO_IDP_SESSION, signInId, replaces, supersedes }: NewSession = {},
  ): Promise<CreatedSession> {
    const token = randomToken() as SessionToken;
    const id = idOf(token);
    const nowMs = this.#clock.now();
    const { sid, endsAtMs: idpEndsAtMs, authTimeMs } = idpSession;
    const times = {
      createdAtMs: nowMs,
      usedAtMs: nowMs,
      idpEndsAtMs,
      ...(authTimeMs != null && { authTimeMs }),
    };
    const record = { principal, kind, tokens, ...times, signInId, endedBy: null };
    if (this.#life.lifeLeft(record) <= 0) throw new AppError('LOGIN_REQUIRED');
    try {
      await this.#records.add(id, record);
      const replaced = idOfCookie(replaces);
      const entries = await this.#index.add(principal, { id, createdAtMs: nowMs, sid, replaces: replaced });
      const isOfThisBrowser = (entry: IndexEntry): boolean =>
        [replaced, supersedes].includes(entry.id) ||
        (replaced !== undefined && entry.replaces === replaced && nowMs - entry.createdAtMs < OLD_ID_MS);
      const counted = entries.filter((entry) => entry.id === id || !isOfThisBrowser(entry));
      await this.#displace(principal, counted);
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
    const id = idOfCookie(token);
    if (id === undefined) return undefined;
    const found = await this.#records.alive(id);
    const used = found && use === 'slide' ? await this.#records.slide(id, found) : found;
    if (used !== undefined) return this.#life.sessionOf(id, used);
    // Not prolonged: an old id keeps nothing alive.
    const successor = await this.#replaced.provenSuccessorOf(id, cookies);
    return successor && { ...successor, isByOldId: true };
  }

  async peek(id: SessionId): Promise<Session | undefined> {
    return (await this.#records.look(id)) ?? this.#replaced.successorOf(id);
  }

  async replace(tokens: readonly (string | undefined)[], replacing: Replacing): Promise<void> {
    const { by, cookies, supersedes } = replacing;
    for (const token of tokens) {
      const id = idOfCookie(token);
      if (id === undefined || (await this.#replaceOne(id, replacing))) continue;
      // Another tab of this browser has replaced it a moment ago. Its session stays, unless it is of somebody else.
      const other = await this.#replaced.provenSuccessorOf(id, cookies);
      if (other !== undefined && !isSameAccount(other.principal, by.principal))
        await this.#replaceOne(other.id, replacing);
    }
    if (supersedes !== undefined) await this.#replaceOne(supersedes, replacing);
  }

  /** False where the session was over already. */
  async #replaceOne(id: SessionId, { by, cookies, requestId }: Replacing): Promise<boolean> {
    const old = await this.#records.look(id);
    const isSame = old !== undefined && isSameAccount(old.principal, by.principal);
    const goesOn = isSame && old.kind === by.kind ? this.#replaced.replacement(by, cookies) : undefined;
    const closed = await this.#records.close(id, goesOn);
    await this.#finish(id, closed, { reason: isSame ? 'signed_in_again' : 'replaced', requestId });
    return old !== undefined && closed.isOurs;
  }

  async tokensOf(id: SessionId): Promise<Tokens | undefined> {
    return (await this.#records.alive(id))?.tokens;
  }

  async replaceTokens(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean> {
    return this.#records.change(id, (current) => {
      // Where an earlier write succeeded but its answer was lost, the renewed tokens are stored already.
      const isMeant = [old, renewed].some(({ refreshToken }) => refreshToken === current.tokens.refreshToken);
      return isMeant ? { ...current, tokens: renewed } : undefined;
    });
  }

  async changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean> {
    const apply = (current: SessionRecord) => ({ ...current, principal: change(current.principal) });
    if (await this.#records.change(id, apply)) return true;
    const successor = await this.#replaced.successorOf(id);
    return successor !== undefined && this.#records.change(successor.id, apply);
  }

  async end(id: SessionId, ending: Ending): Promise<Tokens | undefined> {
    return this.#finish(id, await this.#records.close(id), ending);
  }

  /** Cleans up what is attached to a session that admits no request any more. */
  async #finish(id: SessionId, { record, isOurs }: Closed, ending: Ending): Promise<Tokens | undefined> {
    if (record === undefined) return undefined;
    const { principal, tokens, replacedBy } = record;
    if (isOurs) this.#onEnded({ id, principal, tokens }, ending);
    if (replacedBy !== undefined) await this.#replaced.keep(id, replacedBy);
    await this.#settle(await this.#unused(id, record, ending), ending);
    await this.#index.remove(principal, (entry) => entry.id === id);
    // Last: while the record exists, another attempt finds what is left.
    await this.#records.delete(id);
    return tokens;
  }

  /** Two sessions of a browser may have taken over one linked account, and one grant of the provider. */
  async #unused(
    id: SessionId,
    { principal, tokens, replacedBy }: SessionRecord,
    { reason }: Ending,
  ): Promise<SettledSession> {
    const linked = linkedAccountOf(principal);
    const isLinkUsed =
      linked !== null &&
      (await this.#living(principal)).some((other) => linkedAccountOf(other.principal) === linked);
    const isGrantUsed =
      replacedBy !== undefined ||
      reason === 'signed_in_again' ||
      (reason === 'limit' && (await this.sharesGrant(principal, await this.#sidOf(principal, id))));
    return { id, tokens, isGrantUsed, principal: isLinkUsed ? withoutAccount(principal) : principal };
  }

  async #living(person: PersonKey, isMeant: IsMeant = () => true): Promise<readonly SessionRecord[]> {
    const entries = (await this.#index.of(person)).filter(isMeant);
    const records = await Promise.all(entries.map(({ id }) => this.#records.alive(id)));
    return records.filter((record) => record !== undefined);
  }

  async #sidOf(person: PersonKey, id: SessionId): Promise<string | null> {
    return (await this.#index.of(person)).find((entry) => entry.id === id)?.sid ?? null;
  }

  async sharesGrant(person: PersonKey, sid: string | null): Promise<boolean> {
    return sid !== null && (await this.#living(person, (entry) => entry.sid === sid)).length > 0;
  }

  async endByToken(
    token: string | undefined,
    ending: Ending,
    cookies: AttemptCookies = new Map(),
  ): Promise<Tokens | undefined> {
    const id = idOfCookie(token);
    if (id === undefined) return undefined;
    let tokens = await this.end(id, ending);
    for await (const successor of this.#replaced.provenSuccessorsOf(id, cookies)) {
      tokens = (await this.end(successor, ending)) ?? tokens;
    }
    return tokens;
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
      older.map(async (entry) => ({
        entry,
        usedAtMs: (await this.#records.alive(entry.id))?.usedAtMs ?? null,
      })),
    );
    const living = uses.filter((each) => each.usedAtMs !== null);
    const ranked = living.toSorted((a, b) => Number(b.usedAtMs) - Number(a.usedAtMs));
    const kept = new Set([newest, ...ranked.slice(0, maxPerPerson - 1).map(({ entry }) => entry)]);
    const surplus = entries.filter((entry) => !kept.has(entry));
    await Promise.all(surplus.map(({ id }) => this.end(id, { reason: 'limit' })));
    await this.#index.remove(person, (entry) => surplus.some(({ id }) => id === entry.id));
  }
}

const NO_IDP_SESSION: IdpSession = { sid: null, redeemedAtMs: Number.POSITIVE_INFINITY, endsAtMs: null };
/** The ShotGrid account that the person has linked. */
const linkedAccountOf = ({ acting }: Principal): string | null =>
  acting.way === 'own' ? acting.account : null;
const withoutAccount = (principal: Principal): Principal => ({
  ...principal,
  acting: { way: 'own', account: null },
});
const idOf = (token: string): SessionId => hashedKey('session', token) as SessionId;
/** The id for a cookie's value; undefined for a value that this server did not make. */
const idOfCookie = (value: string | undefined): SessionId | undefined =>
  value !== undefined && isRandomToken(value) ? idOf(value) : undefined;
