import express from 'express';
import type { Express, Request, RequestHandler, Response } from 'express';
import { AppError } from '../base/errors.ts';
import { amiPost } from './launch/ami-route.ts';
import { backchannelLogout } from './sign-in/backchannel-route.ts';
import { answerErrors } from './error-answer.ts';
import { allowFrontEnds, checkHost, refusePrefetch, utf8Only } from './guard/request-checks.ts';
import { explorerFiles, explorerPage } from './api/explorer.ts';
import { favicon } from './api/favicon.ts';
import { frontchannelLogout } from './sign-in/frontchannel-route.ts';
import { serveFrontEnd } from './api/front-ends.ts';
import { graphqlEndpoint } from './api/graphql-route.ts';
import type { HttpDeps, HttpParts } from './http-deps.ts';
import { openLaunch } from './launch/launch-routes.ts';
import {
  askApproval,
  linkByPassphrase,
  linkInWindow,
  showLink,
  takeApproval,
} from './own-account/link-routes.ts';
import { callback } from './sign-in/callback-route.ts';
import type { Destinations } from './sign-in/destination.ts';
import { login } from './sign-in/login-route.ts';
import { createTabDestination } from './launch/tab-destination.ts';
import { createWindowDestination } from './overlay/window-destination.ts';
import { createRequestLimits } from './limits/request-limits.ts';
import {
  openOverlay,
  pollHandover,
  redeemHandover,
  renewTabTicket,
  startHandover,
} from './overlay/overlay-routes.ts';
import { readPageScripts } from './pages/page-scripts.ts';
import { observeRequests } from './guard/observe-requests.ts';
import { stateOf } from './request/request-state.ts';
import { sessionEvents } from './session/session-events.ts';
import { securityHeaders } from './guard/security-headers.ts';
import { limitBodyTime, type UnderWay } from './request/life.ts';
import { uploadEndpoint } from './api/upload-route.ts';
import { approveHandover, openInTab, openWindow } from './overlay/window-routes.ts';
import { showHome, showSession } from './session/session-routes.ts';
import { leaveProvider, logout } from './session/sign-out.ts';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT';
type Endpoint = (request: Request, response: Response, deps: HttpDeps) => Promise<void>;
type Route = readonly [methods: readonly Method[], path: string, ...steps: RequestHandler[]];

/** The state of the server that routes show. */
export interface ServerState {
  readonly alive: RequestHandler;
  readonly ready: RequestHandler;
  readonly stopping: AbortSignal;
  readonly underWay: UnderWay;
}

const json = [utf8Only, express.json({ limit: '4kb' })];
const form = [utf8Only, express.urlencoded({ extended: false, limit: '4kb' })];

/**
 * Every step of a request, in order. An unknown path is 404, another method of a known path 405. HEAD is answered
 * if the GET only reads. A GET that begins or uses up something accepts no HEAD: link scanners would use it up
 * before the person does.
 */
export function createRoutes(parts: HttpParts, server: ServerState): Express {
  const deps = depsOf(parts);
  const on =
    (endpoint: Endpoint): RequestHandler =>
    (request, response) =>
      endpoint(request, response, deps);
  // For routes that use something up before the sign-in begins, and for those that check passphrases.
  const loginLimit: RequestHandler = async (request, response, next) => {
    await deps.limits.logins.count(request, response);
    next();
  };

  const beforeAll: readonly RequestHandler[] = [
    observeRequests(deps),
    limitBodyTime(deps.config.http.requestTimeoutMs),
    ...securityHeaders(deps),
    checkHost(deps),
    allowFrontEnds(deps.config),
  ];
  const routes: readonly Route[] = [
    [['GET', 'HEAD'], '/healthz', server.alive],
    [['GET', 'HEAD'], '/readyz', server.ready],
    [['POST'], '/ami/:name', ...amiPost(deps)],
    [['GET'], '/launch/:id', refusePrefetch, on(openLaunch)],
    [['GET'], '/overlay/:id', refusePrefetch, on(openOverlay)],
    [['GET', 'HEAD'], '/overlay/apps/:name{/{*path}}', serveFrontEnd(deps, 'overlay')],
    [['GET'], '/auth/login', refusePrefetch, on(login)],
    [['POST'], '/auth/handover/start', ...json, on(startHandover)],
    [['POST'], '/auth/handover/ticket', ...json, on(renewTabTicket)],
    [['GET'], '/auth/handover/tab', refusePrefetch, on(openInTab)],
    [['GET'], '/auth/handover/popup', refusePrefetch, loginLimit, on(openWindow)],
    [['POST'], '/auth/handover/approve', ...json, on(approveHandover)],
    [['GET'], '/auth/handover/poll', on(pollHandover)],
    [['POST'], '/auth/handover/redeem', ...json, on(redeemHandover)],
    [['GET'], '/auth/callback', refusePrefetch, on(callback(destinationsOf(deps)))],
    [['GET'], '/auth/link', refusePrefetch, on(showLink)],
    [['POST'], '/auth/link/passphrase', loginLimit, ...form, on(linkByPassphrase)],
    [['POST'], '/auth/link/approval', loginLimit, ...form, on(askApproval)],
    [['POST'], '/auth/link/approved', loginLimit, ...form, on(takeApproval)],
    [['GET', 'HEAD'], '/auth/session', on(showSession)],
    [['GET'], '/auth/session/events', sessionEvents(deps, server.stopping)],
    [['POST'], '/auth/logout', ...form, on(logout)],
    [['GET'], '/auth/logout/:id', refusePrefetch, on(leaveProvider)],
    [['POST'], '/auth/backchannel-logout', on(backchannelLogout)],
    [['GET'], '/auth/frontchannel-logout', on(frontchannelLogout)],
    [['GET'], '/graphql/explorer/*file', explorerFiles(deps)],
    [['GET', 'POST'], '/graphql', explorerPage(deps), ...graphqlEndpoint(deps, server.underWay)],
    // Before the files of the front end.
    [['GET', 'POST'], '/apps/:name/graphql', ...graphqlEndpoint(deps, server.underWay)],
    [['PUT'], '/upload/:id', ...uploadEndpoint(deps)],
    [['GET', 'HEAD'], '/apps/:name{/{*path}}', serveFrontEnd(deps, 'tab')],
    [['GET', 'HEAD'], '/favicon.ico', favicon],
    [['GET', 'HEAD'], '/', on(showHome)],
  ];

  const app = createExpress(deps);
  app.use(...beforeAll);
  for (const [methods, path, ...steps] of routes) app.all(path, only(methods, path), ...steps);
  app.use(() => {
    throw new AppError('NOT_FOUND');
  });
  app.use(answerErrors(deps));
  return app;
}

const destinationsOf = (deps: HttpDeps): Destinations => ({
  tab: createTabDestination(deps),
  window: createWindowDestination(deps, linkInWindow),
});

function createExpress({ config }: HttpDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  // Only for `request.ip`, the key of the flood limit; links and cookies come from the configuration (E16).
  app.set('trust proxy', [...config.http.trustedProxies]);
  app.set('case sensitive routing', true).set('strict routing', true);
  app.set('query parser', 'simple');
  return app;
}

function only(methods: readonly Method[], path: string): RequestHandler {
  return (request, response, next) => {
    stateOf(response).route = path;
    if (!methods.some((method) => method === request.method)) {
      response.setHeader('Allow', methods.join(', '));
      throw new AppError('METHOD_NOT_ALLOWED');
    }
    next();
  };
}

const depsOf = (parts: HttpParts): HttpDeps => ({
  ...parts,
  limits: createRequestLimits(parts.config, parts.store),
  scripts: readPageScripts(),
});
