import type { Config } from '../../config/config.ts';
import { AppError, type ErrorCode, toAppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import { parseLogin, type Login } from '../../base/ids.ts';
import {
  anyMayLink,
  assertWanted,
  decidingRole,
  policyOf,
  type Acting,
  type Principal,
} from './principal.ts';
import type { Vault } from '../../store/vault.ts';
import { createAccountMemory, type OnAccountNews } from './account-memory.ts';
import type { SignedIn } from '../provider/oidc-port.ts';
import { isMissing } from '../provider/userinfo.ts';

/** The reads of the ShotGrid site's people that sign-in needs. */
export interface PeopleSource {
  /** All people with exactly this e-mail; the letter case of A to Z makes no difference. */
  loginsByEmail(email: string): Promise<readonly { readonly login: string; readonly active: boolean }[]>;
  /** The person as read by themselves: proves that we may act as them. Throws the refusals of `sudo`. */
  self(login: Login): Promise<SitePerson>;
  /** Read as the script, for a person whom this server may not act for. */
  describe(login: Login): Promise<(SitePerson & { readonly active: boolean }) | undefined>;
  /** A login that differs from this one only in letter case, where there is one. */
  nearLogin?(login: Login): Promise<Login | undefined>;
}

export interface SitePerson {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly permissionRole: string | null;
}

/**
 * Maps an account at the identity provider to exactly one active `HumanUser`, or refuses.
 * Errors: `CLAIM_MISSING`, `NO_SHOTGUN_USER`, `AMBIGUOUS_USER`, `USER_INACTIVE`, `IMPERSONATION_REFUSED`,
 * `ADMIN_SUDO_BLOCKED`, `MAPPING_CHANGED`, and those of the site.
 */
export type Mapping = (account: Account) => Promise<Principal>;

/** An account at the provider, from the claims of its token. */
export type Account = Pick<SignedIn, 'issuer' | 'subject' | 'claims'>;

/** Refusals of a person who exists in ShotGrid. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'USER_INACTIVE',
  'IMPERSONATION_REFUSED',
  'ADMIN_SUDO_BLOCKED',
]);

/** See `Mapping`. `onNews` is called once the mapping is stored. */
export function createMapping(
  settings: Config['identity'],
  people: PeopleSource,
  vault: Vault,
  onNews: OnAccountNews = () => undefined,
): Mapping {
  const memory = createAccountMemory(vault);
  return async ({ issuer, subject, claims }) => {
    const name = nameFrom(claims, settings);
    const login = settings.field === 'login' ? asLogin(name) : await loginOfEmail(name, people);
    const { self, acting } = await personOf(login, settings, people).catch(async (error: unknown) => {
      // If the account belonged to another person before, report that first: it matters more than the new person's
      // refusal.
      if (!REFUSALS.has(toAppError(error).code)) throw error;
      const before = await memory.recall({ issuer, subject });
      const holder = before === undefined ? undefined : await people.describe(login);
      if (holder === undefined || (before?.personId ?? holder.id) === holder.id) throw error;
      throw new AppError('MAPPING_CHANGED', { cause: error });
    });
    const news = await memory.keep({ issuer, subject }, { personId: self.id, login });
    const email = verifiedEmail(claims, settings) ?? self.email;
    const principal: Principal = {
      issuer,
      subject,
      displayName: textClaim(claims, 'name') ?? email ?? self.name,
      email,
      login,
      person: { type: 'HumanUser', id: self.id, name: self.name },
      permissionRole: self.permissionRole,
      acting,
    };
    if (news !== undefined) onNews(news, principal);
    return principal;
  };
}

interface Found {
  readonly self: SitePerson;
  readonly acting: Acting;
}

/** The person, by `sudo` where ShotGrid allows it, or by their own account where the settings allow that. */
async function personOf(
  login: Login,
  { acting: policies }: Config['identity'],
  people: PeopleSource,
): Promise<Found> {
  try {
    const self = await people.self(login).catch((error: unknown) => withNearLogin(error, login, people));
    const seenByScript = async (): Promise<string | null> => {
      const found = await people.describe(login);
      return found?.id === self.id ? found.permissionRole : null;
    };
    assertWanted(policies, await decidingRole(policies, self.permissionRole, seenByScript));
    return { self, acting: { way: 'sudo' } };
  } catch (error) {
    // Do not read a person whom the settings refuse in any case.
    if (toAppError(error).code !== 'IMPERSONATION_REFUSED' || !anyMayLink(policies)) throw error;
    const self = await people.describe(login);
    // For a person who is disabled and exempt, it is unknown which of the two the site reports (API 1.4).
    if (self?.active === false) throw new AppError('USER_INACTIVE', { cause: error });
    if (self === undefined || policyOf(policies, self.permissionRole) !== 'own-credentials') throw error;
    return { self, acting: { way: 'own', account: null } };
  }
}

/** The claims that the mapping needs. */
export const neededClaims = ({ claim, emailVerified }: Config['identity']): readonly string[] =>
  isEmail(claim) && emailVerified !== 'not-sent' ? [claim, 'email_verified'] : [claim];

const isEmail = (claim: string): boolean => foldAscii(claim) === 'email';

/** A login of ShotGrid that differs only in letter case: for the operator, never for the person. */
export class NearLoginError extends Error {
  override readonly name = 'NearLoginError';
  readonly login: Login;

  constructor(login: Login) {
    super('a login that differs in letter case alone');
    this.login = login;
  }
}

async function withNearLogin(error: unknown, login: Login, people: PeopleSource): Promise<never> {
  if (toAppError(error).code !== 'NO_SHOTGUN_USER') throw error;
  let near: Login | undefined;
  try {
    near = await people.nearLogin?.(login);
  } catch {
    // Only advice: without it the refusal is the same.
  }
  throw near === undefined ? error : new AppError('NO_SHOTGUN_USER', { cause: new NearLoginError(near) });
}

/**
 * The configured claim, rewritten. A claim that the provider has not verified, or that does not match the rewrite
 * rule, maps to no person.
 */
function nameFrom(claims: SignedIn['claims'], settings: Config['identity']): string {
  for (const name of neededClaims(settings)) {
    if (isMissing(claims, name)) throw missing(name);
  }
  const text = textClaim(claims, settings.claim);
  if (text === undefined) throw unknown(settings.claim);
  if (isEmail(settings.claim) && !isVerified(claims['email_verified'], settings)) {
    throw unknown('email_verified');
  }
  const value = settings.letterCase === 'lower' ? foldAscii(text) : text;
  if (settings.rewrite === null) return value;
  const { pattern, replacement } = settings.rewrite;
  const match = pattern.exec(value);
  if (match === null || match[0] !== value) throw unknown(settings.claim);
  return value.replace(pattern, replacement);
}

const missing = (claim: string): AppError =>
  new AppError('CLAIM_MISSING', {
    message: `The sign-in service does not say who you are in ShotGrid: its claim "${claim}" is missing. An administrator has to set the service up to send it.`,
    details: { claim },
  });

/** @param claim the name of the unusable claim */
const unknown = (claim: string): AppError => new AppError('NO_SHOTGUN_USER', { details: { claim } });

function textClaim(claims: SignedIn['claims'], name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Only an explicit true counts; some providers send it as text. */
const isVerified = (value: unknown, { emailVerified }: Config['identity']): boolean =>
  value === true || value === 'true' || (emailVerified === 'not-sent' && (value ?? undefined) === undefined);

/** Other systems may identify people by it: with an unverified address a person could appear there as another one. */
const verifiedEmail = (claims: SignedIn['claims'], settings: Config['identity']): string | undefined =>
  isVerified(claims['email_verified'], settings) ? textClaim(claims, 'email') : undefined;

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
