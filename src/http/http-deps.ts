import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import type { GraphqlPart } from '../graphql/graphql.ts';
import type { Attempts } from '../identity/attempts.ts';
import type { Mapping } from '../identity/mapping.ts';
import type { Oidc } from '../identity/oidc-port.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Landing } from '../launch/landing.ts';
import type { Launches } from '../launch/launches.ts';

/** What signing in is made of. */
export interface SignIn {
  readonly oidc: Oidc;
  readonly attempts: Attempts;
  readonly sessions: Sessions;
  readonly mapping: Mapping;
}

export interface RequestObservation {
  /** The route's pattern, never the address itself. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface HttpDeps {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly launches: Launches;
  readonly landing: Landing;
  readonly signIn: SignIn;
  readonly graphql: GraphqlPart;
  readiness(): Promise<readonly { readonly name: string; readonly ok: boolean; readonly reason?: string }[]>;
  metricsText(): Promise<string>;
  observeRequest(observation: RequestObservation): void;
}
