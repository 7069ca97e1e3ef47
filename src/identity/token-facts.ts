import type * as client from 'openid-client';
import type { Tokens } from './oidc-port.ts';

const MS_PER_SECOND = 1000;

/** @param old what stays where the provider sends no new one (RFC 6749 6) */
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
    refreshToken: granted.refresh_token ?? old.refreshToken,
  };
}

export function idpSessionOf(claims: client.IDToken): { sid: string | null; endsAtMs: number | null } {
  const { sid, session_expiry: endsAtSeconds } = claims;
  return {
    sid: typeof sid === 'string' && sid !== '' ? sid : null,
    endsAtMs: typeof endsAtSeconds === 'number' ? endsAtSeconds * MS_PER_SECOND : null,
  };
}
