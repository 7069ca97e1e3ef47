import type { SystemConfig } from '../config/config.ts';
import type { ConnectorCall } from './connector.ts';
import { createSystemClient } from './system-client.ts';
import type { SystemPerson, SystemTokens } from './system-tokens.ts';

/** The systems that one request may call: each configured one, as the request's person. */
export type SystemCalls = (system: string) => ConnectorCall | null;

export interface SystemRequest {
  readonly person: SystemPerson & { readonly email: string | null };
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Called for each call that may have changed something. */
  readonly onSent?: () => void;
}

/** Creates the system calls of each request. */
export function createSystems(
  configs: readonly SystemConfig[],
  tokens: SystemTokens,
): (request: SystemRequest) => SystemCalls {
  const byName = new Map(configs.map((config) => [config.name, config]));
  return ({ person, requestId, signal, onSent }) =>
    (name) => {
      const config = byName.get(name);
      if (config === undefined) return null;
      const { subject, login, email } = person;
      const system = createSystemClient({
        config,
        credentials: (refused) => tokens.credentials(config, person, refused),
        requestId,
        signal,
        ...(onSent !== undefined && { onSent }),
      });
      return { person: { subject, login, email }, system };
    };
}
