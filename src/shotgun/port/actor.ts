import type { Login, SessionUuid } from '../../base/ids.ts';

/** A person as they see themselves. */
export interface Self {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null where the person may not see it. */
  readonly permissionRole: string | null;
}

/** Who somebody is at this moment: the login of an id changes, and so does the role. */
export interface Standing extends Self {
  readonly login: Login;
}

/** Acting by the person's own account. */
export interface OwnWay {
  readonly personId: number;
  /** Null until it is linked: then nothing can be read or written. */
  readonly account: string | null;
}

/** As whom, and for which ShotGrid window (API 1.6), something is done. */
export interface Actor {
  readonly login: Login;
  /** `HumanUser.id` of the person who is meant: a login may be given to somebody else. Null where any holder is. */
  readonly personId: number | null;
  readonly sessionUuid: SessionUuid | null;
  /** By the person's own account instead of `sudo`; null for `sudo`. */
  readonly own: OwnWay | null;
}
