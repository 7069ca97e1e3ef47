import { MIMEType } from 'node:util';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { AppError, toAppError } from '../../base/errors.ts';
import { sha256 } from '../../base/digest.ts';
import { expressMiddleware } from '@as-integrations/express5';
import { isPersonRefusal } from '../../base/error-kinds.ts';
import { isServerError } from '../../base/units.ts';
import type { RequestCredentials } from '../../graphql/graphql.ts';
import { authTimeOf } from '../../identity/provider/sign-in-strength.ts';
import type { Principal, Session } from '../../identity/person/principal.ts';
import { nameDocument } from './named-document.ts';
import { recordDecision } from '../guard/record-decision.ts';
import type { HttpDeps } from '../http-deps.ts';
import { limitBySize, limitPerPerson, shareKey } from '../limits/request-limits.ts';
import { assertSameOrigin, notSignedIn } from '../guard/request-checks.ts';
import { requestSignal, type UnderWay } from '../request/life.ts';
import { PRINCIPAL, principalOf, stateOf } from '../request/request-state.ts';
import { endForGood } from '../session/end-for-good.ts';
import { credentialsOf, hasSessionCookie, liveSession } from '../session/sign-in-flow.ts';

const JSON_TYPE = 'application/json';
/** Both are UTF-8, and a client may name the charset. */
const ANSWER_TYPES = [`${JSON_TYPE}; charset=utf-8`, 'application/graphql-response+json; charset=utf-8'];
/** Without one of these a page of another origin could send a GET by itself (E9). */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Refuses an `Accept` that no answer of ours fits. Apollo checks it only after execution: a mutation would be made
 * and then refused (GraphQL over HTTP, "Accept": respond with 406 and stop).
 * Errors: `NOT_ACCEPTABLE`.
 */
const assertAcceptable: RequestHandler = (request, _response, next) => {
  const { accept = '' } = request.headers;
  if (accept !== '' && request.accepts(ANSWER_TYPES) === false) throw new AppError('NOT_ACCEPTABLE');
  next();
};

/**
 * Refuses a body of another media type before it is read.
 * Errors: `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST`.
 */
const assertJsonType: RequestHandler = (request, _response, next) => {
  const { 'content-type': type } = request.headers;
  // A GET has no body, but another declared type is a mistake.
  const isJson = type === undefined ? request.method === 'GET' : isUtf8Json(type);
  if (!isJson) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      message: 'A GraphQL request is JSON in UTF-8: send it with "Content-Type: application/json".',
    });
  }
  const hasHeader = PREFLIGHT_HEADERS.some((name) => (request.headers[name] ?? '') !== '');
  if (type === undefined && !hasHeader) {
    throw new AppError('BAD_REQUEST', {
      message: `Send the header ${PREFLIGHT_HEADERS.join(' or ')} with a GET request, so that no page of others can make it.`,
    });
  }
  next();
};

function isUtf8Json(contentType: string): boolean {
  try {
    const { essence, params } = new MIMEType(contentType);
    return essence === JSON_TYPE && /^utf-?8$/iu.test(params.get('charset') ?? 'utf-8');
  } catch {
    return false;
  }
}

/**
 * Refuses a request that is no GraphQL-over-HTTP request, before its document is parsed.
 * Errors: `BAD_REQUEST`.
 */
const assertGraphqlRequest: RequestHandler = (request, _response, next) => {
  const problem = request.method === 'GET' ? problemOfSearch(request) : problemOfBody(request.body);
  if (problem !== undefined) throw new AppError('BAD_REQUEST', { message: problem });
  next();
};

const PARAMETERS = ['query', 'documentId', 'operationName', 'variables', 'extensions'] as const;

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function problemOfBody(body: unknown): string | undefined {
  if (!isMap(body)) return 'Send one GraphQL request as a JSON object with "query". There are no batches.';
  const { query, documentId, operationName, variables, extensions } = body as Readonly<
    Record<string, unknown>
  >;
  if (!isAbsent(query) && typeof query !== 'string') return 'Send the document as a text in "query".';
  if (!isAbsent(documentId) && typeof documentId !== 'string') return '"documentId" is a text, or left out.';
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    return '"operationName" is a text, or left out.';
  }
  if (!isAbsent(variables) && !isMap(variables)) return '"variables" is an object, or left out.';
  if (!isAbsent(extensions) && !isMap(extensions)) return '"extensions" is an object, or left out.';
  const persisted = isMap(extensions) && 'persistedQuery' in extensions;
  if ((isAbsent(query) || query === '') && isAbsent(documentId) && !persisted)
    return 'Send the document as a text in "query", or its id in "documentId".';
  return undefined;
}

