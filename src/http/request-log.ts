import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { HttpDeps } from './http-deps.ts';
import { beginState, stateOf } from './request-state.ts';

const UNKNOWN_ROUTE = 'none';
const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/apps/:name']);

/** Gives each request an id of our own, and a log line and a measurement when it is answered or given up. */
export function observeRequests(deps: HttpDeps): RequestHandler {
  return (request, response, next) => {
    const requestId = randomUUID();
    const startedAtMs = performance.now();
    beginState(response, {
      requestId,
      startedAtMs,
      route: UNKNOWN_ROUTE,
      actions: [],
      errorForm: 'page-or-json',
    });
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const { route } = stateOf(response);
      const fields = {
        route,
        method: request.method,
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedAtMs),
      };
      deps.observeRequest(fields);
      deps.logger[QUIET_ROUTES.has(route) ? 'debug' : 'info']('http.request', { requestId, ...fields });
    });
    next();
  };
}
