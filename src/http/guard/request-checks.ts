import type { Request, RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/http-status.ts';
import type { Config } from '../../config/config.ts';
import type { HttpDeps } from '../http-deps.ts';

/** Probes ask by address, not by our name, and learn nothing but whether we live. */
const FOR_PROBES = new Set(['/healthz', '/readyz']);

/**
 * Answers for the public address only: a page of ours under another name would have another origin (E15).
 * Node takes the first of two Host headers, a proxy perhaps the second, so two are refused.
 */
export function checkHost({ config }: HttpDeps): RequestHandler {
  const publicHost = new URL(config.http.publicUrl).host;
  return (request, _response, next) => {
    const hostHeaders = request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'host');
    if (hostHeaders.length !== 1 || !request.originalUrl.startsWith('/')) throw new AppError('BAD_REQUEST');
    if (request.headers.host?.toLowerCase() !== publicHost && !FOR_PROBES.has(request.path)) {
      throw new AppError('MISDIRECTED');
    }
    next();
  };
}

/**
 * Refuses what a page of another origin could make a browser send with our cookie (E9). Browsers that know
 * Fetch Metadata say where a request comes from; without it the Origin must be ours. Neither is no browser
 * that we can judge, so it is refused as well. A front end of the configuration counts as ours.
 * Errors: `CSRF_REJECTED`.
 */
export function assertSameOrigin(
  request: Request,
  { http, frontEndOrigins }: Pick<Config, 'http' | 'frontEndOrigins'>,
): void {
  const { 'sec-fetch-site': site, origin } = request.headers;
  const own = new URL(http.publicUrl).origin;
  // Our pages tell nobody where they are (Referrer-Policy), so the Origin of their forms may be `null`.
  const isDenied = origin !== undefined && origin !== 'null' && origin !== own;
  const isOurs = site === undefined ? origin === own : site === 'same-origin' && !isDenied;
  // A page cannot choose the Origin that its browser sends.
  const isListed = origin !== undefined && frontEndOrigins.includes(origin);
  if (!isOurs && !isListed) throw new AppError('CSRF_REJECTED');
}

/** For what our own pages alone may ask. Errors: `CSRF_REJECTED`. */
export function assertOwnPage(request: Request, { http }: Pick<Config, 'http'>): void {
  assertSameOrigin(request, { http, frontEndOrigins: [] });
}

/** False where the browser says that a page of ours did not open this. Older browsers do not say it. */
export function isFromOwnPage(request: Request): boolean {
  const { 'sec-fetch-site': site } = request.headers;
  return site === undefined || site === 'same-origin';
}

/** A browser that fetches ahead is not a person who clicked: nothing may be used up by it (E23). */
export const refusePrefetch: RequestHandler = (request, response, next) => {
  const purpose = request.headers['sec-purpose'] ?? request.headers['purpose'];
  if (typeof purpose === 'string' && /prefetch|prerender/iu.test(purpose)) {
    response.status(HTTP_STATUS.SERVICE_UNAVAILABLE).end();
    return;
  }
  next();
};

/** True for a navigation of a person; programs ask for JSON or for anything. */
export function wantsPage(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html';
}
