import { MIMEType } from 'node:util';
import type { RequestHandler, Request } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import { isOtherSite } from '../../base/same-site.ts';
import type { HttpDeps } from '../http-deps.ts';

/**
 * Refuses a body in another charset than UTF-8. Express's parsers accept some, such as UTF-7, and would misread
 * the text. An unreadable type is left to the parser.
 * Errors: `UNSUPPORTED_MEDIA_TYPE`.
 */
export const utf8Only: RequestHandler = (request, _response, next) => {
  if (!isUtf8(request.headers['content-type'])) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  next();
};

function isUtf8(contentType = ''): boolean {
  try {
    return /^utf-?8$/iu.test(new MIMEType(contentType).params.get('charset') ?? 'utf-8');
  } catch {
    return !/charset/iu.test(contentType);
  }
}

const PREFLIGHT_KEPT_SECONDS = '600';
/** Paths that front ends may call; all others are for navigations or for our own pages. */
const PATHS = new Set(['/graphql', '/auth/session', '/auth/session/events', '/auth/logout']);
/** The same endpoint as `/graphql`, under the name of a front end. */
const NAMED_GRAPHQL = /^\/apps\/[a-z][a-z0-9-]*\/graphql$/u;
/** What GraphQL clients and their tracing send by themselves. */
const HEADERS = [
  ...['content-type', 'apollo-require-preflight', 'x-apollo-operation-name', 'x-shotgraph-launch'],
  ...['apollographql-client-name', 'apollographql-client-version', 'x-request-id', 'x-requested-with'],
  ...['traceparent', 'tracestate', 'baggage'],
];

/**
 * Lets the configured front ends read answers that are made with the person's cookie: exact origins, never a
 * pattern and never `null`. Other origins get no CORS header at all (E2).
 */
export function allowFrontEnds({
  frontEndOrigins,
  bearer,
  http: { corsHeaders },
}: Pick<Config, 'frontEndOrigins' | 'bearer' | 'http'>): RequestHandler {
  // A page of another site has no cookie here, and may have a token.
  const headers = [...HEADERS, ...(bearer === null ? [] : ['authorization']), ...corsHeaders].join(', ');
  return (request, response, next) => {
    if (!PATHS.has(request.path) && !NAMED_GRAPHQL.test(request.path)) {
      next();
      return;
    }
    // Also for requests without an Origin, so that no cache mixes the two.
    response.append('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !frontEndOrigins.includes(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (request.method !== 'OPTIONS') {
      response.setHeader('Access-Control-Expose-Headers', 'retry-after');
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    response.setHeader('Access-Control-Allow-Headers', headers);
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_KEPT_SECONDS);
    response.status(HTTP_STATUS.NO_CONTENT).end();
  };
}

/** Probes use the IP address, not our host name, and learn only whether the server is alive. */
const FOR_PROBES = new Set(['/healthz', '/readyz']);

/**
 * Answers for the public address only: under another name our pages would have another origin (E15). Two Host
 * headers are refused: Node uses the first, a proxy perhaps the second.
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
 * Refuses requests that a page of another origin could make a browser send with our cookie (E9). Browsers with
 * Fetch Metadata state the request's origin; without it the Origin header must be ours. A request with neither
 * cannot be judged and is refused. A configured front end counts as ours.
 * Errors: `CSRF_REJECTED`.
 */
export function assertSameOrigin(
  request: Request,
  { http, frontEndOrigins }: Pick<Config, 'http' | 'frontEndOrigins'>,
): void {
  const { 'sec-fetch-site': site, origin } = request.headers;
  const own = new URL(http.publicUrl).origin;
  // Our pages send no referrer (Referrer-Policy), so the Origin of their forms may be `null`.
  const isDenied = origin !== undefined && origin !== 'null' && origin !== own;
  const isOurs = site === undefined ? origin === own : site === 'same-origin' && !isDenied;
  // A page cannot choose the Origin that its browser sends.
  const isListed = origin !== undefined && frontEndOrigins.includes(origin);
  if (!isOurs && !isListed) throw new AppError('CSRF_REJECTED');
}

/**
 * True for a front end to whose requests no browser adds our cookie, which is `SameSite=Lax`. A browser that states
 * the site knows it better than we do.
 */
export function isElsewhere(request: Request, { http }: Pick<Config, 'http'>, origin: string): boolean {
  const { 'sec-fetch-site': site } = request.headers;
  return site !== 'same-origin' && site !== 'same-site' && isOtherSite(http.publicUrl, origin);
}

/** Why a request without a session is refused: signing in does not help a front end at another site. */
export function notSignedIn(request: Request, config: Pick<Config, 'http' | 'frontEndOrigins'>): AppError {
  const { origin = '' } = request.headers;
  const isListed = config.frontEndOrigins.includes(origin);
  return new AppError(isListed && isElsewhere(request, config, origin) ? 'OTHER_SITE' : 'UNAUTHENTICATED');
}

/** For requests that only our own pages may send. Errors: `CSRF_REJECTED`. */
export function assertOwnPage(request: Request, { http }: Pick<Config, 'http'>): void {
  assertSameOrigin(request, { http, frontEndOrigins: [] });
}

/** False if the browser states that the navigation came from elsewhere. Older browsers send no statement. */
export function isFromOwnPage(request: Request): boolean {
  const { 'sec-fetch-site': site } = request.headers;
  return site === undefined || site === 'same-origin';
}

/** True where a script of a page gets the answer. No script can change what its browser states; older ones state nothing. */
export const isForScript = (request: Request): boolean => request.headers['sec-fetch-dest'] === 'empty';

/** False if the browser states that the answer is for a script, a frame or a picture, and not for a whole tab. */
export function isTopNavigation(request: Request): boolean {
  const { 'sec-fetch-dest': destination = 'document' } = request.headers;
  return destination === 'document';
}

/** True for an address that a browser loads before a person has asked for it. */
export function isPrefetch({ headers }: Request): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'];
  return typeof purpose === 'string' && /prefetch|prerender/iu.test(purpose);
}

/** A browser's prefetch is no click by a person: it must not use anything up (E23). */
export const refusePrefetch: RequestHandler = (request, response, next) => {
  if (isPrefetch(request)) {
    response.status(HTTP_STATUS.SERVICE_UNAVAILABLE).end();
    return;
  }
  next();
};

/** True for a navigation by a person; programs accept JSON or anything. */
export function wantsPage(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html';
}
