import { GraphQLError, OperationTypeNode } from 'graphql';
import type { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isPersonRefusal } from '../../base/person-refusals.ts';
import type { Audit } from '../../observe/audit.ts';
import { accessEntry, isRefusal } from '../request/audit-work.ts';
import type { GraphqlContext } from '../request/context.ts';
import { appErrorOf } from './errors.ts';

/** Lines of one answer. */
const MAX_LINES = 20;
const FIRST_OUTAGE_STATUS = 500;

export interface ErrorRecordsDeps {
  readonly logger: Logger;
  readonly audit: Pick<Audit, 'record'>;
  /** Told of each error of an answer. The HTTP status of a GraphQL answer does not show them. */
  readonly onError?: (error: AppError, requestId: string) => void;
}

/**
 * What is written down of the errors of one answer, whoever executed it: a log line of each kind, as loud as the table of
 * errors says, under the request's id; and in the audit trail whom a read was refused to. A person whom ShotGrid does not let
 * us act for any more is told to whoever keeps their session (D32).
 */
export type RecordErrors = (
  errors: readonly unknown[],
  context: GraphqlContext,
  operation: OperationTypeNode | undefined,
) => void;

export function createErrorRecords({ logger, audit, onError }: ErrorRecordsDeps): RecordErrors {
  return (errors, context, operation) => {
    // A page of rows that all fail the same way is one trouble, not five hundred.
    const kinds = new Map<string, { readonly error: AppError; count: number }>();
    for (const thrown of errors) {
      if (isOfDocument(thrown)) continue;
      const error = appErrorOf(thrown);
      onError?.(error, context.audit.requestId);
      const kind = kindOf(error);
      const known = kinds.get(kind);
      if (known !== undefined) known.count += 1;
      else if (kinds.size < MAX_LINES) kinds.set(kind, { error, count: 1 });
    }
    for (const { error, count } of kinds.values()) {
      const line = lineOf(error, context.audit.requestId);
      logger[error.rule.logLevel]('graphql.error', count === 1 ? line : { ...line, count });
      if (isPersonRefusal(error.code)) context.onPersonGone();
      // Changes have records of their own.
      if (operation !== OperationTypeNode.MUTATION && isRefusal(error.code)) {
        audit.record(accessEntry(context.audit, error));
      }
    }
  };
}

/** What Apollo says of a document has a code and no path, and is the client's doing. */
const isOfDocument = (error: unknown): boolean =>
  error instanceof GraphQLError && error.path === undefined && error.extensions['code'] !== undefined;

/** Two systems that are down in one answer get a line each, and so do two fields with wrong values. */
function kindOf({ code, rule, details, operation }: AppError): string {
  const { system, upstream = system } = details ?? {};
  return JSON.stringify([code, upstream, operation, placeOf({ details, rule })]);
}

/** The field of the schema where this server or an upstream failed. A name that a client sent stands in no line. */
function placeOf({ rule, details }: Pick<AppError, 'rule' | 'details'>): string | undefined {
  const field = rule.httpStatus >= FIRST_OUTAGE_STATUS ? details?.['field'] : undefined;
  return typeof field === 'string' ? field : undefined;
}

function lineOf(error: AppError, requestId: string): Parameters<Logger['error']>[1] {
  const { system, upstream = system, upstreamStatus, upstreamErrorId } = error.details ?? {};
  const field = placeOf(error);
  return {
    requestId,
    code: error.code,
    error,
    ...(typeof upstream === 'string' && { upstream }),
    ...(error.operation !== undefined && { operation: error.operation }),
    ...(field !== undefined && { reason: field }),
    ...(typeof upstreamStatus === 'number' && { upstreamStatus }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}
