import { AppError } from '../base/errors.ts';
import { MIB } from '../base/units.ts';
import type { SystemConfig } from '../config/config.ts';
import type { SystemCallOptions, SystemQuery } from './connector.ts';

/** What a connector wants of its system. */
export interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly query?: SystemQuery | undefined;
  readonly body?: unknown;
  readonly options?: SystemCallOptions | undefined;
}

/** One call, ready to be sent. */
export interface SystemCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | Uint8Array | null;
  readonly as: NonNullable<SystemCallOptions['as']>;
  readonly maxBytes: number;
}

type Target = Pick<SystemConfig, 'name' | 'baseUrl'>;

const MAX_ANSWER_BYTES = 16 * MIB;
const ACCEPT = { json: 'application/json', text: 'text/*', bytes: '*/*' } as const;

/**
 * Headers that a connector must not set: they frame the message, name its target or its person, let a read pass
 * for a change, or are written by the proxies on the way.
 */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  ...['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive', 'te', 'trailer'],
  ...[
    'transfer-encoding',
    'upgrade',
    'authorization',
    'cookie',
    'cookie2',
    'set-cookie',
    'origin',
    'referer',
  ],
  ...['x-http-method', 'x-http-method-override', 'x-method-override', 'forwarded', 'via', 'x-real-ip'],
  'x-request-id',
]);
const NOT_ITS_OWN_BEGIN = /^(?:proxy-|sec-|x-forwarded-|x-shotgraph-)/u;

/**
 * Checks what a connector wants before any token is fetched for it.
 *
 * @throws AppError SYSTEM_BROKEN with the wrong part as its reason
 */
export function systemCallOf(target: Target, wanted: Wanted): SystemCall {
  const { method, options = {} } = wanted;
  const { as = 'json', maxBytes = MAX_ANSWER_BYTES } = options;
  const isBound = Number.isInteger(maxBytes) && maxBytes > 0 && maxBytes <= MAX_ANSWER_BYTES;
  if (!isBound || !Object.hasOwn(ACCEPT, as)) throw mistake(target, 'options');
  const url = addressOf(target, wanted);
  const headers = headersOf(target, options.headers ?? {});
  if (!headers.has('accept')) headers.set('accept', ACCEPT[as]);
  return { method, url, headers, body: bodyOf(target, wanted.body, headers), as, maxBytes };
}

/** The token is for this host alone: a path that leads to another is a mistake of the connector. */
function addressOf(target: Target, { path, query }: Wanted): URL {
  const base = new URL(target.baseUrl);
  const folder = base.pathname.replace(/\/$/u, '');
  const url = new URL(`${folder}${path}`, base);
  const isBelow = path.startsWith('/') && url.origin === base.origin && url.pathname.startsWith(`${folder}/`);
  if (!isBelow) throw mistake(target, 'path');
  if (!isRecord(query ?? {})) throw mistake(target, 'query');
  for (const [name, given] of Object.entries(query ?? {})) {
    for (const value of [given ?? []].flat()) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) throw mistake(target, 'query');
      url.searchParams.append(name, String(value));
    }
  }
  return url;
}

function headersOf(target: Target, given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  if (!isRecord(given)) throw mistake(target, 'header');
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (NOT_ITS_OWN.has(lower) || NOT_ITS_OWN_BEGIN.test(lower)) throw mistake(target, 'header');
    try {
      headers.set(name, value);
    } catch (cause) {
      throw mistake(target, 'header', cause);
    }
  }
  return headers;
}

/** @param headers gets the type of the body, unless the connector names it */
function bodyOf(target: Target, body: unknown, headers: Headers): SystemCall['body'] {
  if (body === undefined) return null;
  const isNamed = headers.has('content-type');
  if (body instanceof Uint8Array) {
    if (!isNamed) headers.set('content-type', 'application/octet-stream');
    return body;
  }
  if (typeof body === 'string' && isNamed) return body;
  if (!isNamed) headers.set('content-type', 'application/json');
  return jsonOf(target, body);
}

/** JSON has nothing for a form, a set, a promise or a function, and would leave out what they hold without a word. */
function jsonOf(target: Target, body: unknown): string {
  try {
    const text: unknown = JSON.stringify(body, (_name, value: unknown) => {
      const isLost = typeof value === 'object' && value !== null && !Array.isArray(value) && !isRecord(value);
      if (isLost) throw new TypeError(`${Object.prototype.toString.call(value)} has no form in JSON`);
      return value;
    });
    if (typeof text === 'string') return text;
  } catch (cause) {
    throw mistake(target, 'body', cause);
  }
  throw mistake(target, 'body');
}

/** Whether it has its values as properties. Those of the platform, such as `URLSearchParams`, keep them elsewhere. */
const isRecord = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Object]';

const mistake = ({ name }: Target, reason: string, cause?: unknown): AppError =>
  new AppError('SYSTEM_BROKEN', { details: { system: name, reason }, cause });
