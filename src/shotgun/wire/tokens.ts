import type { Login } from '../../base/ids.ts';
import type { Standing } from '../port/actor.ts';

declare const actsAs: unique symbol;

/** A bearer that acts as one person: minted with `sudo_as_login` and seen to carry it, or seen to be the person's own. */
export interface PersonToken {
  readonly value: string;
  /** Who it acts as, as read when it was made; null where nobody asked for one person by their id. */
  readonly standing: Standing | null;
  readonly [actsAs]: Login;
}

/** A bearer that acts as the script. Only the fixed reads of `script-door.ts` take it. */
export interface ScriptToken {
  readonly value: string;
  readonly [actsAs]: 'script';
}

export type AnyToken = PersonToken | ScriptToken;

/** A token with the time of its end. */
export interface Minted<T extends AnyToken> {
  readonly token: T;
  /** Milliseconds since 1970. From here on another token is used. */
  readonly renewAtMs: number;
}
