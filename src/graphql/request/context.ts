import type { SessionUuid } from '../../base/ids.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { Launch } from '../../launch/launch.ts';
import type { LoggedCall } from '../../query/calls/call-log.ts';
import type { Change } from '../../query/calls/change-log.ts';
import type { Work, WorkOptions } from '../../query/work.ts';
import type { AppError } from '../../base/errors.ts';
import type { SystemCalls } from '../../systems/systems.ts';
import type { AuditScope } from './audit-work.ts';
import type { RowBatches } from './row-batches.ts';
import type { Uploads } from '../../upload/upload-port.ts';

/** A session and a launch that it has claimed. */
export interface LaunchOfSession {
  /** Key of the session. */
  readonly session: string;
  readonly launchId: string;
}

/** The tools of one request's resolvers. All of it belongs to one person and lives as long as the request. */
export interface GraphqlContext extends Work {
  readonly principal: Principal;
  readonly requestId: string;
  /** Of this server, for links to its pages. */
  readonly publicUrl: string;
  /** Aborts when the request times out or its client leaves. */
  readonly signal: AbortSignal;
  readonly audit: AuditScope;
  readonly uploads: Uploads;
  /** Calls to the studio's other systems, as the person. */
  readonly systems: SystemCalls;
  /** Values of fields that systems and classes add to rows. Each change clears them. */
  readonly rowBatches: RowBatches;
  /** Records a change in another system. All later reads are fresh. */
  recordSystemChange(system: string, field: string, error: AppError | null): void;
  /** Records a refusal that the answer does not tell. */
  recordRefusal(error: unknown): void;
  /** Called when ShotGrid no longer lets us act for the person. */
  onPersonGone(): void;
  /** The launch that the request names in its header. */
  readonly launch: Launch | undefined;
  /**
   * Why every field of Mutation is refused: the launch is over or not the person's, so the ShotGrid page that it
   * came from would not see what is written.
   */
  readonly launchRefusal?: AppError | undefined;
  /** Whose answer that was begun before it was asked this request may take; none where it is not of a session and a launch. */
  readonly launchOfSession?: LaunchOfSession | undefined;
  /** The calls of the answer that it took. */
  callsBefore?: readonly LoggedCall[];
  readLaunch(id: string): Promise<Launch | undefined>;
}

/** Creates the readers and writers of one request, as one person. */
export type WorkFor = (
  principal: Principal,
  options: {
    readonly sessionUuid?: SessionUuid;
    readonly session: string;
    readonly signal: AbortSignal;
    readonly maxSearches: number;
    readonly spend?: WorkOptions['spend'];
    readonly onChange: (change: Change) => void;
  },
) => Work;
