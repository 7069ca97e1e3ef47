import { AppError } from '../base/errors.ts';
import type { Login } from '../base/ids.ts';
import { type Described, type Directory, type PersonLogin, roleOf, textOf } from './directory.ts';
import type { Shotgun } from './shotgun.ts';

export interface Self {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null where the person may not see it. */
  readonly permissionRole: string | null;
}

export interface People {
  /** Everybody whose e-mail is this one, A to Z being the same as a to z; none for an empty one. */
  loginsByEmail(email: string): Promise<readonly PersonLogin[]>;
  /** What the site knows of somebody whom nobody may act as; undefined where there is none of that login. */
  describe(login: Login): Promise<Described | undefined>;
  /**
   * The person behind the login, read as that person.
   *
   * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, the refusals of `sudo`, or that the site is out of order
   */
  self(login: Login): Promise<Self>;
}

export interface PeopleDeps {
  readonly directory: Directory;
  readonly shotgun: Pick<Shotgun, 'as'>;
}

const MAX_MATCHES = 25;

/** Finds the one `HumanUser` that somebody who has just signed in is. */
export function createPeople({ directory, shotgun }: PeopleDeps): People {
  return {
    loginsByEmail: (email) => directory.byEmail(email),
    describe: (login) => directory.byLogin(login),
    self: (login) => readSelf(shotgun, login),
  };
}

async function readSelf(shotgun: Pick<Shotgun, 'as'>, login: Login): Promise<Self> {
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
    permissionRole: roleOf(role),
  };
}
