import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, ERROR_TABLE, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** Codes of Apollo whose messages speak of the document only, never of data. */
const DOCUMENT_CODES: Readonly<Record<string, ErrorCode>> = {
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  BAD_USER_INPUT: 'BAD_USER_INPUT',
  BAD_REQUEST: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

/**
 * The one funnel from errors to GraphQL answers: an `AppError` keeps its code, message and details; what speaks of
 * the document keeps its message; everything else is masked as INTERNAL and logged (F14).
 */
export function createErrorFormat(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const documentCode = DOCUMENT_CODES[String(formatted.extensions?.['code'])];
    const isOfDocument = !(original instanceof AppError) && documentCode !== undefined;
    if (isOfDocument)
      return { ...placeOf(formatted), message: formatted.message, extensions: { code: documentCode } };

    const appError = original instanceof GraphQLError ? appErrorOf(original) : toAppError(original);
    if (appError.code === 'INTERNAL') logger.error('graphql.error', { error: appError });
    return {
      ...placeOf(formatted),
      message: appError.message,
      extensions: {
        code: appError.code,
        ...(appError.details === undefined ? {} : { details: appError.details }),
      },
    };
  };
}

/** An error for a request that is refused before anything runs, with the status of the table. */
export function refusal(error: AppError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: {
      code: error.code,
      details: error.details,
      http: { status: ERROR_TABLE[error.code].httpStatus },
    },
  });
}

function appErrorOf(error: GraphQLError): AppError {
  const { originalError } = error;
  return originalError === undefined || originalError === null
    ? new AppError('BAD_USER_INPUT', { message: error.message })
    : toAppError(originalError);
}

const placeOf = ({
  locations,
  path,
}: GraphQLFormattedError): Pick<GraphQLFormattedError, 'locations' | 'path'> => ({
  ...(locations === undefined ? {} : { locations }),
  ...(path === undefined ? {} : { path }),
});
