import type DataLoader from 'dataloader';
import type { SessionUuid } from '../../base/ids.ts';
import type { Principal } from '../../identity/person/principal.ts';
import type { Launch } from '../../launch/launch.ts';
import type { Change } from '../../query/calls/audited-client.ts';
import type { Work } from '../../query/work.ts';
import type { AppError } from '../../base/errors.ts';
import type { ConnectedRow } from '../../systems/connector.ts';
import type { SystemCalls } from '../../systems/systems.ts';
import type { AuditScope } from './audit-work.ts';
import type { Uploads } from '../../upload/upload-port.ts';

/** What the resolvers of one request may use: everything in it is of one person and lives for that request. */
export interface GraphqlContext extends Work {
  readonly principal: Principal;
  readonly requestId: string;
  /** Ends with the request's time, or with its client. */
  readonly signal: AbortSignal;
  readonly audit: AuditScope;
  readonly uploads: Uploads;
  /** Other systems of the studio, as the person. */
  readonly systems: SystemCalls;
  /** What systems were asked of rows, by field and arguments; emptied by each change. */
  readonly systemRows: Map<string, DataLoader<ConnectedRow, unknown, string>>;
  /** Tells of a change in another system, after which everything is read anew. */
  recordSystemChange(system: string, field: string, error: AppError | null): void;
  /** ShotGrid does not let us act for the person any more. */
  onPersonGone(): void;
  readLaunch(id: string): Promise<Launch | undefined>;
}

/** Makes what one request may do, as one person. */
export type WorkFor = (
  principal: Principal,
  options: {
    readonly sessionUuid?: SessionUuid;
    readonly signal: AbortSignal;
    readonly maxSearches: number;
    readonly onChange: (change: Change) => void;
  },
) => Work;
