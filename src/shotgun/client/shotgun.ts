import type { Login, SessionUuid } from '../../base/ids.ts';
import type { OwnWay, Self, Standing } from '../port/actor.ts';
import type { CallTimes } from '../port/call-times.ts';
import type { Operation } from './operation.ts';
import type { CallOptions } from '../port/records.ts';

/**
 * ShotGrid as one person. There is no other way to read or write it: every call carries a token that was
 * made with `sudo_as_login:<login>` or is the person's own, and a refusal is an error, never a fall-back to the script's rights.
 *
 * Errors: `IMPERSONATION_REFUSED`, `OWN_ACCOUNT_NEEDED`, `USER_INACTIVE`, `MAPPING_CHANGED`, `NO_SHOTGUN_USER`, `SHOTGUN_SUDO_REFUSED`,
 * `UPSTREAM_AUTH`, `UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_BROKEN` from any call;
 * `FORBIDDEN`, `NOT_FOUND`, `BAD_USER_INPUT`, `UPSTREAM_REJECTED` from the record asked for.
 */
export interface ActingClient {
  readonly login: Login;
  call<T>(operation: Operation<T>, options?: CallOptions): Promise<T>;
}

export interface ActingOptions {
  /**
   * `HumanUser.id` of the person who is meant. Every token is then seen to be theirs before it is used: `MAPPING_CHANGED`
   * where the login is somebody else's by now. Left out, whoever has the login is meant.
   */
  readonly personId?: number;
  /** Window of the launch that the request belongs to: its writes show up there (API 1.6). */
  readonly sessionUuid?: SessionUuid;
  /** By the person's own account, for whom `sudo` is not allowed; by `sudo` where left out. */
  readonly own?: OwnWay | null;
  /** Told of the times of each call. */
  readonly onTimed?: (times: CallTimes) => void;
}

export interface Shotgun {
  /** The only door: ShotGrid as this person. */
  as(login: Login, options?: ActingOptions): ActingClient;
  /**
   * Who has this login now, read as that person with a token that is made for it.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or that the site is out of order
   */
  identify(login: Login): Promise<Self>;
  /**
   * Who the person is, not longer ago than the settings let anybody be acted for without asking again: it costs a call only
   * where their token is made anew. Undefined where no id was given.
   *
   * @throws AppError the refusals of any call
   */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
  /** Resolves where the site answers (`GET /api/v1`, no token) and takes the script's key; for readiness, asked anew each time. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
