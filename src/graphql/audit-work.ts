import { type AppError, type ErrorCode } from '../base/errors.ts';
import type { Principal } from '../identity/principal.ts';
import type { AuditEntry } from '../observe/audit.ts';
import type { Change } from '../query/audited-client.ts';

/** Who asks, for the records of one request. */
export interface AuditScope {
  readonly principal: Principal;
  readonly requestId: string;
  readonly by: 'session' | 'bearer';
  readonly launch: string | undefined;
  readonly sessionUuid: string | undefined;
  /** Name of the operation, once it is known. */
  operation: string | undefined;
}

/** Codes by which somebody was kept from something; other errors are no decision about them. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'FORBIDDEN',
  'USER_INACTIVE',
  'NO_SHOTGUN_USER',
  'IMPERSONATION_REFUSED',
  'OWN_ACCOUNT_NEEDED',
  'SHOTGUN_SUDO_REFUSED',
]);

export const isRefusal = (code: unknown): code is ErrorCode => REFUSALS.has(code as ErrorCode);

export function changeEntry(scope: AuditScope, { kind, entity, fields, error }: Change): AuditEntry {
  return {
    ...scopeEntry(scope, 'change', error),
    change: kind,
    entity,
    ...(fields.length > 0 && { fields }),
  };
}

/** A change in another system: its name, and the field of Mutation that made it. */
export const systemChangeEntry = (
  scope: AuditScope,
  {
    system,
    field,
    error,
  }: { readonly system: string; readonly field: string; readonly error: AppError | null },
): AuditEntry => ({ ...scopeEntry(scope, 'change', error), system, change: field });

/** A read that was refused, or nobody could be acted as. */
export const accessEntry = (scope: AuditScope, error: AppError): AuditEntry =>
  scopeEntry(scope, 'access', error);

function scopeEntry(
  { principal, requestId, by, launch, sessionUuid, operation }: AuditScope,
  action: 'change' | 'access',
  error: AppError | null,
): AuditEntry {
  const upstreamErrorId = error?.details?.['upstreamErrorId'];
  return {
    action,
    outcome: error === null ? 'done' : isRefusal(error.code) ? 'refused' : 'failed',
    ...(error !== null && { code: error.code }),
    requestId,
    issuer: principal.issuer,
    subject: principal.subject,
    login: principal.login,
    way: principal.acting.way,
    by,
    ...(launch !== undefined && { launch }),
    ...(sessionUuid !== undefined && { sessionUuid }),
    ...(operation !== undefined && { operation }),
    ...(typeof upstreamErrorId === 'string' && { upstreamErrorId }),
  };
}
