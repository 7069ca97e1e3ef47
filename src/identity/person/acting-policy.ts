import { AppError } from '../../base/errors.ts';
import type { ActingPolicies, ActingPolicy } from '../../config/config.ts';

/** Roles that ShotGrid gives to its administrators (API 1.7), in lower case. */
const ADMIN_ROLES: ReadonlySet<string> = new Set(['admin', 'administrator']);

/** What the settings say of people with this permission role. */
export function policyOf({ byDefault, byRole }: ActingPolicies, permissionRole: string | null): ActingPolicy {
  return byRole.get(permissionRole?.toLowerCase() ?? '') ?? byDefault;
}

/** Whether anybody at all may link their own account. */
export const anyMayLink = ({ byDefault, byRole }: ActingPolicies): boolean =>
  [byDefault, ...byRole.values()].includes('own-credentials');

/**
 * Refuses a person whom ShotGrid would let us act for, where the settings do not want them here.
 *
 * @throws AppError ADMIN_SUDO_BLOCKED
 */
export function assertWanted(policies: ActingPolicies, permissionRole: string | null): void {
  if (policyOf(policies, permissionRole) !== 'block-admins') return;
  const role = permissionRole?.toLowerCase() ?? '';
  // A role that is named in the settings is meant, whatever it is called.
  if (policies.byRole.has(role) || ADMIN_ROLES.has(role)) throw new AppError('ADMIN_SUDO_BLOCKED');
}
