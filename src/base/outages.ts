import { HTTP_STATUS } from './http-status.ts';
import type { AppError } from './errors.ts';

/** Statuses for a failure behind this server: bad gateway, unavailable, timeout. */
const OUTAGE_STATUSES: ReadonlySet<number> = new Set([
  HTTP_STATUS.BAD_GATEWAY,
  HTTP_STATUS.SERVICE_UNAVAILABLE,
  HTTP_STATUS.GATEWAY_TIMEOUT,
]);
const CLIENT_LEFT_STATUS = 499;

/** True where ShotGrid, the identity provider, the store or another system failed. */
export const isOutage = ({ rule }: AppError): boolean => OUTAGE_STATUSES.has(rule.httpStatus);

/** True where the error refuses the person. Outages and disconnected clients are no decision about a person. */
export const isDecision = ({ rule }: AppError): boolean => rule.httpStatus < CLIENT_LEFT_STATUS;
