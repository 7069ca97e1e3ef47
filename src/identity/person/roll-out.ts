import { foldAscii } from '../../base/fold-ascii.ts';
import { parseLogin } from '../../base/ids.ts';
import type { Config } from '../../config/config.ts';
import { assertWanted, policyOf } from './principal.ts';

/** A person of the site, as an administrator may list them. */
export interface ListedPerson {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string | null;
  readonly permissionRole: string | null;
  readonly active: boolean;
  readonly canBeImpersonated: boolean | null;
}

/** How this server would act for a person: by `sudo`, by their own account, or not at all. */
export interface Prospect {
  readonly person: ListedPerson;
  readonly way: 'sudo' | 'own' | 'refused';
  /** The reason of the refusal and its remedy; null without a refusal. */
  readonly reason: string | null;
}

/** How many active people share an e-mail address or a login. */
interface Others {
  readonly activeByEmail: ReadonlyMap<string, number>;
  /** By the login with A to Z in lower case. */
  readonly activeByLogin: ReadonlyMap<string, number>;
}

/**
 * Predicts every person's first sign-in, by the rules of the sign-in. It uses the role that the script sees, which
 * may differ from the role that the person sees.
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
  // A person exempt from `sudo` is refused or links their own account: the look-up for near logins does not run
  // for them.
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
