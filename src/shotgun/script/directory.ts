import { allMatches, MAX_MATCHES, roleOf, textOf } from '../calls/self.ts';
import { AppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import type { Login } from '../../base/ids.ts';
import type { DoorName } from './doors.ts';
import { ScriptDoor, type ScriptDoorDeps } from './script-door.ts';
import { parseRows, toSearchCall } from '../calls/search.ts';
import type { Row } from '../port/records.ts';
import type { FilterCondition, FilterGroup, SearchRequest } from '../port/requests.ts';

export interface PersonLogin {
  readonly login: string;
  /** False where the account is disabled: then nobody can act as this person. */
  readonly active: boolean;
}

/** What the site knows of a person before anybody acts as them. */
export interface Described extends PersonLogin {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null where the site does not say. */
  readonly permissionRole: string | null;
  /** Whether the script may act as them; null where the site does not say. */
  readonly canBeImpersonated: boolean | null;
}

/**
 * The one read of people as the script. It exists because nobody can be acted as yet: `sudo` takes a login (API 1.4), and
 * where the identity provider gives an e-mail only, the login has to be found first; and who may not be acted as is read
 * here or not at all. It asks for one type and a few fields: of one person by login, id or address, or of all for an
 * administrator's list.
 */
export interface Directory {
  /**
   * Everybody whose e-mail is this one, A to Z being the same as a to z; none for an empty one.
   * Errors: `AMBIGUOUS_USER` where so many are like it that not all of them were seen.
   */
  byEmail(email: string): Promise<readonly PersonLogin[]>;
  /** Errors: `AMBIGUOUS_USER` for two of this login, or where not all that are like it were seen. */
  byLogin(login: Login): Promise<Described | undefined>;
  /**
   * The first login that is this one but for A to Z and a to z, and not the same.
   * Errors: `AMBIGUOUS_USER` where not all that are like it were seen.
   */
  nearLogin(login: Login): Promise<Login | undefined>;
  /** Undefined for one who is retired. */
  byId(id: number): Promise<Described | undefined>;
  /** Everybody, page by page, for an administrator at the command line. */
  everybody(): AsyncIterable<Described>;
  close(): Promise<void>;
}

const PAGE_SIZE = 500;

const allOf = (...conditions: FilterCondition[]): FilterGroup => ({ logical_operator: 'and', conditions });
const LOGIN_FIELDS = ['login', 'email', 'sg_status_list'] as const;
const FIELDS = [...LOGIN_FIELDS, 'name', 'permission_rule_set', 'can_impersonate_this_user'] as const;

type Read = { readonly door: DoorName; readonly id?: number };
type Search = Omit<SearchRequest, 'type'>;

async function readPeople(door: ScriptDoor, through: Read, search: Search): Promise<readonly Row[]> {
  const call = toSearchCall({ type: 'HumanUser', ...search });
  const path = '/entity/HumanUser/_search';
  return parseRows(await door.read(through, { ...call, method: 'POST', path, isRepeatable: true }));
}

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
      // An empty address would match everybody who has none (API 3.3).
      if (email.trim() === '') return [];
      const found = await search({ door: 'peopleByEmail' }, ['email', 'is', email], LOGIN_FIELDS);
      // The site compares as it likes (API 3.3), perhaps by Unicode's folding: its answer is compared again.
      const wanted = foldAscii(email);
      return found
        .filter((person) => person.email !== null && foldAscii(person.email) === wanted)
        .map(({ login, active }) => ({ login, active }));
    },
    // Text filters ignore the case of letters (API 3.3); a login does not.
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
