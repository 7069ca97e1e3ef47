import { decodeProtectedHeader } from 'jose';
import type { CustomFetch } from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import { keyIdsOf, keySetFetch } from './key-set.ts';

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
    return Math.abs(nowMs - missReadAtMs) < MISS_COOLDOWN_MS;
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
          const readAtMs = clock.now();
          // Before it is read, so that of many at once one reads.
          if (kept !== undefined && Math.abs(readAtMs - kept.readAtMs) < FRESH_MS) missReadAtMs = readAtMs;
          const response = await keySetFetch(url, options).catch((error: unknown) => {
            // A read that failed is no look: the next one who needs the key looks again.
            missReadAtMs = Number.NEGATIVE_INFINITY;
            throw error;
          });
          const body = await response.text();
          const contentType = response.headers.get('content-type') ?? '';
          kept = { body, contentType, kids: keyIdsOf(body), readAtMs };
        }
        return new Response(kept.body, { headers: { 'content-type': kept.contentType } });
      };
    },
  };
}

/** Of the ID token in an answer, or of userinfo, which may be a JWT altogether. */
function kidOfIdToken(answer: string): string | undefined {
  try {
    if (answer.startsWith('ey')) return decodeProtectedHeader(answer).kid;
    const { id_token: idToken } = JSON.parse(answer) as { id_token?: unknown };
    return typeof idToken === 'string' ? decodeProtectedHeader(idToken).kid : undefined;
  } catch {
    return undefined;
  }
}
