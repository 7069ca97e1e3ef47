import type { CustomFetch } from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { idpFetch } from './idp-fetch.ts';

/**
 * `fetch` for the provider's signing keys. A failure, a proxy's page or an empty set does not make a token
 * invalid: it is an outage, and is not cached.
 * Errors: `IDP_TIMEOUT`, `IDP_UNAVAILABLE`.
 */
export const keySetFetch: CustomFetch = async (url, options) => {
  const response = await idpFetch(url, options);
  const body = await response.text();
  if (!response.ok || keyIdsOf(body).size === 0) throw new AppError('IDP_UNAVAILABLE');
  return new Response(body, { status: response.status, headers: response.headers });
};

export interface LastingKeySet {
  /** Errors: `IDP_TIMEOUT`, `IDP_UNAVAILABLE` where there are no earlier keys either. */
  readonly fetch: CustomFetch;
  /** True where the last answer was the earlier keys. */
  isOld(): boolean;
}

/** The provider's current keys, or the earlier ones while it is unavailable: it signs nothing new then. */
export function createLastingKeySet(clock: Clock, awayMs: number): LastingKeySet {
  let last: { readonly body: string; readonly atMs: number } | undefined;
  let isOld = false;
  return {
    isOld: () => isOld,
    async fetch(url, options) {
      try {
        const response = await keySetFetch(url, options);
        last = { body: await response.clone().text(), atMs: clock.now() };
        isOld = false;
        return response;
      } catch (error) {
        if (last === undefined || clock.now() - last.atMs >= awayMs) throw error;
        isOld = true;
        return new Response(last.body);
      }
    },
  };
}

/** Ids of the keys; empty where the text is not a set of keys. */
export function keyIdsOf(jwks: string): ReadonlySet<string> {
  try {
    const { keys } = JSON.parse(jwks) as { keys?: unknown };
    return new Set(Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => String(key.kid)) : []);
  } catch {
    return new Set();
  }
}
