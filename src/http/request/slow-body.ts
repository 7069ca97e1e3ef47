import type { RequestHandler, Response } from 'express';
import { HTTP_STATUS } from '../../base/http-status.ts';

const TIMER = 'bodyTimer';

/**
 * Abandons a body that arrives too slowly, whatever happens to its request (A39). Node has one such limit for all
 * requests; here the route that takes files can lift it.
 */
export function limitBodyTime(ms: number): RequestHandler {
  return (request, response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody) {
      const timer = setTimeout(() => {
        if (request.complete) return;
        if (response.headersSent) request.destroy();
        else response.writeHead(HTTP_STATUS.REQUEST_TIMEOUT, { Connection: 'close' }).end();
      }, ms);
      response.locals[TIMER] = timer;
      request.once('close', () => clearTimeout(timer));
    }
    next();
  };
}

/** For a body that may be slow, once its sender is authenticated. */
export function liftBodyTime(response: Response): void {
  clearTimeout(response.locals[TIMER] as NodeJS.Timeout | undefined);
}
