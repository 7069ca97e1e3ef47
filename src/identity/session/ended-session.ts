import type { SessionId } from '../../base/ids.ts';
import type { Tokens } from '../provider/oidc-port.ts';
import type { Principal } from '../person/principal.ts';

/** Why a session ended before its time. */
export type EndReason =
  /** Its person signed out. */
  | 'signed_out'
  /** Another sign-in in the same browser. */
  | 'replaced'
  /** The person has too many. */
  | 'limit'
  /** The provider said so, on the back channel. */
  | 'provider'
  /** The provider takes its refresh token no more. */
  | 'renewal_refused'
  /** ShotGrid, or the settings, let nobody act for the person any more. */
  | 'person_refused'
  /** It was never given to its browser: who made it gives up its tokens, and nobody was signed in. */
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
