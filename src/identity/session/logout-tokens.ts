import type { Clock } from '../../base/clock.ts';
import { parseSubject, type Subject } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';
import type { ProviderJwts } from '../provider/provider-jwts.ts';

/** The sessions that a back-channel logout ends: those of one session at the provider, or all of a person. */
export type LogoutTarget = { readonly issuer: string } & (
  { readonly sid: string } | { readonly subject: Subject }
);

/** Logout tokens of OpenID Connect Back-Channel Logout 1.0. */
export interface LogoutTokens {
  /**
   * The target of a token, or the name of the check that fails (D19); `jti_done` where everything that the token
   * requests was done before (D20). Errors: `IDP_UNAVAILABLE`, `IDP_TIMEOUT`, `UNAVAILABLE`.
   */
  accept(jwt: string): Promise<AcceptedLogout | { readonly refusal: string }>;
}

export interface AcceptedLogout {
  readonly target: LogoutTarget;
  /** When the token first arrived. A session that began later survives, even where the token arrives again. */
  readonly sinceMs: number;
  /** Everything is done: later copies of the token are refused. */
  finish(): Promise<void>;
}

interface Seen {
  readonly sinceMs: number;
  readonly isDone: boolean;
}

export interface LogoutTokensDeps {
  readonly jwts: ProviderJwts;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly clientId: string;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MAX_AGE_SECONDS = 120;
/** Longer than a token is accepted, so that none can be replayed after its mark has expired. */
const SEEN_KEPT_MS = 600_000;
/** Providers from before the final standard send none, or the plain one. An access token has another (D19). */
const TYPES = ['logout+jwt', 'jwt', ''];

/** Logout tokens of this provider; the vault remembers the used ones. */
export function createLogoutTokens({ jwts, vault, clientId, clock }: LogoutTokensDeps): LogoutTokens {
  return {
    async accept(jwt) {
      const verified = await jwts.verify(jwt, {
        audience: clientId,
        types: TYPES,
        // Providers from before the final standard send no `exp`: for all providers `iat` limits the age.
        requiredClaims: ['iat', 'jti', 'events'],
        maxAgeSeconds: MAX_AGE_SECONDS,
      });
      if ('refusal' in verified) return verified;
      const { iss: issuer, jti, sub, ...claims } = verified.claims;
      if (issuer === undefined || jti === undefined) return { refusal: 'jti' };
      // An ID token has a nonce and no event: it must not pass for a logout token (2.6 of the standard).
      if ('nonce' in claims) return { refusal: 'nonce' };
      if (!isLogoutEvent(claims['events'])) return { refusal: 'events' };
      const target = targetOf(issuer, claims['sid'], sub);
      if (target === undefined) return { refusal: 'sid' in claims ? 'sid' : 'sub' };
      const key = hashedKey('logout', JSON.stringify([issuer, jti]));
      const first: Seen = { sinceMs: clock.now(), isDone: false };
      const seen = (await vault.add(key, first, SEEN_KEPT_MS)) ? first : await vault.get(key);
      const { sinceMs, isDone } = (seen ?? first) as Seen;
      if (isDone) return { refusal: 'jti_done' };
      const finish = (): Promise<void> =>
        vault.set(key, { sinceMs, isDone: true } satisfies Seen, SEEN_KEPT_MS);
      return { target, sinceMs, finish };
    },
  };
}

function isLogoutEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null) return false;
  const event: unknown = (events as Record<string, unknown>)[EVENT];
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

/** A token with both names one session: the person's other sessions stay (D18). */
function targetOf(issuer: string, sid: unknown, sub: unknown): LogoutTarget | undefined {
  if (sid !== undefined) return typeof sid === 'string' && sid !== '' ? { issuer, sid } : undefined;
  const subject = parseSubject(sub);
  return subject === undefined ? undefined : { issuer, subject };
}
