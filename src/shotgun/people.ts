import { AppError } from '../base/errors.ts';
import type { Login } from '../base/ids.ts';
import { ScriptDoor } from './script-door.ts';
import type { ScriptDoorDeps } from './script-door.ts';
import { parseRows, toSearchCall } from './search.ts';
import type { EntityLink, FieldValue, Row, Shotgun } from './shotgun.ts';

export interface PersonLogin {
  readonly login: string;
  /** False where the account is disabled: then nobody can act as this person. */
  readonly active: boolean;
}

export interface Self {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null where the person may not see it. */
  readonly permissionRole: string | null;
}

export interface People {
  /** Everybody whose e-mail is this one, in any case of letters; none for an empty one. */
  loginsByEmail(email: string): Promise<readonly PersonLogin[]>;
  /**
   * The person behind the login, read as that person.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or that the site is out of order
   */
  self(login: Login): Promise<Self>;
  close(): Promise<void>;
}

export interface PeopleDeps extends ScriptDoorDeps {
  readonly shotgun: Shotgun;
}

const MAX_MATCHES = 25;

/** Finds the one `HumanUser` that somebody who has just signed in is. */
export function createPeople(deps: PeopleDeps): People {
  const directory = new Directory(deps);
  return {
    loginsByEmail: (email) => directory.loginsByEmail(email),
    self: (login) => readSelf(deps.shotgun, login),
    close: () => directory.close(),
  };
}

/**
 * The one read of rows as the script. It exists because nobody is known yet: `sudo` takes a login
 * (API 1.4), and where the identity provider gives an e-mail only, the login has to be found first. It asks
 * for one type and three fields by an exact address, and has no way to ask for anything else.
 */
class Directory {
  readonly #door: ScriptDoor;

  constructor(deps: ScriptDoorDeps) {
    this.#door = new ScriptDoor(deps, 2);
  }

  async loginsByEmail(email: string): Promise<readonly PersonLogin[]> {
    // An empty address would match everybody who has none (API 3.3).
    if (email.trim() === '') return [];
    const call = toSearchCall({
      type: 'HumanUser',
      filter: { logical_operator: 'and', conditions: [['email', 'is', email]] },
      fields: ['login', 'email', 'sg_status_list'],
      pageSize: MAX_MATCHES,
    });
    const answer = await this.#door.read({
      ...call,
      method: 'POST',
      path: '/entity/HumanUser/_search',
      isRepeatable: true,
    });
    return parseRows(answer).flatMap((row) => toPersonLogin(row, email));
  }

  close(): Promise<void> {
    return this.#door.close();
  }
}

function toPersonLogin(row: Row, email: string): PersonLogin[] {
  const { login, email: found, sg_status_list: status } = row.fields;
  const isSame = typeof found === 'string' && found.toLowerCase() === email.toLowerCase();
  return isSame && typeof login === 'string' ? [{ login, active: status === 'act' }] : [];
}

async function readSelf(shotgun: Shotgun, login: Login): Promise<Self> {
  const rows = await shotgun.as(login).search({
    type: 'HumanUser',
    filter: { logical_operator: 'and', conditions: [['login', 'is', login]] },
    fields: ['login', 'name', 'email', 'permission_rule_set'],
    pageSize: MAX_MATCHES,
  });
  // Text filters ignore the case of letters (API 3.3); a login does not.
  const [person, ...others] = rows.filter((row) => row.fields['login'] === login);
  if (person === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (others.length > 0) throw new AppError('AMBIGUOUS_USER');
  const { name, email, permission_rule_set: role } = person.fields;
  return {
    id: person.id,
    name: textOf(name) ?? login,
    email: textOf(email),
    permissionRole: isNamed(role) ? role.name : null,
  };
}

const textOf = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const isNamed = (value: FieldValue | undefined): value is EntityLink =>
  typeof value === 'object' && value !== null && 'name' in value;
