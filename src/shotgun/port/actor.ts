import type { Login, SessionUuid } from '../../base/ids.ts';

/** A person as they see themselves. */
export interface Self {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null if the person may not see it. */
  readonly permissionRole: string | null;
}

/** A person as read just now. Both the login and the role of an id can change. */
export interface Standing extends Self {
  readonly login: Login;
}

/** Acts through the person's own account instead of `sudo`. */
export interface OwnWay {
  readonly personId: number;
  /** Null until the account is linked. Until then this person can neither read nor write. */
  readonly account: string | null;
}

/** The acting person and the ShotGrid window a call belongs to (API 1.6). */
export interface Actor {
  readonly login: Login;
  /**
   * `HumanUser.id` of the intended person, because a login can be reassigned. Null accepts any holder of the
   * login.
   */
  readonly personId: number | null;
  readonly sessionUuid: SessionUuid | null;
  /** Set when acting through the person's own account; null for `sudo`. */
  readonly own: OwnWay | null;
  /** Equal reads of it that are under way at once are one; null if every read has to be sent. */
  readonly session: string | null;
}
