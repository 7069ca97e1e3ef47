import { decodeProtectedHeader } from 'jose';
import type { CustomFetch } from 'openid-client';
import type { Clock } from '../base/clock.ts';

const FRESH_MS = 300_000;
const MISS_COOLDOWN_MS = 30_000;

interface KeptKeys {
  readonly body: string;
  readonly contentType: string;
  readonly kids: ReadonlySet<string>;
  readonly readAtMs: number;
}

/**
 * The provider's signing keys between sign-ins. openid-client keeps keys for a minute before it looks for an
 * unknown one, so the first sign-in after a rotation would fail. Here an unknown key id is looked up at once,
 * but at most every 30 seconds, so that a flood of invented ids costs the provider nothing (C9).
 */
export interface SigningKeys {
  /** A fetch for one grant: remembers which key the ID token names and answers the key request accordingly. */
  fetchForGrant(jwksUri: string | undefined, inner: CustomFetch): CustomFetch;
}

export function createSigningKeys(clock: Clock): SigningKeys {
  let kept: KeptKeys | undefined;
  let missReadAtMs = Number.NEGATIVE_INFINITY;

  const isUsable = (keys: KeptKeys, wantedKid: string | undefined): boolean => {
    const nowMs = clock.now();
    if (Math.abs(nowMs - keys.readAtMs) >= FRESH_MS) return false;
    if (wantedKid === undefined || keys.kids.has(wantedKid)) return true;
    if (Math.abs(nowMs - missReadAtMs) < MISS_COOLDOWN_MS) return true;
    missReadAtMs = nowMs;
    return false;
  };

  return {
    fetchForGrant(jwksUri, inner) {
      let wantedKid: string | undefined;
      return async (url, options) => {
        if (url !== jwksUri) {
          const response = await inner(url, options);
          wantedKid = kidOfIdToken(await response.clone().text());
          return response;
        }
        if (kept === undefined || !isUsable(kept, wantedKid)) {
          const response = await inner(url, options);
          if (!response.ok) return response;
          const body = await response.text();
          const contentType = response.headers.get('content-type') ?? '';
          kept = { body, contentType, kids: kidsOf(body), readAtMs: clock.now() };
        }
        return new Response(kept.body, { headers: { 'content-type': kept.contentType } });
      };
    },
  };
}

function kidOfIdToken(tokenAnswer: string): string | undefined {
  try {
    const { id_token: idToken } = JSON.parse(tokenAnswer) as { id_token?: unknown };
    return typeof idToken === 'string' ? decodeProtectedHeader(idToken).kid : undefined;
  } catch {
    return undefined;
  }
}

function kidsOf(jwks: string): ReadonlySet<string> {
  try {
    const { keys } = JSON.parse(jwks) as { keys?: unknown };
    return new Set(Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => String(key.kid)) : []);
  } catch {
    return new Set();
  }
}
