import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { KEEP_ALIVE_MS } from './keep-alive.ts';

export interface SystemServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Issuer of the identity provider that it trusts. */
  readonly issuer: string;
  /** The required audience of tokens. */
  readonly audience: string;
}

export interface SystemServer {
  readonly url: string;
  close(): Promise<void>;
}

/** How the system behaves; set by `PUT /__studio/mode`. */
type Mode = 'up' | 'slow' | 'down' | 'broken';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly person: string | null;
  readonly audience: string | null;
  readonly status: number;
}

const SLOW_MS = 20_000;

/**
 * A system of the studio behind its single sign-on: it accepts only access tokens for itself. Its routes find the
 * person in `response.locals.person`.
 */
export async function startSystemServer(
  options: SystemServerOptions,
  addRoutes: (app: express.Express) => void,
): Promise<SystemServer> {
  const seen: Seen[] = [];
  const stopping = new AbortController();
  let mode: Mode = 'up';
  const app = express().disable('x-powered-by');
  app.use(express.json());
  app.get('/__studio/requests', (_request, response) => void response.json(seen));
  app.delete('/__studio/requests', (_request, response) => {
    seen.length = 0;
    response.status(204).end();
  });
  app.put('/__studio/mode', (request, response) => {
    mode = (request.body as { mode: Mode }).mode;
    response.status(204).end();
  });
  app.use(note(seen));
  app.use(async (_request, response, next) => {
    if (mode === 'down') return void response.status(503).end();
    if (mode === 'broken') return void response.type('html').send('<h1>It works!</h1>');
    if (mode === 'slow') await pause(stopping.signal);
    return next();
  });
  app.use(authenticate(options));
  addRoutes(app);
  app.use(refuse);
  const server = createServer(app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      stopping.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, SLOW_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

const note =
  (seen: Seen[]): RequestHandler =>
  (request, response, next) => {
    response.on('finish', () => {
      const { person = null, audience = null } = response.locals as { person?: string; audience?: string };
      seen.push({
        method: request.method,
        path: request.path,
        person,
        audience,
        status: response.statusCode,
      });
    });
    next();
  };

/**
 * Accepts a JWT of the provider, for this API, of a person: checked by the library, with the provider's published
 * keys.
 */
function authenticate({ issuer, audience }: SystemServerOptions): RequestHandler {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer));
  return async (request, response, next) => {
    const token = /^Bearer (\S+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' });
      response.locals['person'] = String(payload['preferred_username']);
      response.locals['audience'] = String(payload.aud);
    } catch {
      response.status(401).json({ error: 'A token of the studio for this system is needed.' });
      return;
    }
    next();
  };
}

const refuse: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).json({ error: 'The request cannot be read.' });
};