function problemOfSearch({ originalUrl }: Request): string | undefined {
  const { searchParams } = new URL(originalUrl, 'http://localhost');
  const given = Object.fromEntries(PARAMETERS.map((name) => [name, searchParams.getAll(name)]));
  const twice = PARAMETERS.find((name) => (given[name] ?? []).length > 1);
  if (twice !== undefined) return `Give "${twice}" once.`;
  try {
    const [variables, extensions] = (['variables', 'extensions'] as const).map((name): unknown => {
      const [text] = given[name] ?? [];
      return text === undefined ? undefined : JSON.parse(text);
    });
    const [query, documentId] = [given['query']?.[0], given['documentId']?.[0]];
    return problemOfBody({ query, documentId, variables, extensions });
  } catch {
    return 'Give "variables" and "extensions" as JSON.';
  }
}

const MAX_BODY = '1mb';
const CREDENTIALS = 'credentials';
const ON_GONE = 'onPersonGone';

/** /graphql: never redirects; a request without a session is answered 401 in GraphQL's form. */
export function graphqlEndpoint(deps: HttpDeps, underWay: UnderWay): RequestHandler[] {
  const answer = apollo(deps);
  const sizes = new WeakMap<object, number>();
  return [
    (_request, response, next) => {
      stateOf(response).errorForm = 'graphql';
      next();
    },
    authenticate(deps),
    limitPerPerson(deps, 'graphql', 'cost'),
    assertAcceptable,
    assertJsonType,
    express.json({ limit: MAX_BODY, verify: (request, _response, body) => sizes.set(request, body.length) }),
    limitBySize(deps, sizes),
    assertGraphqlRequest,
    (request, _response, next) => {
      // For a GET Express leaves the body undefined, and Apollo treats that as a server error.
      request.body ??= {};
      next();
    },
    nameDocument(deps),
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
        spend: (points) => deps.limits.cost.count(shareKey(res), points),
        named: stateOf(res).named,
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
  const session = await liveSession(request, deps);
  if (session === undefined) throw notSignedIn(request, deps.config);
  response.locals[CREDENTIALS] = credentialsOf(session, deps);
  stateOf(response).asker = { client: null, authTimeMs: session.authTimeMs };
  response.locals[ON_GONE] = () => void endForGood(deps, session, stateOf(response).requestId);
  return currentPerson(response, deps, session);
}

/** The session's person, checked again. A person we may no longer act for gets the reason and is signed out. */
async function currentPerson(response: Response, deps: HttpDeps, session: Session): Promise<Principal> {
  try {
    return await deps.signIn.recheck(session);
  } catch (error) {
    if (!isPersonRefusal(toAppError(error).code)) throw error;
    recordDecision(response, deps, { action: 'access', error, principal: session.principal });
    await endForGood(deps, session, stateOf(response).requestId);
    throw error;
  }
}

/** No browser adds such a token by itself, so requests cannot be forged with it and the origin is not checked. */
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
  stateOf(response).asker = {
    client: clientOf(account.claims),
    authTimeMs: authTimeOf(account.claims),
  };
  response.locals[CREDENTIALS] = {
    key: sha256(token),
    accessToken: async () => token,
  } satisfies RequestCredentials;
  response.locals[ON_GONE] = () => deps.signIn.bearer.forget(token);
  return principal;
}

/** The client that a token was issued to (RFC 9068 2.2, and the claim of OpenID Connect that older providers use). */
function clientOf({ client_id: client, azp }: Readonly<Record<string, unknown>>): string {
  const [first = ''] = [client, azp].filter((id) => typeof id === 'string');
  return first;
}

const notBoth = (): AppError =>
  new AppError('BAD_REQUEST', { message: 'Send a bearer token or the cookie of a session, not both.' });

const BEARER = /^Bearer\b/iu;

function bearerTokenOf(request: Request): string | undefined {
  return /^Bearer +(\S+) *$/iu.exec(request.headers.authorization ?? '')?.[1];
}

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
