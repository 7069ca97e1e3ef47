import { AppError } from '../base/errors.ts';
import type { SystemConfig } from '../config/config.ts';
import type { ConnectorCall, SystemClient } from './connector.ts';
import { createSystemClient } from './system-client.ts';
import { refusalBy } from './system-errors.ts';
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
  return (request) => {
    const clientOf = (config: SystemConfig): SystemClient => clientFor(config, tokens, request);
    const { subject, login, email } = request.person;
    return (name) => {
      const config = byName.get(name);
      if (config === undefined) return null;
      return {
        person: { subject, login, email },
        system: clientOf(config),
        use(other) {
          const used = byName.get(other);
          if (used !== undefined) return clientOf(used);
          throw new AppError('SYSTEM_BROKEN', { details: { system: name, reason: 'use' } });
        },
        fail(refusal) {
          throw refusalBy(name, refusal);
        },
      };
    };
  };
}

const clientFor = (
  config: SystemConfig,
  tokens: SystemTokens,
  { person, requestId, signal, onSent }: SystemRequest,
): SystemClient =>
  createSystemClient({
    config,
    credentials: (refused) => tokens.credentials(config, person, refused),
    requestId,
    signal,
    ...(onSent !== undefined && { onSent }),
  });
