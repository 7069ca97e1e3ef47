import type { ErrorCode } from './errors.ts';

/** What is said of a person whom this server may not act for any more: their session is over (API 1.4). */
const PERSON_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'ADMIN_SUDO_BLOCKED',
  'IMPERSONATION_REFUSED',
  'MAPPING_CHANGED',
  'NO_SHOTGUN_USER',
  'USER_INACTIVE',
]);

export const isPersonRefusal = (code: ErrorCode): boolean => PERSON_REFUSALS.has(code);
