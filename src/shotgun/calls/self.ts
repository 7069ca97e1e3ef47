import { allOf } from '../port/requests.ts';
import type { Self } from '../port/actor.ts';
import type { EntityLink, FieldValue, Row } from '../port/records.ts';
import { AppError } from '../../base/errors.ts';
import { foldAscii } from '../../base/fold-ascii.ts';
import type { Login } from '../../base/ids.ts';

import type { PersonCaller } from '../wire/person-caller.ts';
import { searchRows } from '../calls/search.ts';

/** Page size when looking up a person by login or address. */
export const MAX_MATCHES = 25;

/**
 * All matching rows. A full page may hide more: the intended person, or a second match.
 *
 * @throws AppError AMBIGUOUS_USER if the page is full
 */
export function allMatches(rows: readonly Row[]): readonly Row[] {
  if (rows.length >= MAX_MATCHES) throw new AppError('AMBIGUOUS_USER');
  return rows;
}

/**
 * The person that the caller acts as. The site has no route that returns a token's person (API 1.3), so this looks
 * the person up by the login that the token was minted for.
 *
 * @throws AppError NO_SHOTGUN_USER, AMBIGUOUS_USER, or a failure of the site
 */
export async function readSelf(caller: PersonCaller): Promise<Self> {
  const { login } = caller;
  const page = await searchRows({
    type: 'HumanUser',
    filter: allOf(['login', 'is', login]),
    fields: ['login', 'name', 'email', 'permission_rule_set', 'sg_status_list'],
    pageSize: MAX_MATCHES,
  }).run(caller);
  const rows = allMatches(page);
  // Text filters ignore letter case (API 3.3); a login does not.
  const [person, ...others] = rows.filter((row) => row.fields['login'] === login);
  if (person === undefined) throw new AppError('NO_SHOTGUN_USER');
  if (others.length > 0 || hasNamesake(rows, login)) throw new AppError('AMBIGUOUS_USER');
  const { name, email, permission_rule_set: role } = person.fields;
  return { id: person.id, name: textOf(name) ?? login, email: textOf(email), permissionRole: roleOf(role) };
}

/** Whether `sudo` distinguishes letter case is unknown (API 1.4). If two people match, impersonate neither. */
function hasNamesake(rows: readonly Row[], login: Login): boolean {
  const folded = foldAscii(login);
  return rows.some(
    ({ fields: { login: other, sg_status_list: status } }) =>
      typeof other === 'string' && other !== login && status === 'act' && foldAscii(other) === folded,
  );
}

/** The text of a field; null if missing or empty. */
export const textOf = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The name of a permission role in a field that was read as a link; null if there is none. */
export function roleOf(value: FieldValue | undefined): string | null {
  return hasName(value) ? value.name : null;
}

const hasName = (value: FieldValue | undefined): value is EntityLink =>
  typeof value === 'object' && value !== null && 'name' in value;
