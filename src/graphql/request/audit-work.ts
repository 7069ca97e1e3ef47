import { type AppError, type ErrorCode } from '../../base/errors.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { AuditEntry } from '../../observe/audit-entry.ts';
import type { Change, ChangeOutcome } from '../../query/calls/change-log.ts';
import { AnswerError } from '../../systems/system-errors.ts';

/** The acting person and the origin of one request, for its audit records. */
export interface AuditScope {
  readonly principal: Principal;
  readonly requestId: string;
  readonly by: 'session' | 'bearer';
  readonly launch: string | undefined;
  readonly sessionUuid: string | undefined;
  /** The tool that asks. */
  readonly tool: string | undefined;
  /** Name of the operation, once known. */
  operation: string | undefined;
  /** The name of the operation on the list of the tool, or `unknown`; undefined if there is no list. */
  readonly listed: string | undefined;
  /** Whether the answer has errors. */
  hasErrors: boolean;
  /** `query` or `mutation`, once known. */
  operationType: string | undefined;
}

/** Codes that mean that a person was denied something. Other errors are no access decision. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'FORBIDDEN',
  'ADMIN_SUDO_BLOCKED',
  'MAPPING_CHANGED',
  'USER_INACTIVE',
  'NO_SHOTGUN_USER',
  'IMPERSONATION_REFUSED',
  'OWN_ACCOUNT_NEEDED',
  'SHOTGUN_SUDO_REFUSED',
]);

/** Whether an error code means that a person was denied something. */
export const isRefusal = (code: unknown): code is ErrorCode => REFUSALS.has(code as ErrorCode);

/** The audit entry of one change in ShotGrid. */
export function changeEntry(
  scope: AuditScope,
  { kind, entity, fields, error, outcome, isSent }: Change,
): AuditEntry {
  return {
    ...scopeEntry(scope, 'change', error, outcome),
    change: kind,
    entity,
    ...(fields.length > 0 && { fields }),
    ...(!isSent && { sent: false }),
  };
}

/** Outcome of a change in another system: what its answer says, or what we know of the calls of its connector. */
export function systemOutcome(
  error: AppError | null,
  { hasSent }: { readonly hasSent: boolean },
): ChangeOutcome {
  if (error === null) return 'done';
  if (error instanceof AnswerError) return error.outcome;
  // A connector or a class that fails in its own code may have made calls that we do not see.
  const reason = error.details?.['reason'];
  const isByItself = reason === 'connector' || reason === 'class' || error.code === 'INTERNAL';
  return isByItself || hasSent ? 'unknown' : 'failed';
}

/** A change in another system: the system's name and the field of Mutation. */
export const systemChangeEntry = (
  scope: AuditScope,
  {
    system,
    field,
    error,
    outcome,
  }: {
    readonly system: string;
    readonly field: string;
    readonly error: AppError | null;
    readonly outcome: ChangeOutcome;
  },
): AuditEntry => ({ ...scopeEntry(scope, 'change', error, outcome), system, change: field });

/** A refused read, or a refused impersonation. */
export const accessEntry = (scope: AuditScope, error: AppError): AuditEntry =>
  scopeEntry(scope, 'access', error, 'failed');

function scopeEntry(
  { principal, requestId, by, launch, sessionUuid, tool, operation }: AuditScope,
  action: 'change' | 'access',
  error: AppError | null,
  outcome: ChangeOutcome,
): AuditEntry {
  const upstreamErrorId = error?.details?.['upstreamErrorId'];
  return {
    action,
    outcome: outcome === 'failed' && isRefusal(error?.code) ? 'refused' : outcome,
    ...(error !== null && { code: error.code }),
    requestId,
    issuer: principal.issuer,
    subject: principal.subject,
    login: principal.login,
    personId: principal.person.id,
    way: principal.acting.way,
    by,
    ...(launch !== undefined && { launch }),
    ...(sessionUuid !== undefined && { sessionUuid }),
    ...(tool !== undefined && { tool }),
    ...(operation !== undefined && { operation }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}
