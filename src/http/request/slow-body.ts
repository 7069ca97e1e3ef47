import type { RequestHandler, Response } from 'express';
import { HTTP_STATUS } from '../../base/http-status.ts';

const TIMER = 'bodyTimer';

/**
 * Gives up a body that arrives too slowly, whatever becomes of its request (A39). Node has such a limit for all requests
 * alike; here the one route that takes files can lift it.
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

/** For a body that may be slow, once it is known whose it is. */
export function liftBodyTime(response: Response): void {
  clearTimeout(response.locals[TIMER] as NodeJS.Timeout | undefined);
}
