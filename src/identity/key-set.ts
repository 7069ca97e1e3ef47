import type { CustomFetch } from 'openid-client';
import { AppError } from '../base/errors.ts';
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

/** Names of the keys; empty where it is no set of keys. */
export function keyIdsOf(jwks: string): ReadonlySet<string> {
  try {
    const { keys } = JSON.parse(jwks) as { keys?: unknown };
    return new Set(Array.isArray(keys) ? keys.map((key: { kid?: unknown }) => String(key.kid)) : []);
  } catch {
    return new Set();
  }
}
