import type { SessionId } from '../../base/ids.ts';
import type { Tokens } from '../provider/oidc-port.ts';
import type { Principal } from '../person/principal.ts';

/** Why a session ended before its time. */
export type EndReason =
  /** The person signed out. */
  | 'signed_out'
  /** Another sign-in in the same browser. */
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
