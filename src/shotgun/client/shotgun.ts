import type { Login, SessionUuid } from '../../base/ids.ts';
import type { OwnWay, Self, Standing } from '../port/actor.ts';
import type { CallOptions } from '../port/records.ts';
import type { Operation } from './operation.ts';

/**
 * ShotGrid as one person. There is no other way to read or write it: every call carries a token that was minted
 * with `sudo_as_login:<login>` or is the person's own. A refusal is an error, never a fall-back to the script's
 * rights.
 *
 * Errors: `IMPERSONATION_REFUSED`, `OWN_ACCOUNT_NEEDED`, `USER_INACTIVE`, `MAPPING_CHANGED`, `NO_SHOTGUN_USER`,
 * `SHOTGUN_SUDO_REFUSED`, `UPSTREAM_AUTH`, `UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_BROKEN` from any
 * call; `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT`, `UPSTREAM_REJECTED` about the requested record.
 */
export interface ActingClient {
  readonly login: Login;
  call<T>(operation: Operation<T>, options?: CallOptions): Promise<T>;
}

/** How to act for a person. */
export interface ActingOptions {
  /**
   * `HumanUser.id` of the intended person. The owner of every token is checked before use: `MAPPING_CHANGED` if
   * the login now belongs to another person. If omitted, any holder of the login is accepted.
   */
  readonly personId?: number;
  /** Window of the launch that the request belongs to. Its writes show up there (API 1.6). */
  readonly sessionUuid?: SessionUuid;
  /** Acts through the person's own account, for people whom `sudo` may not impersonate. Default: `sudo`. */
  readonly own?: OwnWay | null;
  /**
   * The session that reads belong to. Equal reads of one session that are under way at once are one call to the site. If
   * omitted, every read is a call of its own.
   */
  readonly session?: string;
}

/** Access to the one ShotGrid site, only as a person. */
export interface Shotgun {
  /** The only entry point: ShotGrid as this person. */
  as(login: Login, options?: ActingOptions): ActingClient;
  /**
   * Says that something may have changed that this person reads, other than by a call of theirs here: from now on no read
   * of theirs is answered by one that began before.
   */
  noteChange(login: Login, options: ActingOptions): void;
  /**
   * The current holder of this login, read as that person with a token minted for it.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or a failure of the site
   */
  identify(login: Login): Promise<Self>;
  /**
   * The current state of the person, at most `recheckMs` old. It costs a call only if their token has to be
   * renewed. Undefined if no id was given.
   *
   * @throws AppError the refusals of any call
   */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
  /**
   * Resolves if the site answers (`GET /api/v1`, no token) and accepts the script's key. For readiness; checked on
   * every call.
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}
