import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { parseLogin, type Login } from '../../base/ids.ts';
import { isPersonRefusal } from '../../base/person-refusals.ts';
import type { Config } from '../../config/config.ts';
import type { AccountMemory, OnAccountNews } from '../person/account-memory.ts';
import { assertWanted, decidingRole, policyOf } from '../person/acting-policy.ts';
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
  /** Read as the script; undefined for one who is retired. */
  describeById(id: number): Promise<ScriptSeen | undefined>;
}

/** Somebody as the script sees them. */
export interface ScriptSeen extends SitePerson {
  readonly login: string;
  readonly active: boolean;
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
  readonly clock: Clock;
  /** How long what the script saw of somebody counts. */
  readonly recheckMs: number;
}

/** People who work at one process in the time of one look. */
const MAX_SEEN = 5000;

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
  const seen = createSeen(deps);
  return async ({ id, principal }) => {
    const standing = await unlessAway(() => standingOf(people, principal, seen));
    if (standing === undefined) return principal;
    const seenByScript = async (): Promise<string | null> =>
      (await seen(principal.person.id))?.permissionRole ?? null;
    const role = await unlessAway(() => decidingRole(policies, standing.permissionRole, seenByScript));
    if (role !== undefined) assertStillWanted(policies, principal, role);
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

type Seen = StandingSource['describeById'];

/** What the script sees of somebody, read not longer ago than the settings allow. */
function createSeen({ people, clock, recheckMs }: RecheckDeps): Seen {
  const kept = new LRUCache<number, ReturnType<Seen>>({
    max: MAX_SEEN,
    ttl: recheckMs,
    ttlResolution: 0,
    perf: clock,
  });
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const look = people.describeById(id);
    kept.set(id, look);
    // What could not be read is no look.
    look.catch(() => {
      if (kept.peek(id) === look) kept.delete(id);
    });
    return look;
  };
}

/** Undefined while ShotGrid cannot be asked. */
async function unlessAway<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isPersonRefusal(toAppError(error).code)) throw error;
    return undefined;
  }
}

// oxlint-disable-next-line max-params
async function standingOf(
  people: StandingSource,
  principal: Principal,
  seen: Seen,
): Promise<Standing | undefined> {
  const { login, person } = principal;
  const as = actingOf(principal);
  if (as.own !== null && as.own.account === null) return standingOfUnlinked(person.id, seen);
  return people.standing(login, as).catch(async (error: unknown) => {
    // Nobody has that login any more. The person may have another one.
    if (toAppError(error).code !== 'NO_SHOTGUN_USER') throw error;
    const now = await people.describeById(person.id);
    const newLogin = parseLogin(now?.login ?? '');
    if (now === undefined || newLogin === undefined || newLogin === login) throw error;
    if (!now.active) throw new AppError('USER_INACTIVE', { cause: error });
    return people.standing(newLogin, as);
  });
}

/**
 * Nothing can be read or written in ShotGrid as somebody who has to link their account first. Other systems can be called as
 * them all the same, so they are looked at as the script.
 */
async function standingOfUnlinked(id: number, seen: Seen): Promise<Standing> {
  const now = await seen(id);
  const login = parseLogin(now?.login ?? '');
  if (now === undefined || login === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (!now.active) throw new AppError('USER_INACTIVE');
  return { ...now, login };
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
