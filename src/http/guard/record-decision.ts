import type { Response } from 'express';
import { isDecision } from '../../base/error-kinds.ts';
import { toAppError } from '../../base/errors.ts';
import type { Principal } from '../../identity/person/principal.ts';
import { launchMark } from '../../launch/launch.ts';
import type { AuditAction, AuditEntry } from '../../observe/audit-entry.ts';
import type { HttpDeps } from '../http-deps.ts';
import { stateOf } from '../request/request-state.ts';

interface Decision {
  readonly action: AuditAction;
  /** The reason, if it was refused. */
  readonly error?: unknown;
  /** True if an outage may have come after it took effect. */
  readonly mayBeDone?: boolean;
  /** How the person authenticated, if not by a session. */
  readonly by?: 'bearer';
  readonly principal?: Principal | undefined;
  /** The provider's account, while no ShotGrid user is known yet. */
  readonly account?: { readonly issuer: string; readonly subject: string } | undefined;
  readonly login?: string;
  readonly ami?: string;
  readonly launchId?: string | null;
}

/** Records a decision about a person in the audit trail. */
export function recordDecision(
  response: Response,
  { audit }: Pick<HttpDeps, 'audit'>,
  decision: Decision,
): void {
  const { action, error, principal, account = principal, login = principal?.login, ami, launchId } = decision;
  // A stranger, or a program with a refused token, may repeat a request without limit.
  const isRepeated = error !== undefined && (account === undefined || decision.by === 'bearer');
  audit[isRepeated ? 'recordRepeated' : 'record']({
    action,
    ...outcomeOf(error, decision.mayBeDone),
    requestId: stateOf(response).requestId,
    ...(account !== undefined && { issuer: account.issuer, subject: account.subject }),
    ...(login !== undefined && { login }),
    ...(decision.by !== undefined && { by: decision.by }),
    ...(principal !== undefined && { personId: principal.person.id, way: principal.acting.way }),
    ...(ami !== undefined && { ami }),
    ...(typeof launchId === 'string' && { launch: launchMark(launchId) }),
  });
}

function outcomeOf(error: unknown, mayBeDone = false): Pick<AuditEntry, 'outcome' | 'code'> {
  if (error === undefined) return { outcome: 'done' };
  const known = toAppError(error);
  const { code } = known;
  if (isDecision(known)) return { outcome: 'refused', code };
  return { outcome: mayBeDone ? 'unknown' : 'failed', code };
}
