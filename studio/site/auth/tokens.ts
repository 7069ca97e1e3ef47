import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Caller } from '../ports.ts';
import type { Grant } from './identity.ts';

/** An issued access token: what it stands for, and until when. */
export interface IssuedToken {
  readonly grant: Grant;
  /** As resolved when the token was minted. */
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

export interface TokenOptions {
  readonly now: () => number;
  readonly host: () => string;
  readonly lifetimeSeconds: number;
  readonly refreshLifetimeSeconds: number;
}

export interface TokenBook {
  /** Mints an access token and a refresh token with the claims of API 1.3. */
  mint(grant: Grant, caller: Caller): Promise<{ accessToken: string; refreshToken: string }>;
  find(accessToken: string): IssuedToken | undefined;
  /** The grant of a live refresh token, which is spent by this (API 1.2: single use). */
  takeRefresh(refreshToken: string): Grant | undefined;
}

/** Expired tokens are remembered so long, to answer `Token Expired` and not just `Unauthorized`. */
const REMEMBER_MS = 3_600_000;

/**
 * The tokens of one site. They are real JWTs, because clients decode them; but a token is good exactly
 * when this site issued it, so it is looked up and never parsed.
 */
export function createTokenBook(options: TokenOptions): TokenBook {
  const key = randomBytes(32);
  const access = new Map<string, IssuedToken>();
  const refresh = new Map<string, { grant: Grant; expiresAtMs: number }>();

  const sign = (grant: Grant, claims: Record<string, unknown>, lifetimeSeconds: number) => {
    const issuedAt = Math.floor(options.now() / 1000);
    return new SignJWT({
      iss: options.host(),
      aud: options.host(),
      iat: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      jti: randomUUID(),
      user: grant.user,
      sudo_as_login: grant.sudoLogin,
      auth_type: grant.authType,
      session_uuid: grant.sessionUuid,
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);
  };

  return {
    async mint(grant, caller) {
      const nowMs = options.now();
      forgetOld(access, nowMs - REMEMBER_MS);
      forgetOld(refresh, nowMs);
      const [accessToken, refreshToken] = await Promise.all([
        sign(grant, {}, options.lifetimeSeconds),
        sign(grant, { token_type: 'refresh' }, options.refreshLifetimeSeconds),
      ]);
      access.set(accessToken, { grant, caller, expiresAtMs: nowMs + options.lifetimeSeconds * 1000 });
      refresh.set(refreshToken, { grant, expiresAtMs: nowMs + options.refreshLifetimeSeconds * 1000 });
      return { accessToken, refreshToken };
    },
    find: (accessToken) => access.get(accessToken),
    takeRefresh(refreshToken) {
      const entry = refresh.get(refreshToken);
      refresh.delete(refreshToken);
      return entry && entry.expiresAtMs > options.now() ? entry.grant : undefined;
    },
  };
}

/** Drops what expired before the given moment; entries are in order of their making, so it stops early. */
function forgetOld(tokens: Map<string, { expiresAtMs: number }>, beforeMs: number): void {
  for (const [token, { expiresAtMs }] of tokens) {
    if (expiresAtMs > beforeMs) return;
    tokens.delete(token);
  }
}
