import { GraphQLError } from 'graphql';
import type { LogLevel } from '../../base/error-rule.ts';
import type { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isPersonRefusal } from '../../base/person-refusals.ts';
import { isServerError } from '../../base/http-status.ts';
import type { Audit } from '../../observe/audit.ts';
import { accessEntry, isRefusal } from '../request/audit-work.ts';
import type { GraphqlContext } from '../request/context.ts';
import { appErrorOf } from './errors.ts';

/** Lines of one answer. They bound the log alone: nothing else that errors lead to is left out. */
const MAX_LINES = 20;
const LOUDEST_FIRST: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export interface ErrorRecordsDeps {
  readonly logger: Logger;
  readonly audit: Pick<Audit, 'record'>;
  /** Told of each error of an answer. The HTTP status of a GraphQL answer does not show them. */
  readonly onError?: (error: AppError, requestId: string) => void;
}

/**
 * What is written down of the errors of one answer, whoever executed it: a log line of each kind, as loud as the table of
 * errors says, under the request's id; and in the audit trail each kind of refusal that no record of a change tells. The
 * session of a person whom ShotGrid does not let us act for any more ends (D32).
 */
export type RecordErrors = (
  errors: readonly unknown[],
  context: Pick<GraphqlContext, 'audit' | 'changes' | 'onPersonGone'>,
) => void;

interface Kind {
  readonly error: AppError;
  count: number;
  /** Whether the audit trail has it as a change that was refused, each time. */
  isInChanges: boolean;
}

export function createErrorRecords({ logger, audit, onError }: ErrorRecordsDeps): RecordErrors {
  return (errors, context) => {
    const { requestId } = context.audit;
    const kinds = new Map<string, Kind>();
    for (const thrown of errors) {
      if (isOfDocument(thrown)) continue;
      const error = appErrorOf(thrown);
      onError?.(error, requestId);
      addTo(kinds, error, context.changes.hasFailed(fieldOf(thrown), error));
    }
    logKinds(logger, [...kinds.values()], requestId);
    for (const { error, isInChanges } of kinds.values()) {
      if (isRefusal(error.code) && !isInChanges) audit.record(accessEntry(context.audit, error));
    }
    if ([...kinds.values()].some(({ error }) => isPersonRefusal(error.code))) context.onPersonGone();
  };
}

/** A page of rows that all fail the same way is one trouble, not five hundred. */
function addTo(kinds: Map<string, Kind>, error: AppError, isInChanges: boolean): void {
  const name = kindOf(error);
  const known = kinds.get(name);
  if (known === undefined) {
    kinds.set(name, { error, count: 1, isInChanges });
    return;
  }
  known.count += 1;
  known.isInChanges &&= isInChanges;
}

function logKinds(logger: Logger, kinds: readonly Kind[], requestId: string): void {
  const volume = ({ error }: Kind): number => LOUDEST_FIRST.indexOf(error.rule.logLevel);
  const loudestFirst = kinds.toSorted((one, other) => volume(one) - volume(other));
  for (const { error, count } of loudestFirst.slice(0, MAX_LINES)) {
    const line = lineOf(error, requestId);
    logger[error.rule.logLevel]('graphql.error', count === 1 ? line : { ...line, count });
  }
  const leftOut = kinds.length - MAX_LINES;
  if (leftOut > 0) logger.info('graphql.errors_left_out', { requestId, count: leftOut });
}

/** The root field that the error stands at or below, by its name in the answer. */
const fieldOf = (thrown: unknown): string =>
  thrown instanceof GraphQLError ? String(thrown.path?.[0] ?? '') : '';

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
  const field = isServerError(rule.httpStatus) ? details?.['field'] : undefined;
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
