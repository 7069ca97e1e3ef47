import type { Clock } from '../base/clock.ts';
import type { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { FirstOutcome } from '../graphql/execution/first-answers.ts';
import type { GraphqlPart } from '../graphql/graphql.ts';
import type { Principal } from '../identity/person/principal.ts';
import type { SignIn } from '../identity/sign-in.ts';
import type { Landing } from '../launch/landing.ts';
import type { Launches } from '../launch/launches.ts';
import type { SessionUuid } from '../base/ids.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import type { PageScripts } from './pages/page-scripts.ts';
import type { Operations } from '../operations/operations.ts';
import type { Audit } from '../observe/audit.ts';
import type { Slots } from '../store/slots.ts';
import type { OperationObservation } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';
import type { StreamedFile, StreamedUpload } from '../upload/upload-port.ts';

/** Links a person's own ShotGrid account, as far as a browser is concerned. Each method returns the account's id. */
export interface AccountLinking {
  linkByPassphrase(principal: Principal, passphrase: GivenPassphrase, ttlMs: number): Promise<string>;
  /** @param key identifies the requester until the approval is taken */
  askApproval(key: string, principal: Principal): Promise<{ readonly url: string }>;
  /** Undefined while the site waits for the person's approval. */
  takeApproval(key: string, principal: Principal, ttlMs: number): Promise<string | undefined>;
  /** False if ShotGrid no longer accepts the account's tokens. */
  isLinked(account: string): Promise<boolean>;
  forget(account: string): Promise<void>;
}

export interface GivenPassphrase {
  readonly login: string;
  readonly passphrase: string;
  readonly sessionUuid: SessionUuid | null;
}

export interface RequestObservation {
  /** The route's pattern, never the address itself. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

/** The parts of the server. */
export interface HttpParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Limits that all processes share. */
  readonly store: Pick<Store, 'limit'>;
  readonly slots: Slots;
  readonly launches: Launches;
  readonly landing: Landing;
  readonly signIn: SignIn;
  readonly graphql: GraphqlPart;
  readonly operations: Pick<Operations, 'named' | 'firsts'>;
  readonly accounts: AccountLinking;
  /** Begins the token for writes that appear in this window of ShotGrid. Nobody waits for it. */
  expectWrites(principal: Principal, sessionUuid: SessionUuid): void;
  readonly audit: Pick<Audit, 'record' | 'recordRepeated'>;
  /** Streams a file to the storage of ShotGrid, as that person. */
  streamUpload(
    principal: Principal,
    id: string,
    file: StreamedFile & { readonly signal: AbortSignal },
  ): Promise<StreamedUpload>;
  readiness(): Promise<{
    readonly at: string;
    readonly checks: readonly {
      readonly name: string;
      readonly ok: boolean;
      readonly since: string;
      readonly reason?: string;
      readonly detail?: string;
    }[];
  }>;
  metricsText(): Promise<string>;
  observeRequest(observation: RequestObservation): void;
  /** Called for each GraphQL request that was carried out. */
  observeOperation(observation: OperationObservation): void;
  /** Called for what becomes of each query that is begun before its page asks it. */
  countFirst(outcome: FirstOutcome): void;
  /** Called for each error that is answered outside GraphQL. */
  onOutage(error: AppError, requestId: string): void;
}

/** The dependencies of the routes: the parts, the limits of requests, the scripts of our pages. */
export interface HttpDeps extends HttpParts {
  readonly limits: RequestLimits;
  readonly scripts: PageScripts;
}
