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
 * but at most every 30 seconds, so that a flood of invented ids costs the provider nothing (C9). Where tokens name
 * no key, the keys are read again after 30 seconds.
 */
export interface SigningKeys {
  /** A fetch for one grant: remembers which key the ID token names and answers the key request accordingly. */
  fetchForGrant(jwksUri: string | undefined, inner: CustomFetch): CustomFetch;
}

export function createSigningKeys(clock: Clock): SigningKeys {
  let kept: KeptKeys | undefined;
  let missReadAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<KeptKeys> | undefined;

  const isUsable = (keys: KeptKeys, wantedKid: string | undefined): boolean => {
    const nowMs = clock.now();
    const ageMs = Math.abs(nowMs - keys.readAtMs);
    // A token that names no key cannot show that the keys were changed.
    if (wantedKid === undefined) return ageMs < MISS_COOLDOWN_MS;
    if (ageMs >= FRESH_MS) return false;
    return keys.kids.has(wantedKid) || Math.abs(nowMs - missReadAtMs) < MISS_COOLDOWN_MS;
  };

  const read: (...request: Parameters<CustomFetch>) => Promise<KeptKeys> = async (url, options) => {
    const readAtMs = clock.now();
    const response = await keySetFetch(url, options);
    const body = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    // Only a read that succeeded is a look: after a failure the next one who needs the key looks again.
    if (kept !== undefined && Math.abs(readAtMs - kept.readAtMs) < FRESH_MS) missReadAtMs = readAtMs;
    kept = { body, contentType, kids: keyIdsOf(body), readAtMs };
    return kept;
  };

  /** Of many who need other keys at once one reads, and all wait for it. */
  const readOnce: typeof read = (url, options) => {
    reading ??= read(url, options).finally(() => {
      reading = undefined;
    });
    return reading;
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
        const usable = kept !== undefined && isUsable(kept, wantedKid) ? kept : undefined;
        const { body, contentType } = usable ?? (await readOnce(url, options));
        return new Response(body, { headers: { 'content-type': contentType } });
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
