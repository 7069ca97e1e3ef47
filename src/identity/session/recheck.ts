import { AppError, toAppError } from '../../base/errors.ts';
import { parseLogin, type Login } from '../../base/ids.ts';
import { isPersonRefusal } from '../../base/person-refusals.ts';
import type { Config } from '../../config/config.ts';
import type { AccountMemory, OnAccountNews } from '../person/account-memory.ts';
import { assertWanted, policyOf } from '../person/acting-policy.ts';
import type { SitePerson } from '../person/mapping.ts';
import { actingOf, type ActingAs, type Principal, type Session } from '../person/principal.ts';
import type { Sessions } from './sessions.ts';

/** What a living session needs to know about its person. */
export interface StandingSource {
  /**
   * Who the person is, read not longer ago than the settings allow; undefined where nobody can say.
   * Errors: `MAPPING_CHANGED` where the login is somebody else's by now, the refusals of `sudo`, and those of the site.
   */
  standing(login: Login, as: ActingAs): Promise<Standing | undefined>;
  describeById(id: number): Promise<{ readonly login: string; readonly active: boolean } | undefined>;
}

export interface Standing extends SitePerson {
  readonly login: Login;
}

export interface RecheckDeps {
  readonly people: StandingSource;
  readonly sessions: Pick<Sessions, 'changePrincipal'>;
  readonly memory: Pick<AccountMemory, 'keep'>;
  readonly policies: Config['identity']['acting'];
  readonly onNews: OnAccountNews;
}

/**
 * The person of a session as ShotGrid has them now: the same id, with the login, name and role of this moment. While ShotGrid
 * cannot be asked it is the one of before, and nothing can be read or written as them anyway.
 *
 * @throws AppError where the session is to end: `MAPPING_CHANGED` where its login is another person's, `NO_SHOTGUN_USER`,
 *   `USER_INACTIVE`, `IMPERSONATION_REFUSED`, `ADMIN_SUDO_BLOCKED`
 */
export type Recheck = (session: Session) => Promise<Principal>;

export function createRecheck(deps: RecheckDeps): Recheck {
  const { people, sessions, memory, policies, onNews } = deps;
  return async ({ id, principal }) => {
    const standing = await standingOf(people, principal);
    if (standing === undefined) return principal;
    assertStillWanted(policies, principal, standing.permissionRole);
    const known = withStanding(standing);
    const current = known(principal);
    if (isSame(current, principal)) return current;
    try {
      if (current.login !== principal.login) {
        const news = await memory.keep(current, { personId: current.person.id, login: current.login });
        if (news !== undefined) onNews(news, current);
      }
      // Last: as long as the session is of before, the next request comes here again.
      await sessions.changePrincipal(id, known);
    } catch (error) {
      // A store that takes no writes keeps nobody from reading.
      if (toAppError(error).code !== 'UNAVAILABLE') throw error;
    }
    return current;
  };
}

async function standingOf(people: StandingSource, principal: Principal): Promise<Standing | undefined> {
  const { login, person } = principal;
  const as = actingOf(principal);
  // Nothing can be read or written as somebody who has to link their account first.
  if (as.own !== null && as.own.account === null) return undefined;
  try {
    return await people.standing(login, as).catch(async (error: unknown) => {
      // Nobody has that login any more. The person may have another one.
      if (toAppError(error).code !== 'NO_SHOTGUN_USER') throw error;
      const now = await people.describeById(person.id);
      const newLogin = parseLogin(now?.login ?? '');
      if (now === undefined || newLogin === undefined || newLogin === login) throw error;
      if (!now.active) throw new AppError('USER_INACTIVE', { cause: error });
      return people.standing(newLogin, as);
    });
  } catch (error) {
    if (isPersonRefusal(toAppError(error).code)) throw error;
    return undefined;
  }
}

/** Whoever acts by their own account does so because the settings let people of their role. */
function assertStillWanted(
  policies: RecheckDeps['policies'],
  { acting }: Principal,
  permissionRole: string | null,
): void {
  assertWanted(policies, permissionRole);
  if (acting.way === 'own' && policyOf(policies, permissionRole) !== 'own-credentials') {
    throw new AppError('IMPERSONATION_REFUSED');
  }
}

const withStanding =
  ({ login, name, permissionRole }: Standing) =>
  (principal: Principal): Principal => ({
    ...principal,
    login,
    person: { ...principal.person, name },
    permissionRole,
  });

const isSame = (one: Principal, other: Principal): boolean =>
  one.login === other.login &&
  one.person.name === other.person.name &&
  one.permissionRole === other.permissionRole;
