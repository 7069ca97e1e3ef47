import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, ERROR_TABLE, toAppError } from '../../base/errors.ts';
import type { Config } from '../../config/config.ts';

/** Apollo's codes whose messages describe the request only, never data. */
const REQUEST_CODES: Readonly<Record<string, ErrorCode>> = {
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  BAD_REQUEST: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

/** Validation messages reveal the schema, so they are shown in development only (F2). */
const TOLD_IN_DEVELOPMENT: ReadonlySet<ErrorCode> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
]);

/**
 * The one conversion of errors into GraphQL answers. An `AppError` keeps its code, message and details. An error
 * about the request keeps its message. Everything else becomes INTERNAL (F14).
 */
export function createErrorFormat(environment: Config['environment']) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const requestCode = requestCodeOf(formatted);
    if (requestCode !== undefined) {
      const isDevelopment = environment === 'development';
      const isTold = isDevelopment || !TOLD_IN_DEVELOPMENT.has(requestCode);
      const message = isTold ? formatted.message : ERROR_TABLE[requestCode].message;
      const path = inputPath(formatted.message);
      return {
        message: cut(isDevelopment ? message : withoutSuggestion(message)),
        ...placeOf(formatted),
        extensions: { code: requestCode, ...detailsOf(path) },
      };
    }
    const { message, code, details } = appErrorOf(error);
    const requestId = formatted.extensions?.['requestId'];
    return {
      message: cut(message),
      ...placeOf(formatted),
      extensions: {
        code,
        ...(details === undefined ? {} : { details: withShortTexts(details) }),
        ...(requestId === undefined ? {} : { requestId }),
      },
    };
  };
}

/** graphql-js suggests names of the schema for misspelt ones in variable values too (F2). */
function withoutSuggestion(message: string): string {
  const at = message.endsWith('?') ? message.lastIndexOf(' Did you mean ') : -1;
  return at === -1 ? message : message.slice(0, at);
}

/** `Variable "$filter" got invalid value 2147483648 at "filter.or[0].id.is"; ...` */
const VARIABLE = /^Variable "\$(?<variable>\w+)"(?: got invalid value [\s\S]*? at "(?<place>[^"\s]+)";)?/u;

/** `Argument "first" of non-null type "Int!" must not be null.` */
const ARGUMENT = /^Argument "(?<argument>\w+)" /u;

/** The path of a wrong value in the variables or arguments, in our own notation: `filter.or.0.id.is`. */
function inputPath(message: string): string | undefined {
  const { variable, place } = VARIABLE.exec(message)?.groups ?? {};
  const { argument } = ARGUMENT.exec(message)?.groups ?? {};
  return (place ?? variable ?? argument)?.replaceAll(/\[(\d+)\]/gu, '.$1');
}

/** A wrong value appears in the message and in the details. It may be as long as a request. */
const MAX_TEXT = 500;

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

const withShortTexts = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, typeof value === 'string' ? cut(value) : value]),
  );

const meanings = new WeakMap<object, AppError>();

/** Stores our meaning of a graphql-js error that only its document can reveal. */
export const keepMeaning = (error: object, meaning: AppError): void => void meanings.set(error, meaning);

/** Converts a thrown error for the client: one of ours, or INTERNAL with the cause for the log. */
export function appErrorOf(error: unknown): AppError {
  const meaning = typeof error === 'object' && error !== null ? meanings.get(error) : undefined;
  if (meaning !== undefined) return meaning;
  const original = unwrapResolverError(error);
  if (!(original instanceof GraphQLError)) return toAppError(original);
  const { originalError } = original;
  if (originalError !== undefined && originalError !== null) return appErrorOf(originalError);
  // graphql-js attaches a node to the error of a wrong argument, and none to that of a value that a scalar cannot
  // serialise.
  return original.nodes === undefined
    ? toAppError(original)
    : new AppError('BAD_USER_INPUT', {
        message: original.message,
        ...detailsOf(inputPath(original.message)),
      });
}

const detailsOf = (path: string | undefined): { details?: { path: string } } =>
  path === undefined ? {} : { details: { path } };

/** The error of a request that is refused before anything runs, with the status of the error table. */
export function refusal(error: AppError, requestId: string): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, requestId, http: { status: ERROR_TABLE[error.code].httpStatus } },
  });
}

/** Resolver errors have a path, and our refusals a request id. Neither is about the document. */
function requestCodeOf({ path, extensions }: GraphQLFormattedError): ErrorCode | undefined {
  const isOurs = path !== undefined || extensions?.['requestId'] !== undefined;
  return isOurs ? undefined : REQUEST_CODES[String(extensions?.['code'])];
}

const placeOf = ({
  locations,
  path,
}: GraphQLFormattedError): Pick<GraphQLFormattedError, 'locations' | 'path'> => ({
  ...(locations === undefined ? {} : { locations }),
  ...(path === undefined ? {} : { path }),
});
