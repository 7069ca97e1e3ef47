import type { Config } from '../config/config.ts';
import { AppError } from '../base/errors.ts';
import { parseLogin, type Login } from '../base/ids.ts';
import { hashedKey, type Vault } from '../store/vault.ts';
import type { SignedIn } from './oidc-port.ts';
import type { Principal } from './principal.ts';

/** What sign-in needs to know about the people of the ShotGrid site. */
export interface PeopleSource {
  /** Everybody with exactly this e-mail, in any case of letters. */
  loginsByEmail(email: string): Promise<readonly { readonly login: string; readonly active: boolean }[]>;
  /** The person as read by themselves: proves that we may act as them. Throws the refusals of `sudo`. */
  self(login: Login): Promise<{
    readonly id: number;
    readonly name: string;
    readonly email: string | null;
    readonly permissionRole: string | null;
  }>;
}

/**
 * Who in ShotGrid the person at the identity provider is: exactly one active `HumanUser`, or a refusal.
 * Errors: `NO_SHOTGUN_USER`, `AMBIGUOUS_USER`, `USER_INACTIVE`, `IMPERSONATION_REFUSED`, `MAPPING_CHANGED`,
 * and those of the site.
 */
export type Mapping = (account: Account) => Promise<Principal>;

/** Who somebody is at the provider, as a token of it says. */
export type Account = Pick<SignedIn, 'issuer' | 'subject' | 'claims'>;

const REMEMBERED_MS = 365 * 24 * 3_600_000;

interface RememberedLogin {
  readonly login: string;
}

export function createMapping(settings: Config['identity'], people: PeopleSource, vault: Vault): Mapping {
  return async ({ issuer, subject, claims }) => {
    const name = nameFrom(claims, settings);
    const login = settings.field === 'login' ? asLogin(name) : await loginOfEmail(name, people);
    const key = hashedKey('mapping', JSON.stringify([issuer, subject]));
    const remembered = (await vault.get(key)) as RememberedLogin | undefined;
    if (remembered !== undefined && remembered.login !== login) throw new AppError('MAPPING_CHANGED');
    const self = await people.self(login);
    await vault.set(key, { login } satisfies RememberedLogin, REMEMBERED_MS);
    const email = textClaim(claims, 'email') ?? self.email;
    return {
      issuer,
      subject,
      displayName: textClaim(claims, 'name') ?? email ?? self.name,
      email,
      login,
      person: { type: 'HumanUser', id: self.id, name: self.name },
      permissionRole: self.permissionRole,
    };
  };
}

/** The configured claim, rewritten. A claim that the provider has not verified, or that fits no rule, names nobody. */
function nameFrom(claims: SignedIn['claims'], settings: Config['identity']): string {
  const value = textClaim(claims, settings.claim);
  if (value === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (settings.claim === 'email' && isFalse(claims['email_verified'])) throw new AppError('NO_SHOTGUN_USER');
  if (settings.rewrite === null) return value;
  const { pattern, replacement } = settings.rewrite;
  const match = pattern.exec(value);
  if (match === null || match[0] !== value) throw new AppError('NO_SHOTGUN_USER');
  return value.replace(pattern, replacement);
}

function textClaim(claims: SignedIn['claims'], name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Some providers send the flag as text. */
const isFalse = (value: unknown): boolean => value === false || value === 'false';

function asLogin(name: string): Login {
  const login = parseLogin(name);
  if (login === undefined) throw new AppError('NO_SHOTGUN_USER');
  return login;
}

/** Never the first of several (B8); a disabled namesake does not count. */
async function loginOfEmail(email: string, people: PeopleSource): Promise<Login> {
  const matches = await people.loginsByEmail(email);
  const active = matches.filter((person) => person.active);
  const [only, ...others] = active;
  if (only === undefined) throw new AppError(matches.length === 0 ? 'NO_SHOTGUN_USER' : 'USER_INACTIVE');
  if (others.length > 0) throw new AppError('AMBIGUOUS_USER');
  return asLogin(only.login);
}
