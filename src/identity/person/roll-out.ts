import { foldAscii } from '../../base/fold-ascii.ts';
import { parseLogin } from '../../base/ids.ts';
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

/** Whom a sign-in may have meant, of all people. */
interface Others {
  readonly activeByEmail: ReadonlyMap<string, number>;
  /** By the login with A to Z made a to z. */
  readonly activeByLogin: ReadonlyMap<string, number>;
}

/**
 * What would become of everybody at their first sign-in, by the rules of the sign-in. The role is the one that the script sees,
 * which may not be the one that the person sees.
 */
export function prospectsOf(
  people: readonly ListedPerson[],
  settings: Config['identity'],
): readonly Prospect[] {
  const active = people.filter((person) => person.active);
  const others: Others = {
    activeByEmail: countsOf(active.flatMap(({ email }) => (email === null ? [] : [foldAscii(email)]))),
    activeByLogin: countsOf(active.map(({ login }) => foldAscii(login))),
  };
  return people.map((person) => {
    const reason = refusalOf(person, settings, others);
    if (reason !== null) return { person, way: 'refused', reason };
    return { person, way: person.canBeImpersonated === false ? 'own' : 'sudo', reason: null };
  });
}

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function refusalOf(
  { login, email, active, canBeImpersonated, permissionRole }: ListedPerson,
  { field, acting }: Config['identity'],
  { activeByEmail, activeByLogin }: Others,
): string | null {
  if (!active) return 'the account is disabled';
  if (login.trim() === '') return 'there is no login';
  if (parseLogin(login) === undefined) {
    return 'the login begins or ends with a blank, is longer than 255 characters or holds a control character';
  }
  if (field === 'email' && email === null) return 'there is no e-mail address to find them by';
  if (field === 'email' && (activeByEmail.get(foldAscii(email ?? '')) ?? 0) > 1) {
    return 'another active person has the same e-mail address';
  }
  if (canBeImpersonated === false && policyOf(acting, permissionRole) !== 'own-credentials') {
    return 'exempt from sudo: tick "Can be impersonated" (can_impersonate_this_user), or let them link their own account (SHOTGRAPH_ACTING_POLICY)';
  }
  // Whom `sudo` may not touch is not looked for among others: nobody is acted as.
  if (canBeImpersonated !== false && (activeByLogin.get(foldAscii(login)) ?? 0) > 1) {
    return 'the login of another active person differs in letter case alone';
  }
  try {
    assertWanted(acting, permissionRole);
    return null;
  } catch {
    return permissionRole === null
      ? 'ShotGrid does not show the script their permission role, and SHOTGRAPH_ACTING_POLICY asks for it'
      : 'administrators are kept out by SHOTGRAPH_ACTING_POLICY';
  }
}
