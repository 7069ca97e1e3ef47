import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { toAppError } from '../../base/errors.ts';
import type { SessionId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { toldOnce } from '../../base/told-once.ts';
import { BRIEF_WAITS_MS, untilWritten } from '../../store/until-written.ts';
import type { Vault } from '../../store/vault.ts';
import type { Session } from '../person/principal.ts';
import type { Replacement, SessionLife, SessionRecord } from './session-life.ts';

/** `isOurs` is true for the caller that ended it, and false for concurrent callers. */
export interface Closed {
  readonly record: SessionRecord | undefined;
  readonly isOurs: boolean;
}

interface SessionRecordsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly life: SessionLife;
  readonly logger?: Pick<Logger, 'info' | 'warn'> | undefined;
}

const MAX_SLIDE_STEP_MS = 60_000;
const SLIDES_PER_IDLE_TIME = 10;
/** The longest time between a sign-in that the provider ends and the creation of its session. */
export const ENDED_KEPT_MS = 3_600_000;

/** The records of sessions in the store. The vault authenticates them, so each is one that this class wrote. */
export class SessionRecords {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #life: SessionLife;
  readonly #tellNotProlonged: (error: unknown) => void;

  constructor({ vault, clock, life, logger }: SessionRecordsDeps) {
    this.#vault = vault;
    this.#clock = clock;
    this.#life = life;
    const events = { begins: 'session.not_prolonged', ends: 'session.prolonged_again' };
    this.#tellNotProlonged = toldOnce(logger, events, { upstream: 'store' });
  }

  add(id: SessionId, record: SessionRecord): Promise<void> {
    return this.#vault.set(id, record, this.#life.lifeLeft(record));
  }

  /** Also one that is over and not yet cleaned up. */
  async kept(id: SessionId): Promise<SessionRecord | undefined> {
    return (await this.#vault.get(id)) as SessionRecord | undefined;
  }

  async alive(id: SessionId): Promise<SessionRecord | undefined> {
    const record = await this.kept(id);
    return record === undefined || this.#life.isOver(record) ? undefined : record;
  }

  async look(id: SessionId): Promise<Session | undefined> {
    const record = await this.alive(id);
    return record && this.#life.sessionOf(id, record);
  }

  /** Writes only now and then, and never over a session that was ended meanwhile: then the result is undefined. */
  async slide(id: SessionId, record: SessionRecord): Promise<SessionRecord | undefined> {
    const nowMs = this.#clock.now();
    const step = Math.min(MAX_SLIDE_STEP_MS, this.#life.idleOf(record) / SLIDES_PER_IDLE_TIME);
    if (nowMs - record.usedAtMs < step) return record;
    // Concurrent requests may arrive here in any order.
    const use = (current: SessionRecord) => ({ ...current, usedAtMs: Math.max(nowMs, current.usedAtMs) });
    let isAlive: boolean;
    try {
      isAlive = await this.change(id, use);
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
  change(id: SessionId, change: (current: SessionRecord) => SessionRecord | undefined): Promise<boolean> {
    const apply = (value: unknown): SessionRecord | undefined => {
      const current = value as SessionRecord;
      return this.#life.isOver(current) ? undefined : change(current);
    };
    return this.#vault.update(id, apply, (changed) => this.#life.lifeLeft(changed as SessionRecord));
  }

  /**
   * From here on the session admits no request.
   *
   * @param replacedBy the session that goes on for it, known from the same moment on
   */
  async close(id: SessionId, replacedBy?: Replacement): Promise<Closed> {
    const endedBy = randomUUID();
    let closed: SessionRecord | undefined;
    const close = (value: unknown): SessionRecord | undefined => {
      const current = value as SessionRecord;
      closed = current.endedBy === null ? { ...current, endedBy, replacedBy } : undefined;
      return closed;
    };
    const closing = this.#vault.update(id, close, ENDED_KEPT_MS);
    if (await closing.catch(() => false)) return { record: closed, isOurs: true };
    const record = await this.kept(id);
    if (record?.endedBy === null) await closing;
    return { record, isOurs: record?.endedBy === endedBy };
  }

  /** Tried again at once: if it fails although the record is gone, no other attempt at the end finds its tokens. */
  delete(id: SessionId): Promise<void> {
    return untilWritten(() => this.#vault.delete(id), BRIEF_WAITS_MS);
  }
}
