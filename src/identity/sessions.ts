import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isRandomToken, randomToken, type SessionId, type SessionToken, type Subject } from '../base/ids.ts';
import type { Config } from '../config/config.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { Tokens } from './oidc-port.ts';
import type { Principal, Session } from './principal.ts';

interface SessionRecord {
  readonly principal: Principal;
  readonly tokens: Tokens;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
}

interface IndexEntry {
  readonly id: SessionId;
  readonly createdAtMs: number;
}

/** Sessions of signed-in browsers. The cookie's value is known to the browser alone: the store has its hash. */
export interface Sessions {
  /** A new session with a new token; beyond the limit of one person the eldest ends (D31). */
  create(principal: Principal, tokens: Tokens): Promise<{ token: SessionToken; session: Session }>;
  /**
   * The session behind a cookie's value, where it is not over.
   * @param use `slide` for what a person does, `peek` for polling, which must not keep a session alive (D6)
   */
  find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined>;
  /** Ends a session for ever; its tokens are handed over so that the provider can be told. */
  end(id: SessionId): Promise<Tokens | undefined>;
  /** Ends all sessions of a person; the number of those that were there. */
  endBySubject(issuer: string, subject: Subject): Promise<number>;
}

export interface SessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: Config['session'];
}

const MAX_SLIDE_STEP_MS = 60_000;
const SLIDES_PER_IDLE_TIME = 10;
const MAX_TRIES = 8;

export function createSessions(deps: SessionsDeps): Sessions {
  return new VaultSessions(deps);
}

class VaultSessions implements Sessions {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #settings: Config['session'];

  constructor({ vault, clock, settings }: SessionsDeps) {
    this.#vault = vault;
    this.#clock = clock;
    this.#settings = settings;
  }

  async create(principal: Principal, tokens: Tokens): Promise<{ token: SessionToken; session: Session }> {
    const token = randomToken() as SessionToken;
    const id = idOf(token);
    const nowMs = this.#clock.now();
    const record: SessionRecord = { principal, tokens, createdAtMs: nowMs, usedAtMs: nowMs };
    await this.#vault.set(id, record, this.#lifeLeft(record));
    const surplus = await this.#index(principal, (entries) => [...entries, { id, createdAtMs: nowMs }]);
    await Promise.all(surplus.map((entry) => this.#vault.delete(entry.id)));
    return { token, session: this.#toSession(id, record) };
  }

  async find(token: string | undefined, use: 'slide' | 'peek'): Promise<Session | undefined> {
    if (token === undefined || !isRandomToken(token)) return undefined;
    const id = idOf(token);
    const record = (await this.#vault.get(id)) as SessionRecord | undefined;
    if (record === undefined || this.#lifeLeft(record) <= 0) return undefined;
    return this.#toSession(id, use === 'slide' ? await this.#slide(id, record) : record);
  }

  async end(id: SessionId): Promise<Tokens | undefined> {
    const record = (await this.#vault.take(id)) as SessionRecord | undefined;
    if (record === undefined) return undefined;
    await this.#index(record.principal, (entries) => entries.filter((entry) => entry.id !== id));
    return record.tokens;
  }

  async endBySubject(issuer: string, subject: Subject): Promise<number> {
    const taken = await this.#vault.take(indexKeyOf(issuer, subject));
    const entries = (taken ?? []) as readonly IndexEntry[];
    const ended = await Promise.all(entries.map((entry) => this.#vault.take(entry.id)));
    return ended.filter((record) => record !== undefined).length;
  }

  /** Writes only now and then, and never over a session that was ended meanwhile. */
  async #slide(id: SessionId, record: SessionRecord): Promise<SessionRecord> {
    const nowMs = this.#clock.now();
    const step = Math.min(MAX_SLIDE_STEP_MS, this.#settings.idleMs / SLIDES_PER_IDLE_TIME);
    if (nowMs - record.usedAtMs < step) return record;
    const slid = { ...record, usedAtMs: nowMs };
    await this.#vault.update(
      id,
      (current) => ({ ...(current as SessionRecord), usedAtMs: nowMs }),
      this.#lifeLeft(slid),
    );
    return slid;
  }

  #expiresAt(record: SessionRecord): number {
    const { idleMs, absoluteMs } = this.#settings;
    return Math.min(record.usedAtMs + idleMs, record.createdAtMs + absoluteMs);
  }

  #lifeLeft(record: SessionRecord): number {
    return this.#expiresAt(record) - this.#clock.now();
  }

  #toSession(id: SessionId, record: SessionRecord): Session {
    return { id, principal: record.principal, expiresAtMs: this.#expiresAt(record) };
  }

  /** Changes the list of a person's sessions; those beyond the limit are dropped from it and returned. */
  async #index(
    { issuer, subject }: Principal,
    change: (entries: readonly IndexEntry[]) => readonly IndexEntry[],
  ): Promise<readonly IndexEntry[]> {
    const key = indexKeyOf(issuer, subject);
    const { absoluteMs, maxPerPerson } = this.#settings;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      let surplus: readonly IndexEntry[] = [];
      const limited = (value: unknown): readonly IndexEntry[] => {
        const entries = value as readonly IndexEntry[];
        const alive = entries.filter((entry) => this.#clock.now() - entry.createdAtMs < absoluteMs);
        const changed = change(alive);
        const excess = Math.max(0, changed.length - maxPerPerson);
        surplus = changed.slice(0, excess);
        return changed.slice(excess);
      };
      const isWritten =
        (await this.#vault.update(key, limited, absoluteMs)) ||
        (await this.#vault.add(key, limited([]), absoluteMs));
      if (isWritten) return surplus;
    }
    throw new AppError('UNAVAILABLE');
  }
}

const idOf = (token: string): SessionId => hashedKey('session', token) as SessionId;

const indexKeyOf = (issuer: string, subject: Subject): string =>
  hashedKey('sessions-of', JSON.stringify([issuer, subject]));
