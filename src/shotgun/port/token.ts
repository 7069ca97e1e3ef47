import type { Login, SessionUuid } from '../../base/ids.ts';
import type { Self } from './self.ts';

declare const actsAs: unique symbol;

/** A bearer that acts as one person: minted with `sudo_as_login` and seen to carry it, or seen to be the person's own. */
export interface PersonToken {
  readonly value: string;
  /** Who it acts as, as read when it was made; null where nobody asked for one person by their id. */
  readonly standing: Standing | null;
  readonly [actsAs]: Login;
}

/** Who somebody is at this moment: the login of an id changes, and so does the role. */
export interface Standing extends Self {
  readonly login: Login;
}

/** A bearer that acts as the script. Only the fixed reads of `script-door.ts` take it. */
export interface ScriptToken {
  readonly value: string;
  readonly [actsAs]: 'script';
}

export type AnyToken = PersonToken | ScriptToken;

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
