import type { Clock } from '../../base/clock.ts';
import type { Config } from '../../config/config.ts';
import type { Tokens } from '../provider/oidc-port.ts';
import type { Principal, SessionKind } from '../person/principal.ts';

/** The stored record of a session. */
export interface SessionRecord {
  readonly principal: Principal;
  readonly kind: SessionKind;
  readonly tokens: Tokens;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** The provider ends its own session at this time (IPSIE `session_expiry`). */
  readonly idpEndsAtMs: number | null;
  readonly signInId?: string | undefined;
  /**
   * The attempt that ended it. The session is over; the record stays until everything attached to it is cleaned
   * up.
   */
  readonly endedBy: string | null;
}

/** When sessions are over. Times are milliseconds since 1970. */
export class SessionLife {
  readonly #settings: Pick<Config['session'], 'absoluteMs' | 'idleMs' | 'overlayIdleMs'>;
  readonly #clock: Clock;

  constructor(settings: Pick<Config['session'], 'absoluteMs' | 'idleMs' | 'overlayIdleMs'>, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  isOver(record: SessionRecord): boolean {
    return record.endedBy !== null || this.lifeLeft(record) <= 0;
  }

  /** The absolute end, with or without activity. */
  endsAt({ createdAtMs, idpEndsAtMs }: SessionRecord): number {
    return Math.min(createdAtMs + this.#settings.absoluteMs, idpEndsAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** The end without further activity. */
  expiresAt(record: SessionRecord): number {
    return Math.min(record.usedAtMs + this.idleOf(record), this.endsAt(record));
  }

  idleOf({ kind }: SessionRecord): number {
    const { idleMs, overlayIdleMs } = this.#settings;
    return kind === 'overlay' ? Math.min(idleMs, overlayIdleMs) : idleMs;
  }

  lifeLeft(record: SessionRecord): number {
    return this.expiresAt(record) - this.#clock.now();
  }
}
