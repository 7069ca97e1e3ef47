import type { Clock } from '../../base/clock.ts';
import type { Vault } from '../../store/vault.ts';
import type { SessionId } from '../../base/ids.ts';
import { renewAtOf, type Tokens } from '../provider/oidc-port.ts';
import type { Principal, Session, SessionKind } from '../person/principal.ts';
import type { Config } from '../../config/config.ts';

/** Codes and tickets that represent an id for a short time. */
export interface Issued {
  issue(key: string, id: string, lifeMs: number): Promise<void>;
  /** The id, as long as the code lives. */
  read(key: string): Promise<string | undefined>;
  /** Like `read`, but consumes the code. */
  take(key: string): Promise<string | undefined>;
}

interface IssuedRecord {
  readonly id: string;
  readonly expiresAtMs: number;
}

export function createIssued(vault: Vault, clock: Clock): Issued {
  // The vault authenticates its records, so the value is one that this module wrote.
  const livingId = (value: unknown): string | undefined => {
    const issued = value as IssuedRecord | undefined;
    return issued === undefined || clock.now() >= issued.expiresAtMs ? undefined : issued.id;
  };
  return {
    async issue(key, id, lifeMs) {
      const issued: IssuedRecord = { id, expiresAtMs: clock.now() + lifeMs };
      await vault.set(key, issued, lifeMs);
    },
    read: async (key) => livingId(await vault.get(key)),
    take: async (key) => livingId(await vault.take(key)),
  };
}

/** Why a session ended before its time. */
type EndReason =
  /** The person signed out. */
  | 'signed_out'
  /** The same person signed in again in the same browser, by the same account. */
  | 'signed_in_again'
  /** Another person signed in in the same browser, or the same one by another account. */
  | 'replaced'
  /** The person has too many sessions. */
  | 'limit'
  /** The provider ended it, by a back-channel logout. */
  | 'provider'
  /** The provider no longer accepts its refresh token. */
  | 'renewal_refused'
  /** ShotGrid or the settings no longer let this server act for the person. */
  | 'person_refused'
  /** It never reached its browser: its creator revokes the tokens, and the person was never signed in. */
  | 'not_begun';

export interface Ending {
  readonly reason: EndReason;
  /** The request that ended it, where there is one. */
  readonly requestId?: string;
}

export interface EndedSession {
  readonly id: SessionId;
  readonly principal: Principal;
  readonly tokens: Tokens;
}

/** An ended session to clean up after. What a living session of the person uses as well stays. */
export interface SettledSession extends EndedSession {
  /** True where the provider would end a living session too if it were told to revoke these tokens. */
  readonly isGrantUsed: boolean;
}

export type OnSessionEnded = (id: SessionId, principal: Principal) => Promise<void>;

/** Deletes what is kept beside a session when the session ends. */
export class SessionEndings {
  readonly #each: OnSessionEnded[];

  constructor(first: OnSessionEnded) {
    this.#each = [first];
  }

  add(forget: OnSessionEnded): void {
    this.#each.push(forget);
  }

  readonly tell: OnSessionEnded = async (id, principal) => {
    await Promise.all(this.#each.map((forget) => forget(id, principal)));
  };
}

/** The session that goes on for one that the same person replaced. */
export interface Replacement {
  readonly id: SessionId;
  /** How long the old id leads to it. */
  readonly untilMs: number;
  readonly cookieName: string;
  readonly cookieHash: string | null;
}

/** The stored record of a session. */
export interface SessionRecord {
  readonly principal: Principal;
  readonly kind: SessionKind;
  readonly tokens: Tokens;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** The provider ends its own session at this time (IPSIE `session_expiry`). */
  readonly idpEndsAtMs: number | null;
  /** Absent in records of earlier versions. */
  readonly authTimeMs?: number | null;
  readonly signInId?: string | undefined;
  /**
   * The attempt that ended it. The session is over; the record stays until everything attached to it is cleaned
   * up.
   */
  readonly endedBy: string | null;
  /** Written by the update that ended it: no request in between finds neither session. */
  readonly replacedBy?: Replacement | undefined;
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

  /** The session of a record. */
  sessionOf(id: SessionId, record: SessionRecord): Session {
    const { principal, kind, tokens, signInId, createdAtMs, authTimeMs = null } = record;
    const { refreshToken, accessExpiresAtMs } = tokens;
    return {
      id,
      principal,
      kind,
      ...(signInId !== undefined && { signInId }),
      createdAtMs,
      authTimeMs,
      expiresAtMs: this.expiresAt(record),
      endsAtMs: this.endsAt(record),
      tokenExpiresAtMs: refreshToken === null ? null : accessExpiresAtMs,
      renewAtMs: renewAtOf(tokens),
    };
  }
}
