import type { Clock } from '../../base/clock.ts';
import type { SessionId, SessionToken } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import type { Vault } from '../../store/vault.ts';
import type { Principal, Session, SessionKind } from '../person/principal.ts';
import type { IdpSession, Tokens } from '../provider/oidc-port.ts';
import type { AttemptCookies } from './attempts.ts';
import type { EndedSession, Ending, SettledSession } from './session-life.ts';
import type { PersonKey } from './session-index.ts';

export interface NewSession {
  readonly kind?: SessionKind;
  readonly idpSession?: IdpSession;
  /** The sign-in that created it. */
  readonly signInId?: string;
  /**
   * The value of the cookie whose session it will replace: that one does not count toward the person's limit, nor
   * does another one that has replaced it a moment ago.
   */
  readonly replaces?: string | undefined;
  /** A session that ends with it: `Replacing.supersedes`. */
  readonly supersedes?: SessionId | undefined;
}

/** A sign-in in a browser that has a session. */
export interface Replacing {
  readonly by: Session;
  /** With that of the sign-in, but in ShotGrid's frame, which has none. */
  readonly cookies: AttemptCookies;
  readonly requestId: string;
  /** A session of this browser that never reached it: the answer with its cookie was lost. */
  readonly supersedes?: SessionId | undefined;
}

export interface CreatedSession {
  readonly token: SessionToken;
  readonly session: Session;
}

/** Sessions of signed-in browsers. Only the browser has the cookie's value: the store has its hash. */
export interface Sessions {
  /**
   * A new session with a new token. Above the limit of one person the least recently used sessions end (D31).
   * Errors: `LOGIN_REQUIRED` where the provider has ended that sign-in already (D22).
   */
  create(principal: Principal, tokens: Tokens, options?: NewSession): Promise<CreatedSession>;
  /**
   * The session of a cookie's value, unless it is over. Where the store takes no writes, sessions are not
   * prolonged; that is reported once.
   * @param use `slide` for activity of the person, `peek` for polling, which must not keep a session alive (D6)
   * @param cookies of the browser's sign-ins: they prove a value that was replaced a moment ago
   */
  find(
    token: string | undefined,
    use: 'slide' | 'peek',
    cookies?: AttemptCookies,
  ): Promise<Session | undefined>;
  /** The session of this id, or for a short time the one that replaced it. Prolongs neither. */
  peek(id: SessionId): Promise<Session | undefined>;
  /**
   * True where the provider may end a living session when tokens of this sign-in are revoked: both came from one
   * session of the person there, which at many providers has one grant for all.
   */
  sharesGrant(person: PersonKey, sid: string | null): Promise<boolean>;
  /**
   * Ends the sessions of a browser because it has a new one. Where the old and the new one are of the same person and
   * account, the pages of the old one go on with the new one, and for a short time the old value stands for it.
   *
   * @param tokens the values of the browser's session cookies
   */
  replace(tokens: readonly (string | undefined)[], replacing: Replacing): Promise<void>;
  /** The provider's tokens of a session that is not over. */
  tokensOf(id: SessionId): Promise<Tokens | undefined>;
  /** False where the session is over, or where other tokens were stored meanwhile. */
  replaceTokens(id: SessionId, old: Tokens, renewed: Tokens): Promise<boolean>;
  /** Changes the data about the person of a session, or of the one that replaced it. False where it is over. */
  changePrincipal(id: SessionId, change: (principal: Principal) => Principal): Promise<boolean>;
  /**
   * Ends a session for ever. It is over at once. Where cleaning up what is attached to it fails, this fails, and
   * another attempt finishes it.
   */
  end(id: SessionId, ending: Ending): Promise<Tokens | undefined>;
  /** The same for the session of a cookie's value. */
  endByToken(
    token: string | undefined,
    ending: Ending,
    cookies?: AttemptCookies,
  ): Promise<Tokens | undefined>;
  /** Ends all sessions of a person that began up to then; returns how many there were. */
  endBySubject(person: PersonKey, upToMs: number, ending: Ending): Promise<number>;
  /** True where a sign-in here came from this session at the provider. */
  knowsSid(issuer: string, sid: string): Promise<boolean>;
  /** Ends the sessions that came from one session at the provider, also one that is just being created (D18, D22). */
  endBySid(issuer: string, sid: string, ending: Ending): Promise<number>;
}

export interface SessionsDeps {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
  readonly settings: Omit<Config['session'], 'loginsPerMinute'>;
  /** Cleans up what is attached to a session that is over; called again after a failure. */
  readonly settle?: (ended: SettledSession, ending: Ending) => Promise<void>;
  /** Called once for each session that ends. */
  readonly onEnded?: (ended: EndedSession, ending: Ending) => void;
}
