import type * as client from 'openid-client';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { Tokens } from './oidc-port.ts';

/**
 * Tokens are renewed this long before their expiry, so that requests do not wait for a slow provider or a short
 * outage.
 */
const AHEAD_MS = 30_000;
/** Otherwise a token that lives for seconds would be renewed at every request. */
const AHEAD_SHARE = 0.1;

/** When renewal of a token starts; null where its expiry is unknown or it cannot be renewed. */
export function renewAtOf({ accessExpiresAtMs, accessLifeMs, refreshToken }: Tokens): number | null {
  if (accessExpiresAtMs === null || refreshToken === null) return null;
  return accessExpiresAtMs - Math.min(AHEAD_MS, (accessLifeMs ?? Number.POSITIVE_INFINITY) * AHEAD_SHARE);
}

/** @param old supplies what the provider does not send again (RFC 6749 6) */
export function tokensOf(
  granted: client.TokenEndpointResponse,
  answeredAtMs: number,
  old: Pick<Tokens, 'idToken' | 'refreshToken'>,
): Tokens {
  const lifeSeconds = granted.expires_in;
  return {
    idToken: granted.id_token ?? old.idToken,
    accessToken: granted.access_token,
    accessExpiresAtMs: lifeSeconds === undefined ? null : answeredAtMs + lifeSeconds * MS_PER_SECOND,
    ...(lifeSeconds !== undefined && { accessLifeMs: lifeSeconds * MS_PER_SECOND }),
    refreshToken: granted.refresh_token ?? old.refreshToken,
  };
}

export function idpSessionOf(claims: client.IDToken): { sid: string | null; endsAtMs: number | null } {
  const { session_expiry: endsAtSeconds } = claims;
  return {
    sid: sidOf(claims),
    endsAtMs: typeof endsAtSeconds === 'number' ? endsAtSeconds * MS_PER_SECOND : null,
  };
}

/** The provider's name of the session, which its sign-outs refer to. */
export function sidOf({ sid }: Readonly<Record<string, unknown>>): string | null {
  return typeof sid === 'string' && sid !== '' ? sid : null;
}
