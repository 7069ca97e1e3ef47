import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { AppError, toAppError } from '../../base/errors.ts';
import { parseLogin, type Login } from '../../base/ids.ts';
import { isOutage, isPersonRefusal } from '../../base/error-kinds.ts';
import type { Config } from '../../config/config.ts';
import type { AccountMemory, OnAccountNews } from '../person/account-memory.ts';
import {
  assertWanted,
  decidingRole,
  policyOf,
  actingOf,
  type ActingAs,
  type Principal,
  type Session,
} from '../person/principal.ts';
import type { SitePerson } from '../person/mapping.ts';
import type { Sessions } from './sessions-port.ts';

/** The reads that a living session needs about its person. */
export interface StandingSource {
  /**
   * The person, read no longer ago than the settings allow; undefined where it cannot be determined.
   * Errors: `MAPPING_CHANGED` where the login now belongs to another person, the refusals of `sudo`, and those of
   * the site.
   */
  standing(login: Login, as: ActingAs): Promise<Standing | undefined>;
  /** Read as the script; undefined for a retired person. */
  describeById(id: number): Promise<ScriptSeen | undefined>;
}

/** A person as the script sees them. */
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
  /** How long a read by the script is reused. */
  readonly recheckMs: number;
}

/** The people who work at one process within `recheckMs`. */
const MAX_SEEN = 5000;

/**
 * The person of a session with the current login, name and role in ShotGrid; the id never changes. While ShotGrid
 * is unavailable it is the last known person, and nothing can be read or written as them anyway.
 *
 * @throws AppError where the session is to end: `MAPPING_CHANGED` where its login is another person's,
 * `NO_SHOTGUN_USER`, `USER_INACTIVE`, `IMPERSONATION_REFUSED`, `ADMIN_SUDO_BLOCKED`
 */
export type Recheck = (session: Session) => Promise<Principal>;

/** See `Recheck`. Reads by the script are cached in this process. */
export function createRecheck(deps: RecheckDeps): Recheck {
  const { people, sessions, memory, policies, onNews } = deps;
  const seen = createSeen(deps);
  return async ({ id, principal }) => {
    const standing = await unless(isNoRefusal, () => standingOf(people, principal, seen));
    if (standing === undefined) return principal;
    const seenByScript = async (): Promise<string | null> =>
      (await seen(principal.person.id))?.permissionRole ?? null;
    // The person's own token has just worked: only an outage may put this decision off. Any other failure counts, because
    // ignoring it would keep a block from holding.
    const role = await unless(isOutage, () => decidingRole(policies, standing.permissionRole, seenByScript));
    if (role !== undefined) assertStillWanted(policies, principal, role);
    const known = withStanding(standing);
    const current = known(principal);
    if (isSame(current, principal)) return current;
    try {
      if (current.login !== principal.login) {
        const news = await memory.keep(current, { personId: current.person.id, login: current.login });
        if (news !== undefined) onNews(news, current);
      }
      // Last: until the session is updated, the next request repeats these steps.
      await sessions.changePrincipal(id, known);
    } catch (error) {
      // A store that takes no writes does not prevent reads.
      if (toAppError(error).code !== 'UNAVAILABLE') throw error;
    }
    return current;
  };
}

type Seen = StandingSource['describeById'];

/** Reads people as the script, and reuses a read for as long as the settings allow. */
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
    // Do not cache a failed read.
    look.catch(() => {
      if (kept.peek(id) === look) kept.delete(id);
    });
    return look;
  };
}

/** Undefined if the look fails in a way that decides nothing about the person. */
async function unless<T>(
  decidesNothing: (error: AppError) => boolean,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (decidesNothing(toAppError(error))) return undefined;
    throw error;
  }
}

const isNoRefusal = ({ code }: AppError): boolean => !isPersonRefusal(code);

async function standingOf(
  people: StandingSource,
  principal: Principal,
  seen: Seen,
): Promise<Standing | undefined> {
  const { login, person } = principal;
  const as = actingOf(principal);
  if (as.own !== null && as.own.account === null) return standingOfUnlinked(person.id, seen);
  return people.standing(login, as).catch(async (error: unknown) => {
    // The login no longer exists. The person may have another one.
    if (toAppError(error).code !== 'NO_SHOTGUN_USER') throw error;
    const now = await people.describeById(person.id);
    const newLogin = parseLogin(now?.login ?? '');
    if (now === undefined || newLogin === undefined || newLogin === login) throw error;
    if (!now.active) throw new AppError('USER_INACTIVE', { cause: error });
    return people.standing(newLogin, as);
  });
}

/**
 * A person who has not linked their account yet cannot read or write in ShotGrid. Other systems can still be
 * called as them, so the script reads them instead.
 */
async function standingOfUnlinked(id: number, seen: Seen): Promise<Standing> {
  const now = await seen(id);
  const login = parseLogin(now?.login ?? '');
  if (now === undefined || login === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (!now.active) throw new AppError('USER_INACTIVE');
  return { ...now, login };
}

/** A person acts by their own account only because the settings allow it for their role. */
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
