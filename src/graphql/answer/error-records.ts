import { GraphQLError } from 'graphql';
import type { LogLevel } from '../../base/error-rule.ts';
import type { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isPersonRefusal } from '../../base/error-kinds.ts';
import { isServerError } from '../../base/units.ts';
import type { Audit } from '../../observe/audit.ts';
import { accessEntry, isRefusal } from '../request/audit-work.ts';
import type { GraphqlContext } from '../request/context.ts';
import { appErrorOf } from './errors.ts';

/** Most log lines per answer. This limits the log only: metrics, audit and sessions see every error. */
const MAX_LINES = 20;
const LOUDEST_FIRST: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export interface ErrorRecordsDeps {
  readonly logger: Logger;
  readonly audit: Pick<Audit, 'record'>;
  /** Called with each error of an answer. The HTTP status of a GraphQL answer does not show them. */
  readonly onError?: (error: AppError, requestId: string) => void;
}

/**
 * Records the errors of one answer: one log line per kind, at the level of the error table, with the request's id.
 * Each kind of refusal that no change record covers goes into the audit trail. If ShotGrid no longer lets us act
 * for the person, the person's session ends (D32).
 */
export type RecordErrors = (
  errors: readonly unknown[],
  context: Pick<GraphqlContext, 'audit' | 'changes' | 'onPersonGone'>,
) => void;

interface Kind {
  readonly error: AppError;
  count: number;
  /** Whether the audit trail records every occurrence as a refused change. */
  isInChanges: boolean;
}

/** Creates the function that records the errors of each answer. */
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

/** If all rows of a page fail the same way, that is one problem, not five hundred. */
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

/** The root field at or above the error, by its name in the answer. */
const fieldOf = (thrown: unknown): string =>
  thrown instanceof GraphQLError ? String(thrown.path?.[0] ?? '') : '';

/** Apollo's errors about a document have a code and no path. They are the client's mistakes. */
const isOfDocument = (error: unknown): boolean =>
  error instanceof GraphQLError && error.path === undefined && error.extensions['code'] !== undefined;

/** Two failed systems in one answer get a line each, and so do two fields with wrong values. */
function kindOf({ code, rule, details, operation }: AppError): string {
  const { system, upstream = system } = details ?? {};
  return JSON.stringify([code, upstream, operation, placeOf({ details, rule })]);
}

/** The schema field at which this server or an upstream failed. Names from a client never reach the log. */
function placeOf({ rule, details }: Pick<AppError, 'rule' | 'details'>): string | undefined {
  const field = isServerError(rule.httpStatus) ? details?.['field'] : undefined;
  return typeof field === 'string' ? field : undefined;
}

function lineOf(error: AppError, requestId: string): Parameters<Logger['error']>[1] {
  const { system, upstream = system, upstreamStatus, upstreamErrorId, providerError } = error.details ?? {};
  const why = placeOf(error) ?? (system === undefined ? undefined : error.details?.['reason']);
  return {
    requestId,
    code: error.code,
    error,
    ...(typeof upstream === 'string' && { upstream }),
    ...(error.operation !== undefined && { operation: error.operation }),
    ...(typeof why === 'string' && { reason: why }),
    ...(typeof providerError === 'string' && { providerError }),
    ...(typeof upstreamStatus === 'number' && { upstreamStatus }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}

/** Apollo's own log lines may contain documents and error messages. Our error records log everything relevant. */
export const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
