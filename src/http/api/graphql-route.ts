import { sha256 } from '../../base/digest.ts';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { AppError, toAppError } from '../../base/errors.ts';
import { isPersonRefusal } from '../../base/person-refusals.ts';
import { isServerError } from '../../base/http-status.ts';
import type { RequestCredentials } from '../../graphql/graphql.ts';
import type { Principal, Session } from '../../identity/person/principal.ts';
import { assertAcceptable, assertGraphqlRequest, assertJsonType } from './graphql-request.ts';
import { recordDecision } from '../guard/decisions.ts';
import type { HttpDeps } from '../http-deps.ts';
import { assertSameOrigin } from '../guard/request-checks.ts';
import { requestSignal } from '../request/request-signal.ts';
import { stateOf } from '../request/request-state.ts';
import { hasSessionCookie, liveSession } from '../session/sign-in-flow.ts';
import type { UnderWay } from '../request/under-way.ts';

const MAX_BODY = '1mb';
const PRINCIPAL = 'principal';
const CREDENTIALS = 'credentials';
const ON_GONE = 'onPersonGone';

/** /graphql: never redirects; a request without a session is answered 401 in GraphQL's form. */
export function graphqlEndpoint(deps: HttpDeps, underWay: UnderWay): RequestHandler[] {
  const answer = apollo(deps);
  return [
    (_request, response, next) => {
      stateOf(response).errorForm = 'graphql';
      next();
    },
    authenticate(deps),
    limitPerPerson(deps, 'graphql'),
    assertAcceptable,
    assertJsonType,
    express.json({ limit: MAX_BODY }),
    assertGraphqlRequest,
    (request, _response, next) => {
      // For a GET Express leaves the body undefined, and Apollo treats that as a server error.
      request.body ??= {};
      next();
    },
    (request, response, next) => underWay.follow(Promise.resolve(answer(request, response, next))),
  ];
}

function apollo(deps: HttpDeps): RequestHandler {
  return expressMiddleware(deps.graphql.server, {
    context: ({ req, res }) =>
      deps.graphql.contextFor({
        principal: principalOf(res),
        launchId: headerOf(req, 'x-shotgraph-launch'),
        by: bearerTokenOf(req) === undefined ? 'session' : 'bearer',
        credentials: res.locals[CREDENTIALS] as RequestCredentials,
        requestId: stateOf(res).requestId,
        signal: requestSignal(res, deps.config.graphql.timeoutMs),
        onPersonGone: res.locals[ON_GONE] as () => void,
        onBegun(describe) {
          stateOf(res).work = describe;
        },
      }),
  });
}

/** Errors: `UNAUTHENTICATED`, `CSRF_REJECTED`, `BAD_REQUEST`, `FORBIDDEN`, those of the mapping. */
export function authenticate(deps: HttpDeps): RequestHandler {
  return async (request, response, next) => {
    const token = bearerTokenOf(request);
    // The client sent this header on purpose: never fall back to a cookie if the token cannot be read.
    const isBearer = BEARER.test(request.headers.authorization ?? '');
    if (isBearer && token === undefined && hasSessionCookie(request)) throw notBoth();
    response.locals[PRINCIPAL] =
      token === undefined
        ? await personOfCookie(request, response, deps)
        : await personOfBearer(request, response, deps, token);
    next();
  };
}

/** Browsers attach the cookie to requests of any page, so requests from other origins are refused (E2, E9). */
async function personOfCookie(request: Request, response: Response, deps: HttpDeps): Promise<Principal> {
  if (hasSessionCookie(request)) assertSameOrigin(request, deps.config);
  const session = await liveSession(request, response, deps);
  if (session === undefined) throw new AppError('UNAUTHENTICATED');
  response.locals[CREDENTIALS] = {
    key: session.id,
    accessToken: () => deps.signIn.tokenKeeper.accessToken(session),
  } satisfies RequestCredentials;
  response.locals[ON_GONE] = () => void endForGood(response, deps, session);
  return currentPerson(response, deps, session);
}

/** The session's person, checked again. A person we may no longer act for gets the reason and is signed out. */
async function currentPerson(response: Response, deps: HttpDeps, session: Session): Promise<Principal> {
  try {
    return await deps.signIn.recheck(session);
  } catch (error) {
    if (!isPersonRefusal(toAppError(error).code)) throw error;
    recordDecision(response, deps, { action: 'access', error, principal: session.principal });
    await endForGood(response, deps, session);
    throw error;
  }
}

/** Signs a person out once ShotGrid no longer lets us act for them. Their next sign-in explains why (D32, G2). */
async function endForGood(response: Response, deps: HttpDeps, { id }: Session): Promise<void> {
  const { requestId } = stateOf(response);
  try {
    await deps.signIn.sessions.end(id, { reason: 'person_refused', requestId });
  } catch (error) {
    // The next refusal tries to end the session again.
    deps.logger.warn('session.not_ended', { requestId, error });
  }
}

/** No browser adds such a token by itself, so requests cannot be forged with it and the origin is not checked. */
// oxlint-disable-next-line max-params
async function personOfBearer(
  request: Request,
  response: Response,
  deps: HttpDeps,
  token: string,
): Promise<Principal> {
  // If both were sent, it would be ambiguous whose identity applies.
  if (hasSessionCookie(request)) throw notBoth();
  response.setHeader('WWW-Authenticate', 'Bearer');
  const account = await deps.signIn.bearer.accountOf(token);
  const principal = await deps.signIn.bearer.personOf(token, account).catch((error: unknown) => {
    // As with a cookie, record a refusal to act for this person.
    if (!isServerError(toAppError(error).rule.httpStatus)) {
      recordDecision(response, deps, { action: 'access', error, account, by: 'bearer' });
    }
    throw error;
  });
  response.removeHeader('WWW-Authenticate');
  response.locals[CREDENTIALS] = {
    key: sha256(token),
    accessToken: async () => token,
  } satisfies RequestCredentials;
  response.locals[ON_GONE] = () => deps.signIn.bearer.forget(token);
  return principal;
}

const notBoth = (): AppError =>
  new AppError('BAD_REQUEST', { message: 'Send a bearer token or the cookie of a session, not both.' });

const BEARER = /^Bearer\b/iu;

function bearerTokenOf(request: Request): string | undefined {
  return /^Bearer +(\S+) *$/iu.exec(request.headers.authorization ?? '')?.[1];
}

/** Keyed by id: a person who is renamed keeps one share. */
export const limitPerPerson =
  ({ limits }: HttpDeps, name: 'graphql' | 'uploads'): RequestHandler =>
  async (_request, response, next) => {
    await limits[name].count(String(principalOf(response).person.id));
    next();
  };

/** The person that `authenticate` found. */
export const principalOf = (response: Response): Principal => response.locals[PRINCIPAL] as Principal;

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
