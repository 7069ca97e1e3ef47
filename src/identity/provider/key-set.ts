import type { CustomFetch } from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { idpFetch } from './idp-fetch.ts';

/**
 * `fetch` for the provider's signing keys. A failure, a page of a proxy or an empty set says nothing of any token: it is an
 * outage, and nobody keeps it.
 * Errors: `IDP_TIMEOUT`, `IDP_UNAVAILABLE`.
 */
export const keySetFetch: CustomFetch = async (url, options) => {
  const response = await idpFetch(url, options);
  const body = await response.text();
  if (!response.ok || keyIdsOf(body).size === 0) throw new AppError('IDP_UNAVAILABLE');
  return new Response(body, { status: response.status, headers: response.headers });
};

export interface LastingKeySet {
  /** Errors: `IDP_TIMEOUT`, `IDP_UNAVAILABLE` where there are no keys of before either. */
  readonly fetch: CustomFetch;
  /** True where the last answer was the keys of before. */
  isOld(): boolean;
}

/** The keys as the provider gives them, and those of before while it cannot be asked: it signs nothing new then. */
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

/** Names of the keys; empty where it is no set of keys. */
export function keyIdsOf(jwks: string): ReadonlySet<string> {
  try {
    const { keys } = JSON.parse(jwks) as { keys?: unknown };
    return new Set(Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => String(key.kid)) : []);
  } catch {
    return new Set();
  }
}
