import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { Express } from 'express';

/**
 * A server for an Express app. Express gives each request and each answer another prototype when they come; V8 then makes
 * a shape of its own for each, which no code can be optimised for and which outlives the request: half of what Express
 * costs. So they get that prototype when they are made, and what Express sets changes nothing.
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
