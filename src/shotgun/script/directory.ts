import { allMatches, MAX_MATCHES, roleOf, textOf } from '../calls/self.ts';
import { AppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import type { Login } from '../../base/ids.ts';
import type { DoorName } from './doors.ts';
import { ScriptDoor, type ScriptDoorDeps } from './script-door.ts';
import { parseRows, toSearchCall } from '../calls/search.ts';
import type { Row } from '../port/records.ts';
import { allOf, type FilterCondition, type SearchRequest } from '../port/requests.ts';
import type { Self, Standing } from '../port/actor.ts';
import type { ActingOptions, Shotgun } from '../client/shotgun.ts';

interface PersonLogin {
  readonly login: string;
  /** False if the account is disabled: then it cannot be impersonated. */
  readonly active: boolean;
}

/** The site's record of a person, read before anyone acts as them. */
export interface Described extends PersonLogin {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null if the site gives none. */
  readonly permissionRole: string | null;
  /** Whether the script may impersonate this person; null if the site does not say. */
  readonly canBeImpersonated: boolean | null;
}

/**
 * The one read of people as the script. It exists because no one can be impersonated yet. `sudo` takes a login
 * (API 1.4): if the identity provider gives only an e-mail, the login has to be found first. A person who may not
 * be impersonated can be read only here. It requests one type and a few fields: for one person by login, id or
 * address, or for all people in an administrator's list.
 */
export interface Directory {
  /**
   * Every person with this e-mail, ignoring the case of A to Z; none for an empty one. Errors: `AMBIGUOUS_USER` if
   * so many match that some were not read.
   */
  byEmail(email: string): Promise<readonly PersonLogin[]>;
  /** Errors: `AMBIGUOUS_USER` if two people have this login, or if so many are similar that some were not read. */
  byLogin(login: Login): Promise<Described | undefined>;
  /**
   * The first login that differs from this one only in the case of A to Z. Errors: `AMBIGUOUS_USER` if so many are
   * similar that some were not read.
   */
  nearLogin(login: Login): Promise<Login | undefined>;
  /** Undefined for a retired person. */
  byId(id: number): Promise<Described | undefined>;
  /** Every person, page by page, for an administrator at the command line. */
  everybody(): AsyncIterable<Described>;
  close(): Promise<void>;
}

const PAGE_SIZE = 500;

const LOGIN_FIELDS = ['login', 'email', 'sg_status_list'] as const;
const FIELDS = [...LOGIN_FIELDS, 'name', 'permission_rule_set', 'can_impersonate_this_user'] as const;

type Read = { readonly door: DoorName; readonly id?: number };
type Search = Omit<SearchRequest, 'type'>;

async function readPeople(door: ScriptDoor, through: Read, search: Search): Promise<readonly Row[]> {
  const call = toSearchCall({ type: 'HumanUser', ...search });
  const path = '/entity/HumanUser/_search';
  return parseRows(await door.read(through, { ...call, method: 'POST', path, isRepeatable: true }));
}

/** Creates a directory with its own connections. */
export function createDirectory(deps: ScriptDoorDeps): Directory {
  const door = new ScriptDoor(deps, 2);
  const read = (through: Read, search: Search): Promise<readonly Row[]> => readPeople(door, through, search);
  const search = async (
    through: Read,
    condition: FilterCondition,
    fields: readonly string[],
  ): Promise<readonly Described[]> => {
    const page = await read(through, { filter: allOf(condition), fields, pageSize: MAX_MATCHES });
    return allMatches(page).flatMap(toDescribed);
  };
  return {
    async byEmail(email) {
      // An empty address would match every person without one (API 3.3).
      if (email.trim() === '') return [];
      const found = await search({ door: 'peopleByEmail' }, ['email', 'is', email], LOGIN_FIELDS);
      // The site may compare by other rules (API 3.3), perhaps Unicode folding, so compare its answer again.
      const wanted = foldAscii(email);
      return found
        .filter((person) => person.email !== null && foldAscii(person.email) === wanted)
        .map(({ login, active }) => ({ login, active }));
    },
    // Text filters ignore letter case (API 3.3); a login does not.
    async byLogin(login) {
      const found = await search({ door: 'personByLogin' }, ['login', 'is', login], FIELDS);
      const [person, ...others] = found.filter((each) => each.login === login);
      if (others.length > 0) throw new AppError('AMBIGUOUS_USER');
      return person;
    },
    nearLogin: async (login) =>
      (await search({ door: 'loginLike' }, ['login', 'is', login], LOGIN_FIELDS))
        .map((person) => person.login as Login)
        .find((found) => found !== login && foldAscii(found) === foldAscii(login)),
    byId: async (id) =>
      (await search({ door: 'personById', id }, ['id', 'is', id], FIELDS)).find((person) => person.id === id),
    async *everybody() {
      for (let pageNumber = 1; ; pageNumber += 1) {
        const page = await read(
          { door: 'everybody' },
          {
            filter: allOf(),
            fields: FIELDS,
            sort: 'id',
            pageSize: PAGE_SIZE,
            pageNumber,
          },
        );
        yield* page.flatMap(toDescribed);
        if (page.length < PAGE_SIZE) return;
      }
    },
    close: () => door.close(),
  };
}

function toDescribed({ id, fields }: Row): Described[] {
  const { login, name, email, sg_status_list: status, permission_rule_set: role } = fields;
  const flag = fields['can_impersonate_this_user'];
  if (typeof login !== 'string') return [];
  return [
    {
      id,
      login,
      name: textOf(name) ?? login,
      email: textOf(email),
      permissionRole: roleOf(role),
      active: status === 'act',
      canBeImpersonated: typeof flag === 'boolean' ? flag : null,
    },
  ];
}

/** The searches for people that a sign-in needs. */
export interface People {
  /** Every person with this e-mail, ignoring the case of A to Z; none for an empty one. */
  loginsByEmail(email: string): Promise<readonly PersonLogin[]>;
  /** The site's record of a person who may not be impersonated; undefined if the login is unknown. */
  describe(login: Login): Promise<Described | undefined>;
  /** A login that differs from this one only in letter case, if there is one. */
  nearLogin(login: Login): Promise<Login | undefined>;
  /** The same by id, whatever the current login is. */
  describeById(id: number): Promise<Described | undefined>;
  /**
   * The person behind the login, read as that person.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or a failure of the site
   */
  self(login: Login): Promise<Self>;
  /** The person's current state, as in `Shotgun.standing`. */
  standing(login: Login, options: ActingOptions): Promise<Standing | undefined>;
}

interface PeopleDeps {
  readonly directory: Directory;
  readonly shotgun: Pick<Shotgun, 'identify' | 'standing'>;
}

/** Finds the `HumanUser` of a person who has just signed in. */
export function createPeople({ directory, shotgun }: PeopleDeps): People {
  return {
    loginsByEmail: (email) => directory.byEmail(email),
    describe: (login) => directory.byLogin(login),
    nearLogin: (login) => directory.nearLogin(login),
    describeById: (id) => directory.byId(id),
    self: (login) => shotgun.identify(login),
    standing: (login, options) => shotgun.standing(login, options),
  };
}
