import { foldAscii } from '../../base/fold-ascii.ts';
import type { Config } from '../../config/config.ts';
import { assertWanted, policyOf } from './acting-policy.ts';

/** What the site knows of somebody, as an administrator may list it. */
export interface ListedPerson {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string | null;
  readonly permissionRole: string | null;
  readonly active: boolean;
  readonly canBeImpersonated: boolean | null;
}

/** How somebody would be acted for: by `sudo`, by their own account, or not at all. */
export interface Prospect {
  readonly person: ListedPerson;
  readonly way: 'sudo' | 'own' | 'refused';
  /** Why not, and what to do about it; null where they would not be refused. */
  readonly reason: string | null;
}

/** What would become of everybody at their first sign-in, by the same rules. */
export function prospectsOf(
  people: readonly ListedPerson[],
  settings: Config['identity'],
): readonly Prospect[] {
  const active = new Map<string, number>();
  for (const { email, active: isActive } of people) {
    const key = email === null ? undefined : foldAscii(email);
    if (isActive && key !== undefined) active.set(key, (active.get(key) ?? 0) + 1);
  }
  return people.map((person) => {
    const reason = refusalOf(person, settings, active);
    if (reason !== null) return { person, way: 'refused', reason };
    return { person, way: person.canBeImpersonated === false ? 'own' : 'sudo', reason: null };
  });
}

function refusalOf(
  { login, email, active, canBeImpersonated, permissionRole }: ListedPerson,
  { field, acting }: Config['identity'],
  activeByEmail: ReadonlyMap<string, number>,
): string | null {
  if (!active) return 'the account is disabled';
  if (login.trim() === '') return 'there is no login';
  if (field === 'email' && email === null) return 'there is no e-mail address to find them by';
  if (field === 'email' && (activeByEmail.get(foldAscii(email ?? '')) ?? 0) > 1) {
    return 'another active person has the same e-mail address';
  }
  if (canBeImpersonated === false && policyOf(acting, permissionRole) !== 'own-credentials') {
    return 'exempt from sudo: tick "Can be impersonated" (can_impersonate_this_user), or let them link their own account (SHOTGRAPH_ACTING_POLICY)';
  }
  try {
    assertWanted(acting, permissionRole);
    return null;
  } catch {
    return 'administrators are kept out by SHOTGRAPH_ACTING_POLICY';
  }
}
