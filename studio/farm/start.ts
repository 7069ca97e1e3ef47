import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Job } from './jobs.ts';
import { KEEP_ALIVE_MS } from '../keep-alive.ts';

export interface FarmOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Issuer of the identity provider that it trusts. */
  readonly issuer: string;
  /** The required audience of tokens. */
  readonly audience: string;
  readonly jobs: readonly Job[];
}

export interface Farm {
  readonly url: string;
  close(): Promise<void>;
}

/** How the farm behaves; set by `PUT /__studio/mode`. */
type Mode = 'up' | 'slow' | 'down' | 'broken';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly person: string | null;
  readonly audience: string | null;
  readonly status: number;
}

/** People who may see and retry all jobs. */
const WRANGLERS: ReadonlySet<string> = new Set(['joao']);
const SLOW_MS = 20_000;

/**
 * A small render farm behind the studio's single sign-on: it accepts only access tokens for itself. Each person
 * sees their own jobs, wranglers see all.
 */
export async function startFarm(options: FarmOptions): Promise<Farm> {
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
  addJobs(app, options.jobs);
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
function authenticate({ issuer, audience }: FarmOptions): RequestHandler {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer));
  return async (request, response, next) => {
    const token = /^Bearer (\S+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' });
      response.locals['person'] = String(payload['preferred_username']);
      response.locals['audience'] = String(payload.aud);
    } catch {
      response.status(401).json({ error: 'A token of the studio for the farm is needed.' });
      return;
    }
    next();
  };
}

function addJobs(app: express.Express, jobs: readonly Job[]): void {
  const mayTouch = (response: Response, job: Job): boolean => {
    const person = String(response.locals['person']);
    return job.owner === person || WRANGLERS.has(person);
  };
  app.get('/jobs', (request, response) => {
    const versions = idsOf(request, 'versions');
    const shots = idsOf(request, 'shots');
    const found = jobs.filter(
      (job) =>
        mayTouch(response, job) &&
        (versions.has(job.versionId) || (job.shotId !== null && shots.has(job.shotId))),
    );
    response.json({ jobs: found });
  });
  app.post('/jobs/:id/retry', (request, response) => {
    const job = jobs.find(({ id }) => id === Number(request.params['id']));
    if (job === undefined || !mayTouch(response, job)) {
      response.status(job === undefined ? 404 : 403).json({ error: 'This is no job of yours.' });
      return;
    }
    if (job.state !== 'FAILED') {
      response.status(409).json({ error: 'Only a job that failed can be retried.' });
      return;
    }
    Object.assign(job, { state: 'QUEUED', progress: 0, retriedBy: String(response.locals['person']) });
    response.json(job);
  });
}

const idsOf = (request: Request, name: string): ReadonlySet<number> => {
  const text = request.query[name];
  return new Set(typeof text === 'string' && text !== '' ? text.split(',').map(Number) : []);
};

const refuse: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).json({ error: 'The request cannot be read.' });
};
