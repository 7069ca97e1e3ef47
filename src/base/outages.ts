import { HTTP_STATUS } from './http-status.ts';
import type { AppError } from './errors.ts';

/** What is answered where something behind this server failed: a bad gateway, no service, no answer in time. */
const OUTAGE_STATUSES: ReadonlySet<number> = new Set([
  HTTP_STATUS.BAD_GATEWAY,
  HTTP_STATUS.SERVICE_UNAVAILABLE,
  HTTP_STATUS.GATEWAY_TIMEOUT,
]);
const CLIENT_LEFT_STATUS = 499;

/** True where ShotGrid, the identity provider, the store or another system failed. */
export const isOutage = ({ rule }: AppError): boolean => OUTAGE_STATUSES.has(rule.httpStatus);

/** True where somebody was refused. Outages, and clients that left before their answer, are no decision about anybody. */
export const isDecision = ({ rule }: AppError): boolean => rule.httpStatus < CLIENT_LEFT_STATUS;
