import type { ErrorCode } from './errors.ts';

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
