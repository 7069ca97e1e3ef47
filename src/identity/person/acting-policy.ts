import { AppError } from '../../base/errors.ts';
import type { ActingPolicies, ActingPolicy } from '../../config/config.ts';

/** Roles that ShotGrid gives to its administrators (API 1.7), in lower case. */
const ADMIN_ROLES: ReadonlySet<string> = new Set(['admin', 'administrator']);

const STRICTEST_FIRST = ['block-admins', 'deny', 'own-credentials'] as const;

/**
 * What the settings say of people with this permission role. A role that nobody sees may be any of them, so the
 * strictest policy holds.
 */
export function policyOf(policies: ActingPolicies, permissionRole: string | null): ActingPolicy {
  const { byDefault, byRole } = policies;
  if (permissionRole !== null) return byRole.get(permissionRole.toLowerCase()) ?? byDefault;
  const all = [byDefault, ...byRole.values()];
  return STRICTEST_FIRST.find((policy) => all.includes(policy)) ?? byDefault;
}

/**
 * The role that decides. A person may not see their own one; where a role is kept out, the script is asked then: what is
 * refused for a role is refused whoever sees it. It decides only, and is not shown to the person.
 */
export async function decidingRole(
  policies: ActingPolicies,
  seenByPerson: string | null,
  seenByScript: () => Promise<string | null>,
): Promise<string | null> {
  const isAsked = seenByPerson === null && policyOf(policies, null) === 'block-admins';
  return isAsked ? seenByScript() : seenByPerson;
}

/** Whether anybody at all may link their own account. */
export const anyMayLink = ({ byDefault, byRole }: ActingPolicies): boolean =>
  [byDefault, ...byRole.values()].includes('own-credentials');

const ROLE_UNSEEN =
  'This server lets people in by their permission role, and ShotGrid shows yours to nobody here. Ask a ShotGrid administrator to let the script see the permission group of people.';

/**
 * Refuses a person whom ShotGrid would let us act for, where the settings do not want them here.
 *
 * @throws AppError ADMIN_SUDO_BLOCKED
 */
export function assertWanted(policies: ActingPolicies, permissionRole: string | null): void {
  if (policyOf(policies, permissionRole) !== 'block-admins') return;
  if (permissionRole === null) throw new AppError('ADMIN_SUDO_BLOCKED', { message: ROLE_UNSEEN });
  const role = permissionRole.toLowerCase();
  // A role that is named in the settings is meant, whatever it is called.
  if (policies.byRole.has(role) || ADMIN_ROLES.has(role)) throw new AppError('ADMIN_SUDO_BLOCKED');
}
