import type { Request, RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import type { ToolConfig } from '../../config/tools/tool.ts';
import { isFreshSignIn } from '../../identity/provider/sign-in-strength.ts';
import { loginUrlAt, stepUpUrl } from '../../identity/provider/step-up.ts';
import type { Named } from '../../operations/operations.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type Asker, stateOf } from '../request/request-state.ts';

/** The explorer's own page sends it. It counts in development alone. */
export const EXPLORER_HEADER = 'x-shotgraph-explorer';
/** Tells the explorer that a tool would have been refused. */
const FREED_HEADER = 'X-Shotgraph-Documents';

/** Too old for every rule. */
const UNKNOWN_ASKER: Asker = { client: null, authTimeMs: null };

/** What a request says of its document. */
interface Given {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

/**
 * Finds the document that a request names, and the name that its operation has in logs, metrics and the audit trail. It comes
 * before everything that looks at the document.
 * Errors: those of `Operations.named`, `NOT_FOUND` for an app that is not there.
 */
export function nameDocument(deps: HttpDeps): RequestHandler {
  return async (request, response, next) => {
    const state = stateOf(response);
    const { asker = UNKNOWN_ASKER } = state;
    const tool = toolOf(request, deps, asker);
    const given = givenBy(request);
    const { operationName } = given;
    const named = await deps.operations.named({
      tool,
      text: typeof given.query === 'string' && given.query !== '' ? given.query : undefined,
      ids: idsOf(given),
      operationName: typeof operationName === 'string' && operationName !== '' ? operationName : undefined,
      isFree: deps.config.graphql.explorer && request.headers[EXPLORER_HEADER] !== undefined,
    });
    assertFresh(named, asker, deps);
    if (named.isFreed) response.setHeader(FREED_HEADER, 'unlisted');
    state.named = named;
    putText(request, given, named.text);
    next();
  };
}

/**
 * A token is its client, a page elsewhere its origin, which no page can choose; the others share our origin, and say by the
 * address which of them asks.
 */
function toolOf(request: Request, { config }: HttpDeps, { client }: Asker): ToolConfig | undefined {
  const { tools } = config.asking;
  const { name } = request.params;
  const { origin } = request.headers;
  // A front end that is elsewhere may ask at its own name, as it does where it is served from here.
  const app = tools.find(
    ({ by, ...tool }) =>
      tool.name === name && (by.kind === 'served' || (by.kind === 'origin' && by.origin === origin)),
  );
  if (name !== undefined && app === undefined) throw new AppError('NOT_FOUND');
  if (client !== null) return tools.find(({ by }) => by.kind === 'client' && by.clients.includes(client));
  return tools.find(({ by }) => by.kind === 'origin' && by.origin === origin) ?? app;
}

/** Asks for a sign-in with its time, which providers otherwise leave out. */
const WITH_TIME = JSON.stringify({ id_token: { auth_time: { essential: true } } });

/** Errors: `STEP_UP` for a browser, `LOGIN_ACR` for a token. */
export function assertFresh(
  { rule, operation }: Named,
  { client, authTimeMs }: Asker,
  { config, clock }: Pick<HttpDeps, 'config' | 'clock'>,
): void {
  const { maxAuthAgeMs } = rule;
  if (maxAuthAgeMs === null) return;
  if (isFreshSignIn(authTimeMs, { maxAgeMs: maxAuthAgeMs, nowMs: clock.now() })) return;
  const maxAuthAgeSeconds = maxAuthAgeMs / MS_PER_SECOND;
  if (client !== null) {
    throw new AppError('LOGIN_ACR', {
      message: `Nothing was done: ${operation} needs a token of a sign-in (auth_time) that is no more than ${maxAuthAgeSeconds} seconds old. Get one after a new sign-in.`,
      details: { maxAuthAgeSeconds },
    });
  }
  const loginUrl = stepUpUrl(loginUrlAt(config.http.publicUrl), { prompt: 'login', claims: WITH_TIME });
  throw new AppError('STEP_UP', {
    message: `Nothing was done: ${operation} needs a sign-in that is no more than ${maxAuthAgeSeconds} seconds old. Open the loginUrl of the details, then try again.`,
    details: { loginUrl, maxAuthAgeSeconds },
  });
}

const searchOf = ({ originalUrl }: Request): URLSearchParams =>
  new URL(originalUrl, 'http://localhost').searchParams;

function givenBy(request: Request): Given {
  if (request.method !== 'GET') return isObject(request.body) ? request.body : {};
  const given = Object.fromEntries(searchOf(request));
  const { extensions } = given;
  return { ...given, extensions: extensions === undefined ? undefined : JSON.parse(extensions) };
}

/** The id in the words of GraphQL over HTTP (`documentId`), and in those of Apollo (`persistedQuery`). */
function idsOf({ documentId, extensions }: Given): readonly string[] {
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  if (persisted !== undefined && (!isObject(persisted) || persisted['version'] !== 1)) {
    throw new AppError('BAD_REQUEST', {
      message:
        'extensions.persistedQuery is { "version": 1, "sha256Hash": <hash> }. No other version is known.',
    });
  }
  // Clients that have no id send an empty one.
  const given = documentId === '' ? undefined : documentId;
  return [given, persisted?.['sha256Hash']].filter((id): id is string => typeof id === 'string');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** From here on the request is one that sent the text. */
function putText(request: Request, { extensions }: Given, text: string): void {
  const rest = isObject(extensions) ? withoutPersisted(extensions) : extensions;
  if (request.method !== 'GET') {
    request.body = {
      ...request.body,
      query: text,
      ...(rest !== undefined && { extensions: rest }),
    };
    return;
  }
  const search = searchOf(request);
  search.set('query', text);
  if (rest !== undefined) search.set('extensions', JSON.stringify(rest));
  request.url = `${request.url.split('?')[0]}?${search.toString()}`;
}

const withoutPersisted = (extensions: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== 'persistedQuery'));
