import { GraphQLError, OperationTypeNode } from 'graphql';
import type { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isPersonRefusal } from '../base/person-refusals.ts';
import type { Audit } from '../observe/audit.ts';
import { accessEntry, isRefusal } from './audit-work.ts';
import type { GraphqlContext } from './context.ts';
import { appErrorOf } from './errors.ts';

/** Lines of one answer. */
const MAX_LINES = 20;

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
    const kinds = new Map<string, AppError>();
    for (const thrown of errors) {
      if (isOfDocument(thrown)) continue;
      const error = appErrorOf(thrown);
      // Two systems that are down in one answer are two troubles, and so are two fields with wrong values.
      const { system, field } = error.rule.logLevel === 'error' ? (error.details ?? {}) : {};
      const kind = JSON.stringify([error.code, system ?? error.details?.['system'], field]);
      if (!kinds.has(kind) && kinds.size < MAX_LINES) kinds.set(kind, error);
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
  const { system, upstream = system, field, upstreamStatus, upstreamErrorId } = error.details ?? {};
  return {
    requestId,
    code: error.code,
    error,
    ...(typeof upstream === 'string' && { upstream }),
    // What a client named stands in no line.
    ...(error.rule.logLevel === 'error' && typeof field === 'string' && { reason: field }),
    ...(typeof upstreamStatus === 'number' && { upstreamStatus }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}
