import { MIMEType } from 'node:util';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../base/errors.ts';

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
export const assertAcceptable: RequestHandler = (request, _response, next) => {
  const { accept = '' } = request.headers;
  if (accept !== '' && request.accepts(ANSWER_TYPES) === false) throw new AppError('NOT_ACCEPTABLE');
  next();
};

/**
 * Refuses a body of another media type before it is read.
 * Errors: `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST`.
 */
export const assertJsonType: RequestHandler = (request, _response, next) => {
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
export const assertGraphqlRequest: RequestHandler = (request, _response, next) => {
  const problem = request.method === 'GET' ? problemOfSearch(request) : problemOfBody(request.body);
  if (problem !== undefined) throw new AppError('BAD_REQUEST', { message: problem });
  next();
};

const PARAMETERS = ['query', 'operationName', 'variables', 'extensions'] as const;

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function problemOfBody(body: unknown): string | undefined {
  if (!isMap(body)) return 'Send one GraphQL request as a JSON object with "query". There are no batches.';
  const { query, operationName, variables, extensions } = body as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string' || query === '') return 'Send the document as a text in "query".';
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    return '"operationName" is a text, or left out.';
  }
  if (!isAbsent(variables) && !isMap(variables)) return '"variables" is an object, or left out.';
  if (!isAbsent(extensions) && !isMap(extensions)) return '"extensions" is an object, or left out.';
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
    return problemOfBody({ query: given['query']?.[0], variables, extensions });
  } catch {
    return 'Give "variables" and "extensions" as JSON.';
  }
}
