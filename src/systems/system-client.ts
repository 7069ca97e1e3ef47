import { hasLeft } from '../base/deadline.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { wasNotSent } from '../base/error-kinds.ts';
import { HTTP_STATUS, isServerError, MIB } from '../base/units.ts';
import type { SystemConfig } from '../config/config.ts';
import type { SystemClient } from './connector.ts';
import { systemError } from './system-errors.ts';

/** Credentials of one call to a system: its token, and the person's identity if the token does not contain it. */
export interface SystemCredentials {
  readonly headers: Readonly<Record<string, string>>;
}

export interface SystemClientDeps {
  readonly config: Pick<SystemConfig, 'name' | 'baseUrl' | 'timeoutMs'>;
  /** @param refused credentials that the system no longer accepts */
  credentials(refused?: SystemCredentials): Promise<SystemCredentials>;
  readonly requestId: string;
  /** Ends with the request. */
  readonly signal: AbortSignal;
  /** Called for each call that may have changed something: it was or may have been sent, and was not refused. */
  readonly onSent?: () => void;
}

const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205]);
const FIRST_REFUSAL = 400;
const MAX_ANSWER_BYTES = 16 * MIB;

const CODES: Readonly<Record<number, ErrorCode>> = {
  [HTTP_STATUS.UNAUTHORIZED]: 'SYSTEM_REFUSED',
  [HTTP_STATUS.FORBIDDEN]: 'FORBIDDEN',
  [HTTP_STATUS.NOT_FOUND]: 'NOT_FOUND',
  [HTTP_STATUS.REQUEST_TIMEOUT]: 'SYSTEM_TIMEOUT',
  [HTTP_STATUS.TOO_MANY_REQUESTS]: 'SYSTEM_UNAVAILABLE',
};

/**
 * Calls one system as one person. Errors of every call: `SYSTEM_UNAVAILABLE`, `SYSTEM_TIMEOUT`, `SYSTEM_BROKEN`,
 * `SYSTEM_REFUSED` if the system does not accept the person's token, `SYSTEM_REJECTED`, `FORBIDDEN`, `NOT_FOUND`.
 * The body of a refused call is never shown.
 */
export function createSystemClient(deps: SystemClientDeps): SystemClient {
  return {
    get: (path, query) => call(deps, { method: 'GET', path, ...(query && { query }) }),
    send: (method, path, body) => call(deps, { method, path, body }),
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function call(deps: SystemClientDeps, wanted: Call): Promise<unknown> {
  const url = addressOf(deps.config, wanted);
  // The limit includes fetching the token, so that a hanging provider adds no further wait.
  const limit = AbortSignal.timeout(deps.config.timeoutMs);
  const credentials = await inTime(deps, limit, deps.credentials());
  let answer = await send(deps, url, wanted, { credentials, limit });
  if (answer.status === HTTP_STATUS.UNAUTHORIZED) {
    await answer.body?.cancel();
    const others = await inTime(deps, limit, deps.credentials(credentials));
    answer = await send(deps, url, wanted, { credentials: others, limit });
  }
  const { method } = wanted;
  if (method !== 'GET' && !isRefusal(answer.status)) deps.onSent?.();
  if (!answer.ok) {
    await answer.body?.cancel();
    throw refusalOf(deps, answer.status);
  }
  const text = await textOf(deps, answer);
  return hasNothing(wanted, answer, text) ? null : parse(deps, text);
}

/** The token is for this host alone: a path that leads to another is a mistake of the connector. */
function addressOf({ name, baseUrl }: SystemClientDeps['config'], { path, query }: Call): URL {
  const base = new URL(baseUrl);
  const folder = base.pathname.replace(/\/$/u, '');
  const url = new URL(`${folder}${path}`, base);
  const isBelow = path.startsWith('/') && url.origin === base.origin && url.pathname.startsWith(`${folder}/`);
  if (!isBelow) throw new AppError('SYSTEM_BROKEN', { details: { system: name, reason: 'path' } });
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.append(key, value);
  return url;
}

interface Sending {
  readonly credentials: SystemCredentials;
  readonly limit: AbortSignal;
}

async function inTime<T>(
  { config, signal }: SystemClientDeps,
  limit: AbortSignal,
  wanted: Promise<T>,
): Promise<T> {
  const end = AbortSignal.any([signal, limit]);
  const isOver = new Promise<never>((_, reject) => {
    const give = (): void => reject(failureOf(config.name, end.reason, { signal, isLate: limit.aborted }));
    if (end.aborted) give();
    else end.addEventListener('abort', give, { once: true });
  });
  return Promise.race([wanted, isOver]);
}

// oxlint-disable-next-line max-params
async function send(
  { config, requestId, signal, onSent }: SystemClientDeps,
  url: URL,
  { method, body }: Call,
  { credentials: { headers }, limit }: Sending,
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        'x-request-id': requestId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
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

async function textOf({ config, signal }: SystemClientDeps, answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of answer.body ?? []) {
      bytes += part.byteLength;
      if (bytes > MAX_ANSWER_BYTES) {
        throw new AppError('SYSTEM_BROKEN', { details: { system: config.name, reason: 'tooLarge' } });
      }
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw failureOf(config.name, cause, { signal, isLate: isTimeout(cause) });
  }
  // Unlike Buffer's own decoder it drops a byte order mark, which JSON does not begin with.
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** A change may be answered by nothing at all. A read that gets nothing with 200 was cut off: it is not told as "there is none". */
const hasNothing = ({ method }: Call, { status }: Response, text: string): boolean =>
  text.trim() === '' && (method !== 'GET' || WITHOUT_CONTENT.has(status));

function parse({ config }: SystemClientDeps, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its text is neither shown nor logged.
    throw new AppError('SYSTEM_BROKEN', { details: { system: config.name, reason: 'json' } });
  }
}

/** Statuses by which a system says that it has not made the change. */
const isRefusal = (status: number): boolean =>
  status >= FIRST_REFUSAL && !isServerError(status) && status !== HTTP_STATUS.REQUEST_TIMEOUT;

function refusalOf({ config }: SystemClientDeps, status: number): AppError {
  const code = CODES[status] ?? (isServerError(status) ? 'SYSTEM_UNAVAILABLE' : 'SYSTEM_REJECTED');
  return systemError(code, { system: config.name, upstreamStatus: status });
}

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
