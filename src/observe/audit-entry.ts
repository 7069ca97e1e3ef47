import type { ErrorCode } from '../base/errors.ts';

/**
 * A recorded event: who did or was refused what, as whom and by which way. Every field is an id, a name of the
 * schema or a code of ours. No field contains values, tokens, addresses or names of people.
 */
export interface AuditEntry {
  readonly action: AuditAction;
  /** `failed`: certainly not made. `unknown`: it may have been made. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'unknown';
  /** From the table of errors, if it was not done. */
  readonly code?: ErrorCode;
  readonly requestId?: string;
  readonly issuer?: string;
  readonly subject?: string;
  /** The acting login. */
  readonly login?: string;
  /** `HumanUser.id`: a login can change or pass to another person, the id is the person. */
  readonly personId?: number;
  /** The person's previous login. */
  readonly formerLogin?: string;
  /** `lost` if the account's record exists but no configured encryption key opens it. */
  readonly memory?: 'lost';
  readonly way?: 'sudo' | 'own' | 'script';
  /** Which of the reads that are made as the script; with `way: script`. */
  readonly door?: string;
  /** How the person authenticated. */
  readonly by?: 'session' | 'bearer';
  /** Name of the menu item. */
  readonly ami?: string;
  /** Identifies the launch: equal in all records that follow from it. */
  readonly launch?: string;
  /** Joins with `EventLogEntry.session_uuid` of the site. */
  readonly sessionUuid?: string;
  /** How many more of the same occurred since the previous record of this kind. */
  readonly count?: number;
  /** Why a session was ended. */
  readonly reason?: string;
  /** The front end, script or service that asked, by its name in `shotgraph.yml`. */
  readonly tool?: string;
  /** Name of the GraphQL operation; `unknown` where the tool has a list and it is not there. */
  readonly operation?: string;
  readonly change?: string;
  /** False for a change of which nothing was sent to ShotGrid. */
  readonly sent?: false;
  /** Name of another system, if the change was made there. */
  readonly system?: string;
  readonly entity?: { readonly type: string; readonly id: number | null };
  /** System names of the written fields. */
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
