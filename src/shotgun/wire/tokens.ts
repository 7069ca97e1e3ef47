import type { Login } from '../../base/ids.ts';
import type { Standing } from '../port/actor.ts';

declare const actsAs: unique symbol;

/** A bearer that acts as one person: verified to carry the person's `sudo_as_login`, or to be the person's own. */
export interface PersonToken {
  readonly value: string;
  /** The person that it acts as, read when it was minted. Null if the caller gave no id to compare. */
  readonly standing: Standing | null;
  readonly [actsAs]: Login;
}

/** A bearer that acts as the script. Only the fixed reads of `script-door.ts` accept it. */
export interface ScriptToken {
  readonly value: string;
  readonly [actsAs]: 'script';
}

/** A bearer token, for a person or for the script. */
export type AnyToken = PersonToken | ScriptToken;

/** A token with the times of its renewal. */
export interface Minted<T extends AnyToken> extends RenewalTimes {
  readonly token: T;
}

export interface RenewalTimes {
  /** Milliseconds since 1970. From this time on, a call that uses the token begins the renewal and does not wait for it. */
  readonly renewFromMs: number;
  /** Milliseconds since 1970. From this time on, another token is used. */
  readonly renewAtMs: number;
}
