import type { Caller, Storage, StoredRecord, Switches } from '../ports.ts';
import { SiteError } from '../ports.ts';
import { authSwitch } from './auth-switches.ts';
import { findPerson, isActive, loginOf, roleOf, textOf } from './people.ts';

/** The authenticated client at the token endpoint, and the person it wants to act for. Kept by the refresh token. */
export interface Grant {
  readonly user: { readonly type: 'HumanUser' | 'ApiUser'; readonly id: number };
  readonly authType: string;
  /** What came after `sudo_as_login:` in the scope; null without it. */
  readonly sudoLogin: string | null;
  readonly sessionUuid: string | null;
}

/**
 * The caller that a grant makes, by the flags and states of this moment.
 * Throws the refusals of sudo (API 1.4), all 400 with code 102.
 */
export function callerOfGrant(storage: Storage, switches: Switches, grant: Grant): Caller {
  const row = storage.get(grant.user.type, grant.user.id);
  if (!row || row.retired) throw new SiteError(401, 102, 'Unauthorized', { detail: 'Token invalid' });
  const script =
    grant.user.type === 'ApiUser'
      ? { type: 'ApiUser' as const, id: row.id, name: textOf(row, 'firstname') }
      : null;
  if (grant.sudoLogin === null) {
    return {
      actor: { type: grant.user.type, id: row.id },
      script,
      sudoLogin: null,
      sessionUuid: grant.sessionUuid,
      role: roleOf(storage, row),
    };
  }
  assertMaySudo(storage, switches, row);
  const person = sudoTarget(storage, switches, grant.sudoLogin);
  return {
    actor: { type: 'HumanUser', id: person.id },
    script,
    sudoLogin: loginOf(person),
    sessionUuid: grant.sessionUuid,
    role: roleOf(storage, person),
  };
}

function assertMaySudo(storage: Storage, switches: Switches, row: StoredRecord): void {
  const right = authSwitch(switches, 'auth.sudoRight');
  if (right === 'every_role' || right === roleOf(storage, row)) return;
  const name = row.type === 'ApiUser' ? textOf(row, 'firstname') : loginOf(row);
  throw refusal(`The user does not have permission to 'sudo': '${name}'`);
}

function sudoTarget(storage: Storage, switches: Switches, login: string): StoredRecord {
  const anyCase = authSwitch(switches, 'auth.loginCase') === 'insensitive';
  const same = anyCase
    ? (other: string) => other.toLowerCase() === login.toLowerCase()
    : (other: string) => other === login;
  const person = findPerson(storage, same);
  if (!person || person.retired) throw refusal(`Cannot 'sudo' - unknown or retired user: '${login}'`);
  const refusals = [
    { holds: !isActive(person), title: `Cannot 'sudo' - inactive user account: '${login}'` },
    {
      // The flag's default is true on a new row: only an explicit false exempts (API 1.4).
      holds: person.values.can_impersonate_this_user === false,
      title: `Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: '${login}'`,
    },
  ];
  if (authSwitch(switches, 'auth.sudoRefusalOrder') === 'flag_first') refusals.reverse();
  const first = refusals.find((one) => one.holds);
  if (first) throw refusal(first.title);
  return person;
}

function refusal(title: string): SiteError {
  return new SiteError(400, 102, title);
}
