import type { Login, SessionId, Subject } from '../../base/ids.ts';
import { AppError } from '../../base/errors.ts';
import type { ActingPolicies, ActingPolicy } from '../../config/config.ts';

/** How this server acts for a person in ShotGrid. */
export type Acting =
  | { readonly way: 'sudo' }
  /** By their own ShotGrid account; nothing can be read or written until it is linked. */
  | { readonly way: 'own'; readonly account: string | null };

/** The signed-in person: the account at the identity provider and the one active `HumanUser` that it maps to. */
export interface Principal {
  readonly issuer: string;
  readonly subject: Subject;
  /** Shown to the person: name or e-mail claim. */
  readonly displayName: string;
  /** The claim where the provider has verified it, else the address in ShotGrid. */
  readonly email: string | null;
  /** The acting login: everything is read and written as this person. */
  readonly login: Login;
  readonly person: { readonly type: 'HumanUser'; readonly id: number; readonly name: string };
  /** `PermissionRuleSet` of the person as ShotGrid names it; null where the person may not see it. */
  readonly permissionRole: string | null;
  readonly acting: Acting;
}

/** How calls to ShotGrid are made for the person: by `sudo`, or by their own account. Always as this one person. */
export interface ActingAs {
  readonly personId: number;
  readonly own: { readonly personId: number; readonly account: string | null } | null;
}

/**
 * True for the same person by the same account of the provider. Two accounts may belong to one person: each has its own
 * sessions and its own grant at the provider.
 */
export const isSameAccount = (one: Principal, other: Principal): boolean =>
  one.issuer === other.issuer && one.subject === other.subject && one.person.id === other.person.id;

/** How calls to ShotGrid are made for this person. */
export const actingOf = ({ acting, person: { id } }: Principal): ActingAs => ({
  personId: id,
  own: acting.way === 'sudo' ? null : { personId: id, account: acting.account },
});

/** `overlay` sessions live in ShotGrid's frame: only that frame gets their cookie. */
export type SessionKind = 'tab' | 'overlay';

/** Times are milliseconds since 1970. */
export interface Session {
  readonly id: SessionId;
  readonly principal: Principal;
  readonly kind: SessionKind;
  /** The sign-in that created it: proves that a repeated callback belongs to this browser. */
  readonly signInId?: string;
  /** Found by the id of the session that it replaced: the answer with its own id has not arrived. */
  readonly isByOldId?: true;
  readonly createdAtMs: number;
  /** When the person was last asked to sign in at the provider; null where it does not say. */
  readonly authTimeMs: number | null;
  /** The end without further activity: the earlier of the idle and the absolute limit. */
  readonly expiresAtMs: number;
  /** The absolute end, with or without activity. */
  readonly endsAtMs: number;
  /** When the provider's access token expires; null where it cannot be renewed: its expiry then has no effect. */
  readonly tokenExpiresAtMs: number | null;
  /** When renewal starts, a little before the expiry; null where the token cannot be renewed. */
  readonly renewAtMs: number | null;
}

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
