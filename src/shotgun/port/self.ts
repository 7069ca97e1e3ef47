import { AppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import type { Login } from '../../base/ids.ts';
import { roleOf, textOf } from '../script/directory.ts';
import type { PersonCaller } from '../acting/person-caller.ts';
import { searchRows } from '../calls/search.ts';
import type { Row } from './shotgun.ts';

/** A person as they see themselves. */
export interface Self {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** Null where the person may not see it. */
  readonly permissionRole: string | null;
}

const MAX_MATCHES = 25;

/**
 * The person whom the caller acts as. No route of the site says whom a token stands for (API 1.3), so they are looked up by
 * the login that it was made for.
 *
 * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, or that the site is out of order
 */
export async function readSelf(caller: PersonCaller): Promise<Self> {
  const { login } = caller;
  const rows = await searchRows(caller, {
    type: 'HumanUser',
    filter: { logical_operator: 'and', conditions: [['login', 'is', login]] },
    fields: ['login', 'name', 'email', 'permission_rule_set', 'sg_status_list'],
    pageSize: MAX_MATCHES,
  });
  // Text filters ignore the case of letters (API 3.3); a login does not.
  const [person, ...others] = rows.filter((row) => row.fields['login'] === login);
  if (person === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (others.length > 0 || hasNamesake(rows, login)) throw new AppError('AMBIGUOUS_USER');
  const { name, email, permission_rule_set: role } = person.fields;
  return { id: person.id, name: textOf(name) ?? login, email: textOf(email), permissionRole: roleOf(role) };
}

/** Whether `sudo` tells upper from lower case is unknown (API 1.4): of two who could be meant, nobody is acted as. */
function hasNamesake(rows: readonly Row[], login: Login): boolean {
  const folded = foldAscii(login);
  return rows.some(
    ({ fields: { login: other, sg_status_list: status } }) =>
      typeof other === 'string' && other !== login && status === 'act' && foldAscii(other) === folded,
  );
}
