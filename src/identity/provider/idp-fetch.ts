import type { CustomFetch } from 'openid-client';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS, isServerError } from '../../base/units.ts';

const NO_BODY = new Set<number>([
  HTTP_STATUS.NO_CONTENT,
  HTTP_STATUS.RESET_CONTENT,
  HTTP_STATUS.NOT_MODIFIED,
]);

/**
 * `fetch` for the identity provider. It reads the whole answer within the time limit, so that an endless body is a
 * timeout too (C13), and distinguishes "not reachable" from "invalid answer".
 * Errors: `IDP_TIMEOUT`, `IDP_UNAVAILABLE`.
 */
export const idpFetch: CustomFetch = async (url, options) => {
  let status: number;
  let headers: Headers;
  let body: ArrayBuffer;
  try {
    const response = await fetch(url, options as RequestInit);
    ({ status, headers } = response);
    body = await response.arrayBuffer();
  } catch (cause) {
    throw new AppError(isTimeout(cause) ? 'IDP_TIMEOUT' : 'IDP_UNAVAILABLE', { cause });
  }
  if (isServerError(status) || status === HTTP_STATUS.TOO_MANY_REQUESTS)
    throw new AppError('IDP_UNAVAILABLE');
  return new Response(NO_BODY.has(status) ? null : body, { status, headers });
};

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}
