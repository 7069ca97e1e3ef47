import type { Clock } from '../../base/clock.ts';
import type { Config } from '../../config/config.ts';
import type { Tokens } from '../provider/oidc-port.ts';
import type { Principal, SessionKind } from '../person/principal.ts';

/** What the store has of a session. */
export interface SessionRecord {
  readonly principal: Principal;
  readonly kind: SessionKind;
  readonly tokens: Tokens;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** The provider ends its own session then (IPSIE `session_expiry`). */
  readonly idpEndsAtMs: number | null;
  readonly signInId?: string | undefined;
  /** Who has ended it. It is over; the record stays until all that hangs on it is done away with. */
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

  /** Whatever is done. */
  endsAt({ createdAtMs, idpEndsAtMs }: SessionRecord): number {
    return Math.min(createdAtMs + this.#settings.absoluteMs, idpEndsAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** If nothing more is done. */
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
