import { AppError } from '../../base/errors.ts';
import type { ActingPolicies, ActingPolicy } from '../../config/config.ts';

/** ShotGrid's administrator roles (API 1.7), in lower case. */
const ADMIN_ROLES: ReadonlySet<string> = new Set(['admin', 'administrator']);

const STRICTEST_FIRST = ['block-admins', 'deny', 'own-credentials'] as const;

/** The policy for a permission role. An unknown role may be any role, so the strictest policy applies. */
export function policyOf(policies: ActingPolicies, permissionRole: string | null): ActingPolicy {
  const { byDefault, byRole } = policies;
  if (permissionRole !== null) return byRole.get(permissionRole.toLowerCase()) ?? byDefault;
  const all = [byDefault, ...byRole.values()];
  return STRICTEST_FIRST.find((policy) => all.includes(policy)) ?? byDefault;
}

/**
 * The role that decides. People may not see their own role. Where the settings block a role, the script reads it
 * then, so that the block holds for anyone who sees the role. The result only decides, and is not shown to the person.
 */
export async function decidingRole(
  policies: ActingPolicies,
  seenByPerson: string | null,
  seenByScript: () => Promise<string | null>,
): Promise<string | null> {
  const isAsked = seenByPerson === null && policyOf(policies, null) === 'block-admins';
  return isAsked ? seenByScript() : seenByPerson;
}

/** True where at least one role may link its own account. */
export const anyMayLink = ({ byDefault, byRole }: ActingPolicies): boolean =>
  [byDefault, ...byRole.values()].includes('own-credentials');

const ROLE_UNSEEN =
  'This server lets people in by their permission role, and ShotGrid shows yours to nobody here. Ask a ShotGrid administrator to let the script see the permission group of people.';

/**
 * Refuses a person whom the settings block, although ShotGrid would let this server act for them.
 *
 * @throws AppError ADMIN_SUDO_BLOCKED
 */
export function assertWanted(policies: ActingPolicies, permissionRole: string | null): void {
  if (policyOf(policies, permissionRole) !== 'block-admins') return;
  if (permissionRole === null) throw new AppError('ADMIN_SUDO_BLOCKED', { message: ROLE_UNSEEN });
  const role = permissionRole.toLowerCase();
  // A role that the settings name is blocked, whatever its name.
  if (policies.byRole.has(role) || ADMIN_ROLES.has(role)) throw new AppError('ADMIN_SUDO_BLOCKED');
}
