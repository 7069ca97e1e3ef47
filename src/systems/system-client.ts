import { hasLeft, untilAborted } from '../base/deadline.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { wasNotSent } from '../base/error-kinds.ts';
import { HTTP_STATUS, isClientError, isServerError } from '../base/units.ts';
import type { SystemConfig } from '../config/config.ts';
import type { SystemClient } from './connector.ts';
import type { Said } from './said.ts';
import { readAnswer, readRefusal } from './system-answer.ts';
import { type SystemCall, systemCallOf, type Wanted } from './system-call.ts';
import { ofSystem, systemError } from './system-errors.ts';

/** Credentials of one call to a system: its token, and the person's identity if the token does not contain it. */
export interface SystemCredentials {
  readonly headers: Readonly<Record<string, string>>;
}

export interface SystemClientDeps {
  readonly config: Pick<SystemConfig, 'name' | 'baseUrl' | 'timeoutMs' | 'refusal'>;
  /** @param refused credentials that the system no longer accepts */
  credentials(refused?: SystemCredentials): Promise<SystemCredentials>;
  readonly requestId: string;
  /** Ends with the request. */
  readonly signal: AbortSignal;
  /** Called for each call that may have changed something: it was or may have been sent, and was not refused. */
  readonly onSent?: () => void;
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  [HTTP_STATUS.UNAUTHORIZED]: 'SYSTEM_REFUSED',
  [HTTP_STATUS.FORBIDDEN]: 'FORBIDDEN',
  [HTTP_STATUS.NOT_FOUND]: 'NOT_FOUND',
  [HTTP_STATUS.REQUEST_TIMEOUT]: 'SYSTEM_TIMEOUT',
  [HTTP_STATUS.TOO_MANY_REQUESTS]: 'SYSTEM_UNAVAILABLE',
};

/** Of these the system's own sentence is for its operators: the person can do nothing about them. */
const NOT_ABOUT_THE_WISH: ReadonlySet<ErrorCode> = new Set([
  'SYSTEM_REFUSED',
  'SYSTEM_TIMEOUT',
  'SYSTEM_UNAVAILABLE',
]);

/**
 * Calls one system as one person. Errors of every call: `SYSTEM_UNAVAILABLE`, `SYSTEM_TIMEOUT`, `SYSTEM_BROKEN`,
 * `SYSTEM_TOKEN` if there is no token of the person for it, `SYSTEM_REFUSED` if the system does not accept that
 * token, `SYSTEM_REJECTED`, `FORBIDDEN`, `NOT_FOUND`, all with the system's name. Of a refused call only what stands
 * at the places of the settings is shown.
 */
export function createSystemClient(deps: SystemClientDeps): SystemClient {
  return {
    get: (path, query, options) => call(deps, { method: 'GET', path, query, options }),
    send: (method, path, body, options) => call(deps, { method, path, body, query: options?.query, options }),
  };
}

async function call(deps: SystemClientDeps, wanted: Wanted): Promise<unknown> {
  const prepared = systemCallOf(deps.config, wanted);
  // The limit includes fetching the token, so that a hanging provider adds no further wait.
  const limit = AbortSignal.timeout(deps.config.timeoutMs);
  let credentials = await credentialsOf(deps, limit);
  let answer = await send(deps, prepared, { credentials, limit });
  if (answer.status === HTTP_STATUS.UNAUTHORIZED) {
    await answer.body?.cancel();
    credentials = await credentialsOf(deps, limit, credentials);
    answer = await send(deps, prepared, { credentials, limit });
  }
  if (prepared.method !== 'GET' && !isRefusal(answer.status)) deps.onSent?.();
  if (!answer.ok) throw await refusalOf(deps, answer, credentials);
  try {
    return await readAnswer(deps.config.name, prepared, answer, secretsOf(credentials));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw failureOf(deps.config.name, cause, { signal: deps.signal, isLate: isTimeout(cause) });
  }
}

async function credentialsOf(
  deps: SystemClientDeps,
  limit: AbortSignal,
  refused?: SystemCredentials,
): Promise<SystemCredentials> {
  try {
    return await inTime(deps, limit, deps.credentials(refused));
  } catch (error) {
    throw ofSystem(error, deps.config.name);
  }
}

interface Sending {
  readonly credentials: SystemCredentials;
  readonly limit: AbortSignal;
}

function inTime<T>({ config, signal }: SystemClientDeps, limit: AbortSignal, wanted: Promise<T>): Promise<T> {
  const end = AbortSignal.any([signal, limit]);
  return untilAborted(end, wanted, () =>
    failureOf(config.name, end.reason, { signal, isLate: limit.aborted }),
  );
}

async function send(
  { config, requestId, signal, onSent }: SystemClientDeps,
  { method, url, headers: wanted, body }: SystemCall,
  { credentials, limit }: Sending,
): Promise<Response> {
  const headers = new Headers(wanted);
  headers.set('x-request-id', requestId);
  // Last: whom a call is for is never a connector's choice.
  for (const [name, value] of Object.entries(credentials.headers)) headers.set(name, value);
  try {
    return await fetch(url, {
      method,
      headers,
      body,
      // A redirect would send the token to its target.
      redirect: 'error',
      signal: AbortSignal.any([signal, limit]),
    });
  } catch (cause) {
    // `fetch` wraps what the socket said.
    if (method !== 'GET' && !wasNotSent(causeOf(cause))) onSent?.();
    throw failureOf(config.name, cause, { signal, isLate: limit.aborted });
  }
}

/** Statuses by which a system says that it has not made the change. */
const isRefusal = (status: number): boolean =>
  isClientError(status) && status !== HTTP_STATUS.REQUEST_TIMEOUT;

async function refusalOf(
  { config: { name: system, refusal } }: SystemClientDeps,
  answer: Response,
  credentials: SystemCredentials,
): Promise<AppError> {
  const { status: upstreamStatus } = answer;
  const code =
    CODES[upstreamStatus] ?? (isServerError(upstreamStatus) ? 'SYSTEM_UNAVAILABLE' : 'SYSTEM_REJECTED');
  const isShown = isClientError(upstreamStatus) && !NOT_ABOUT_THE_WISH.has(code);
  const said: Said = await readRefusal(answer, isShown ? refusal : undefined, secretsOf(credentials));
  return systemError(code, { system, upstreamStatus, ...said });
}

const secretsOf = ({ headers }: SystemCredentials): readonly string[] =>
  Object.values(headers).map((value) => value.replace(/^Bearer /u, ''));

const causeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

function failureOf(
  system: string,
  cause: unknown,
  { signal, isLate }: { readonly signal: AbortSignal; readonly isLate: boolean },
): AppError {
  const details = { system };
  if (isLate) return new AppError('SYSTEM_TIMEOUT', { details, cause });
  if (hasLeft(signal)) return new AppError('CLIENT_LEFT', { details, cause });
  return new AppError(signal.aborted ? 'SYSTEM_TIMEOUT' : 'SYSTEM_UNAVAILABLE', { details, cause });
}
