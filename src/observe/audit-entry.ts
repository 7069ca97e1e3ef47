import type { ErrorCode } from '../base/errors.ts';

/**
 * What is recorded: who did or was refused what, as whom and by which way. Every field is an id, a name of the schema or a
 * code of ours. There is none for values, tokens, addresses or names of people.
 */
export interface AuditEntry {
  readonly action: AuditAction;
  /** `failed`: not made for sure. `unknown`: it may have been made. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'unknown';
  /** Of the table of errors, where it was not done. */
  readonly code?: ErrorCode;
  readonly requestId?: string;
  readonly issuer?: string;
  readonly subject?: string;
  /** The acting login. */
  readonly login?: string;
  /** `HumanUser.id`: a login changes and is given to somebody else, the id is the person. */
  readonly personId?: number;
  /** What the person was called before. */
  readonly formerLogin?: string;
  /** `lost` where a record of the account was there that no encryption key of the settings opens. */
  readonly memory?: 'lost';
  readonly way?: 'sudo' | 'own' | 'script';
  /** Which of the reads that are made as the script; with `way: script`. */
  readonly door?: string;
  /** How the person came in. */
  readonly by?: 'session' | 'bearer';
  /** Name of the menu item. */
  readonly ami?: string;
  /** Stands for the launch: the same for all that came of it. */
  readonly launch?: string;
  /** Joins with `EventLogEntry.session_uuid` of the site. */
  readonly sessionUuid?: string;
  /** How many more of the same there were, since the record of this kind before it. */
  readonly count?: number;
  /** Why a session was ended. */
  readonly reason?: string;
  /** Name of the GraphQL operation. */
  readonly operation?: string;
  readonly change?: string;
  /** False for a change of which nothing has left for ShotGrid. */
  readonly sent?: false;
  /** Name of another system, where the change was made there. */
  readonly system?: string;
  readonly entity?: { readonly type: string; readonly id: number | null };
  /** System names of what was written. */
  readonly fields?: readonly string[];
  /** The id that the site gave its refusal. */
  readonly upstreamErrorId?: string;
}

export type AuditAction =
  | 'server.started'
  | 'server.stopped'
  | 'launch.landed'
  | 'launch.claimed'
  | 'sign_in'
  | 'sign_out'
  | 'account.mapped'
  | 'account.renamed'
  | 'account.linked'
  | 'account.forgotten'
  | 'access'
  | 'change';
