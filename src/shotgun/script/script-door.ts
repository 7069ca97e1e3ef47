import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { sendAuthorised, type TokenSource } from '../wire/authorised-send.ts';
import { type HttpAnswer, type HttpCall, SCRIPT } from '../wire/http-call.ts';
import { mintScriptToken } from './script-token.ts';
import { TokenCache } from '../wire/token-cache.ts';
import type { SiteCondition } from '../wire/site-condition.ts';
import type { ScriptToken } from '../wire/tokens.ts';
import { createTransport, type Transport } from '../wire/transport.ts';
import type { OnSiteCall } from '../wire/site-pool.ts';

/** The only paths that are ever read as the script: who is it, what was clicked, and what does the site look like. */
export interface ScriptCall extends HttpCall {
  readonly method: 'GET' | 'POST';
  readonly path:
    '/entity/HumanUser/_search' | '/entity/EventLogEntry/_search' | '/schema' | `/schema/${string}/fields`;
  readonly isRepeatable: true;
}

export interface ScriptDoorDeps {
  readonly settings: Config['site'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: (change: 1 | -1) => void;
  readonly condition?: SiteCondition;
}

/**
 * Reads as the script itself, where there is no person yet or no person's data. Used by `people.ts`, `ami-events.ts` and
 * `schema-source.ts` only, each of which sends fixed reads; it has its own connections and its own token,
 * so that nothing of it can get into a person's calls.
 */
export class ScriptDoor {
  readonly #transport: Transport;
  readonly #tokens: TokenSource<ScriptToken>;

  constructor(deps: ScriptDoorDeps, maxConnections: number) {
    const transport = createTransport({ ...deps, maxConnections });
    const cache = new TokenCache<ScriptToken>(deps.clock, 1);
    this.#transport = transport;
    this.#tokens = {
      get: (signal) => cache.get('script', () => mintScriptToken({ ...deps, transport }), signal),
      forget: (token) => cache.forget('script', token),
    };
  }

  read(call: ScriptCall, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.#transport.inTime(
      (ends) => sendAuthorised(this.#transport, this.#tokens, { ...call, person: SCRIPT }, ends),
      signal,
    );
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
