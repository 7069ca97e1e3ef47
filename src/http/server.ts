import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { HTTP_STATUS } from '../base/units.ts';
import type { HttpParts } from './http-deps.ts';
import { createExpressServer } from './express-server.ts';
import { LastAnswers, UnderWay } from './request/life.ts';
import { createRoutes } from './routes.ts';

export interface HttpServer {
  /** Listens. `url` is the public address, `port` the actual port. */
  start(): Promise<{ url: string; port: number; metricsPort: number | null }>;
  /**
   * Fails readiness first, takes no new connections after `http.stopDelayMs`, then gives pending requests
   * `http.stopTimeoutMs` to finish.
   */
  stop(): Promise<void>;
}

const CONNECTION_CHECK_MS = 1000;
const SETTLE_MS = 5000;
/**
 * Longer than a proxy keeps an idle connection (nginx: 60 s), so that the proxy closes it. If this server closed
 * it, a request that the proxy is just sending would be lost.
 */
const KEEP_ALIVE_MS = 75_000;
/** Longer than a proxy needs between two requests under load. */
const IDLE_MS = 500;

export function createHttpServer(deps: HttpParts): HttpServer {
  const { http } = deps.config;
  const stopping = new AbortController();
  const underWay = new UnderWay();
  const lastAnswers = new LastAnswers();
  // Each open stream adds a listener.
  setMaxListeners(0, stopping.signal);
  let server: Server | undefined;
  let metricsServer: Server | undefined;

  let stoppingAtMs = 0;
  const stoppingSince = () => {
    const [at, since] = [deps.clock.now(), stoppingAtMs].map((ms) => new Date(ms).toISOString());
    return { at, checks: [{ name: 'stopping', ok: false, since }] };
  };

  const alive: RequestHandler = (_request, response) => {
    response.type('text').send('ok\n');
  };
  const ready: RequestHandler = async (_request, response) => {
    const { at, checks } = stopping.signal.aborted ? stoppingSince() : await deps.readiness();
    const isReady = checks.every(({ ok }) => ok);
    const status = isReady ? HTTP_STATUS.OK : HTTP_STATUS.SERVICE_UNAVAILABLE;
    response.status(status).json({ ready: isReady, at, checks });
  };

  return {
    async start() {
      const routes = createRoutes(deps, { alive, ready, stopping: stopping.signal, underWay });
      // Node waits five minutes for a slow body by default (A39).
      const limits = {
        // A file that we pass on takes longer; `limitBodyTime` abandons all other slow bodies.
        requestTimeout: Math.max(http.requestTimeoutMs, deps.config.upload.streamMs),
        headersTimeout: http.requestTimeoutMs,
        connectionsCheckingInterval: CONNECTION_CHECK_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      };
      server = createExpressServer(routes, limits, (request, response) => {
        lastAnswers.follow(response);
        routes(request, response);
      });
      server.on('clientError', refuseUnreadable(deps));
      const port = await listen(server, http.host, http.port);
      let metricsPort: number | null = null;
      if (http.metricsPort !== null) {
        metricsServer = createMetricsServer(deps);
        metricsPort = await listen(metricsServer, http.host, http.metricsPort);
      }
      deps.logger.info('http.listening', {
        url: http.publicUrl,
        port,
        ...(metricsPort !== null && { metricsPort }),
      });
      return { url: http.publicUrl, port, metricsPort };
    },

    async stop() {
      stoppingAtMs = deps.clock.now();
      stopping.abort();
      lastAnswers.begin();
      if (http.stopDelayMs > 0) await wait(http.stopDelayMs);
      const servers = [server, metricsServer].filter((each) => each !== undefined);
      await Promise.all(servers.map((each) => close(each, http.stopTimeoutMs)));
      // Aborted work still records in the audit trail how its changes ended.
      await underWay.settled(SETTLE_MS);
    },
  };
}

/** Our texts for bytes that Node's parser cannot read, by its error code. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Bytes that are no request never reach a route (E19). Answer with Node's minimal response, plus `no-store`, and
 * log it.
 */
function refuseUnreadable({ logger }: Pick<HttpParts, 'logger'>) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const status = UNREADABLE[error.code ?? ''] ?? '400 Bad Request';
    logger.info('http.unreadable', { status: Number(status.slice(0, 3)), error });
    socket.end(
      `HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * Takes no new connections. Closes idle keep-alive connections a little later than Node does: a request that a
 * proxy is just sending would be lost. It is answered, and the answer closes the connection.
 */
async function close(server: Server, timeoutMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  NetServer.prototype.close.call(server);
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
  // Also ends the timers of Node's server.
  server.close();
}

/** A separate port, so that it can be kept from the public. */
function createMetricsServer(deps: HttpParts): Server {
  return createServer((request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(HTTP_STATUS.NOT_FOUND).end();
      return;
    }
    deps.metricsText().then(
      (text) =>
        response
          .writeHead(HTTP_STATUS.OK, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
          .end(text),
      (error: unknown) => {
        deps.logger.error('http.metrics_failed', { error });
        response.writeHead(HTTP_STATUS.INTERNAL_SERVER_ERROR).end();
      },
    );
  });
}
