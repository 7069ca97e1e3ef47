import { HTTP_STATUS } from './units.ts';
import type { AppError, ErrorCode } from './errors.ts';

/** Statuses for a failure behind this server: bad gateway, unavailable, timeout. */
const OUTAGE_STATUSES: ReadonlySet<number> = new Set([
  HTTP_STATUS.BAD_GATEWAY,
  HTTP_STATUS.SERVICE_UNAVAILABLE,
  HTTP_STATUS.GATEWAY_TIMEOUT,
]);
/** The status that nginx logs if the client closes the connection before its answer. */
export const CLIENT_LEFT_STATUS = 499;

/** True where ShotGrid, the identity provider, the store or another system failed. */
export const isOutage = ({ rule }: AppError): boolean => OUTAGE_STATUSES.has(rule.httpStatus);

/** True where the error refuses the person. Outages and disconnected clients are no decision about a person. */
export const isDecision = ({ rule }: AppError): boolean => rule.httpStatus < CLIENT_LEFT_STATUS;

/** Refusals that end a person's session, because this server may no longer act for them (API 1.4). */
const PERSON_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'ADMIN_SUDO_BLOCKED',
  'IMPERSONATION_REFUSED',
  'MAPPING_CHANGED',
  'NO_SHOTGUN_USER',
  'USER_INACTIVE',
]);

/** True where the code ends the person's session. */
export const isPersonRefusal = (code: ErrorCode): boolean => PERSON_REFUSALS.has(code);

/** Codes of errors of `fetch` and undici where no connection came about. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** These come from a connection that was there as well: it has carried the call, and the route was lost afterwards. */
const LOST_ROUTE: ReadonlySet<unknown> = new Set(['EHOSTUNREACH', 'ENETUNREACH']);

/** True for an error of a socket that says that no byte of the call has left: it was certainly not carried out. */
export function wasNotSent(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return false;
  if (NOT_CONNECTED.has(cause.code)) return true;
  return LOST_ROUTE.has(cause.code) && 'syscall' in cause && cause.syscall === 'connect';
}
