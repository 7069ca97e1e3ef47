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
 * unknown one, so the first sign-in after a rotation would fail. Here an unknown key id is looked up at once, but
 * at most every 30 seconds, so that a flood of invented ids does not reach the provider (C9). Where tokens have no
 * key id, the keys are read again after 30 seconds.
 */
export interface SigningKeys {
  /** A fetch for one grant: remembers the key id of the ID token and answers the key request accordingly. */
  fetchForGrant(jwksUri: string | undefined, inner: CustomFetch): CustomFetch;
}

/** A cache of the provider's keys in this process. */
export function createSigningKeys(clock: Clock): SigningKeys {
  let kept: KeptKeys | undefined;
  let missReadAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<KeptKeys> | undefined;

  const isUsable = (keys: KeptKeys, wantedKid: string | undefined): boolean => {
    const nowMs = clock.now();
    const ageMs = Math.abs(nowMs - keys.readAtMs);
    // A token without a key id cannot show that the keys have changed.
    if (wantedKid === undefined) return ageMs < MISS_COOLDOWN_MS;
    if (ageMs >= FRESH_MS) return false;
    return keys.kids.has(wantedKid) || Math.abs(nowMs - missReadAtMs) < MISS_COOLDOWN_MS;
  };

  const read: (...request: Parameters<CustomFetch>) => Promise<KeptKeys> = async (url, options) => {
    const readAtMs = clock.now();
    const response = await keySetFetch(url, options);
    const body = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    // Only a successful read starts the pause: after a failure the next request for the key reads again.
    if (kept !== undefined && Math.abs(readAtMs - kept.readAtMs) < FRESH_MS) missReadAtMs = readAtMs;
    kept = { body, contentType, kids: keyIdsOf(body), readAtMs };
    return kept;
  };

  /** Concurrent requests for other keys share one read. */
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

/** From the ID token of an answer, or from userinfo, which may itself be a JWT. */
function kidOfIdToken(answer: string): string | undefined {
  try {
    if (answer.startsWith('ey')) return decodeProtectedHeader(answer).kid;
    const { id_token: idToken } = JSON.parse(answer) as { id_token?: unknown };
    return typeof idToken === 'string' ? decodeProtectedHeader(idToken).kid : undefined;
  } catch {
    return undefined;
  }
}
