import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { CLIENT_LEFT_STATUS } from '../../base/error-kinds.ts';
import { duringRequest } from '../../base/logger.ts';
import type { RequestWork } from '../../graphql/graphql.ts';
import { UNKNOWN } from '../../operations/operations.ts';
import type { HttpDeps } from '../http-deps.ts';
import { beginState, stateOf } from '../request/request-state.ts';

const UNKNOWN_ROUTE = 'none';
const NO_TOOL = 'none';
const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/apps/:name']);

/** Gives each request an id of our own, and a log line and a measurement when it is answered or abandoned. */
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
      const { route, isStream, work } = stateOf(response);
      const fields = {
        route,
        method: request.method,
        // An answer that the client did not receive is not logged as a success. A stream ends when the browser
        // leaves.
        status: response.writableFinished || isStream === true ? response.statusCode : CLIENT_LEFT_STATUS,
        durationMs: Math.round(performance.now() - startedAtMs),
      };
      const done = work?.();
      deps.observeRequest(fields);
      if (done !== undefined) observeOperation(deps, done, fields.durationMs);
      deps.logger[QUIET_ROUTES.has(route) ? 'debug' : 'info']('http.request', {
        requestId,
        ...fields,
        ...done,
      });
    });
    duringRequest(requestId, next);
  };
}

function observeOperation(
  deps: Pick<HttpDeps, 'observeOperation'>,
  { tool = NO_TOOL, listed = UNKNOWN, hasErrors }: RequestWork,
  durationMs: number,
): void {
  deps.observeOperation({ tool, operation: listed, outcome: hasErrors ? 'errors' : 'ok', durationMs });
}
