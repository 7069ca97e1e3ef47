import { GraphQLError, OperationTypeNode } from 'graphql';
import type { AppError, ErrorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isPersonRefusal } from '../base/person-refusals.ts';
import type { Audit } from '../observe/audit.ts';
import { accessEntry, isRefusal } from './audit-work.ts';
import type { GraphqlContext } from './context.ts';
import { appErrorOf } from './errors.ts';

export interface ErrorRecordsDeps {
  readonly logger: Logger;
  readonly audit: Pick<Audit, 'record'>;
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

export function createErrorRecords({ logger, audit }: ErrorRecordsDeps): RecordErrors {
  return (errors, context, operation) => {
    // A page of rows that all fail the same way is one trouble, not five hundred.
    const kinds = new Map<ErrorCode, AppError>();
    for (const thrown of errors) {
      if (isOfDocument(thrown)) continue;
      const error = appErrorOf(thrown);
      if (!kinds.has(error.code)) kinds.set(error.code, error);
    }
    for (const error of kinds.values()) {
      logger[error.rule.logLevel]('graphql.error', lineOf(error, context.audit.requestId));
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

function lineOf(error: AppError, requestId: string): Parameters<Logger['error']>[1] {
  const { system, upstreamStatus, upstreamErrorId } = error.details ?? {};
  return {
    requestId,
    code: error.code,
    error,
    ...(typeof system === 'string' && { upstream: system }),
    ...(typeof upstreamStatus === 'number' && { upstreamStatus }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}
