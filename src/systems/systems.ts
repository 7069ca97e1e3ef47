import { AppError, toAppError } from '../base/errors.ts';
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
  /** Makes a call, and counts it among those of the request. */
  readonly around?: <T>(call: CallName, run: () => Promise<T>) => Promise<T>;
}

/** A call to a system, without its address. */
interface CallName {
  readonly system: string;
  /** The method in lower case. */
  readonly kind: string;
}

/** The result of one call to a system, for the metrics. */
export interface SystemCallObservation extends CallName {
  /** `done`, or the code of the failure. */
  readonly outcome: string;
  /** With the wait for its token. */
  readonly durationMs: number;
}

/** Creates the system calls of each request. */
export function createSystems(
  configs: readonly SystemConfig[],
  tokens: SystemTokens,
  onCall: (call: SystemCallObservation) => void = () => undefined,
): (request: SystemRequest) => SystemCalls {
  const byName = new Map(configs.map((config) => [config.name, config]));
  return (request) => {
    const clientOf = (config: SystemConfig): SystemClient => clientFor(config, tokens, request, onCall);
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

function clientFor(
  config: SystemConfig,
  tokens: SystemTokens,
  { person, requestId, signal, onSent, around = (_, run) => run() }: SystemRequest,
  onCall: (call: SystemCallObservation) => void,
): SystemClient {
  const client = createSystemClient({
    config,
    credentials: (refused) => tokens.credentials(config, person, refused),
    requestId,
    signal,
    ...(onSent !== undefined && { onSent }),
  });
  const observed = (method: string, run: () => Promise<unknown>): Promise<unknown> => {
    const name = { system: config.name, kind: method.toLowerCase() };
    return around(name, () => measured(name, run, onCall));
  };
  return {
    get: (...args) => observed('get', () => client.get(...args)),
    send: (...args) => observed(args[0], () => client.send(...args)),
  };
}

async function measured<T>(
  name: CallName,
  run: () => Promise<T>,
  onCall: (call: SystemCallObservation) => void,
): Promise<T> {
  const startedAtMs = performance.now();
  const tell = (outcome: string): void =>
    onCall({ ...name, outcome, durationMs: performance.now() - startedAtMs });
  try {
    const result = await run();
    tell('done');
    return result;
  } catch (error) {
    tell(toAppError(error).code);
    throw error;
  }
}
