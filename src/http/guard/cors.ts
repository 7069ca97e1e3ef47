import type { RequestHandler } from 'express';
import { HTTP_STATUS } from '../../base/http-status.ts';
import type { Config } from '../../config/config.ts';

const PREFLIGHT_KEPT_SECONDS = '600';
/** Paths that front ends may call; all others are for navigations or for our own pages. */
const PATHS = new Set(['/graphql', '/auth/session', '/auth/session/events', '/auth/logout']);
const HEADERS = 'content-type, apollo-require-preflight, x-apollo-operation-name, x-shotgraph-launch';

/**
 * Lets the configured front ends read answers that are made with the person's cookie: exact origins, never a
 * pattern and never `null`. Other origins get no CORS header at all (E2).
 */
export function allowFrontEnds({ frontEndOrigins }: Pick<Config, 'frontEndOrigins'>): RequestHandler {
  return (request, response, next) => {
    if (!PATHS.has(request.path)) {
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
    response.setHeader('Access-Control-Allow-Headers', HEADERS);
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_KEPT_SECONDS);
    response.status(HTTP_STATUS.NO_CONTENT).end();
  };
}
