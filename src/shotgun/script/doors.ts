import type { ErrorCode } from '../../base/errors.ts';

interface Door {
  /** The data that it reads. It cannot request anything else. */
  readonly reads: string;
  /** Why it cannot be read as a person. */
  readonly why: string;
}

/**
 * Every read of ShotGrid as the script itself. Everything else is read as a person. Each read is passed to
 * `onScriptRead`, which writes it to the audit trail.
 */
export const DOORS = {
  peopleByEmail: {
    reads: 'login, e-mail and status of each `HumanUser` with this e-mail',
    why: 'the identity provider gave an e-mail, and `sudo` takes a login (API 1.4)',
  },
  personByLogin: {
    reads: 'login, e-mail, status, name, role and impersonation flag of the `HumanUser` with this login',
    why: 'it finds out why `sudo` was refused, or describes somebody who may not be impersonated',
  },
  loginLike: {
    reads: 'logins that differ from this one in letter case only',
    why: "nobody has this login; the operator's log names the one that may be meant",
  },
  personById: {
    reads: 'the same fields of the `HumanUser` with this id',
    why: 'the login of somebody who acts by an account of their own may have changed',
  },
  everybody: {
    reads: 'the same fields of every `HumanUser`',
    why: 'an administrator lists people at the command line',
  },
  menuItemEvent: {
    reads: 'one `EventLogEntry` of a chosen menu item, by its id',
    why: 'a light payload names the event only: its person is known after the read',
  },
  menuItemByAddress: {
    reads: 'id and title of the `ActionMenuItem`s with this address',
    why: 'an administrator has `shotgraph init` make a menu item, and it must not be made twice',
  },
  newMenuItem: {
    reads: 'nothing; it makes one `ActionMenuItem`',
    why: 'a menu item is of the site and of no person; no request to the server can open this door',
  },
  schema: {
    reads: 'the enabled types and the fields of each',
    why: 'the schema is about no person, and a person may see a part of it only',
  },
  probe: {
    reads: 'the fixed questions of `shotgraph probe`: how the site answers, never what a row says',
    why: 'an administrator measures the site at the command line, and the rights of a person would hide what it does',
  },
} as const satisfies Readonly<Record<string, Door>>;

/** The name of a door, as the audit trail shows it. */
export type DoorName = keyof typeof DOORS;

/** One read, or the making of a menu item, as the script. */
export interface ScriptRead {
  readonly door: DoorName;
  /** Id of the record, if the door reads one record by its id. */
  readonly id: number | null;
  /** Null if the site answered. */
  readonly failure: ErrorCode | null;
}

/** Receives every read that was made as the script. */
export type OnScriptRead = (read: ScriptRead) => void;

/** For commands of an administrator. They have no audit trail; the operator sees the output. */
export const atTheShell: OnScriptRead = () => undefined;

/** The list of doors as a Markdown table, for ARCHITECTURE. */
export function renderDoors(): string {
  const rows = Object.entries(DOORS).map(([name, { reads, why }]) => `| \`${name}\` | ${reads} | ${why} |`);
  return ['| door | reads | why not as a person |', '|---|---|---|', ...rows].join('\n');
}
