import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { Express } from 'express';

/**
 * A server for an Express app. Express changes the prototype of each request and response as it arrives. V8 then
 * creates a separate shape for each, which it cannot optimise and which outlives the request: half of Express's
 * cost. So both are created with that prototype, and Express's assignment changes nothing.
 */
export function createExpressServer(app: Express, options: ServerOptions, listener: RequestListener): Server {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse<R extends IncomingMessage> extends ServerResponse<R> {}
  const prototypes = app as unknown as { request: object; response: object };
  Object.setPrototypeOf(ExpressRequest.prototype, prototypes.request);
  Object.setPrototypeOf(ExpressResponse.prototype, prototypes.response);
  prototypes.request = ExpressRequest.prototype;
  prototypes.response = ExpressResponse.prototype;
  const shapes = { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
  return createServer({ ...options, ...shapes }, listener);
}
