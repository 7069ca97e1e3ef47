import { toAppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { sendAuthorised, type TokenSource } from '../wire/person-caller.ts';
import { type HttpAnswer, type HttpCall, SCRIPT } from '../wire/http-call.ts';
import type { DoorName, OnScriptRead } from './doors.ts';
import { mintScriptToken } from './script-token.ts';
import { TokenCache } from '../wire/token-cache.ts';
import type { SiteCondition } from '../wire/site-condition.ts';
import type { ScriptToken } from '../wire/tokens.ts';
import type { OnWaiting } from '../wire/fair-turns.ts';
import { createTransport, type Transport } from '../wire/transport.ts';
import type { OnSiteCall } from '../wire/site-pool.ts';

/** The only paths that are read as the script: people, chosen menu items, the items themselves and the schema. */
export interface ScriptCall extends HttpCall {
  readonly method: 'GET' | 'POST';
  readonly path:
    | '/entity/HumanUser/_search'
    | '/entity/EventLogEntry/_search'
    | '/entity/ActionMenuItem/_search'
    | '/schema'
    | `/schema/${string}/fields`;
  readonly isRepeatable: true;
}

/** The only write that is made as the script. */
export interface ScriptWrite extends HttpCall {
  readonly method: 'POST';
  readonly path: '/entity/ActionMenuItem';
  readonly isRepeatable: false;
}

export interface ScriptDoorDeps {
  readonly settings: Config['site'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: OnWaiting;
  readonly condition?: SiteCondition;
  /** Called after every read, successful or not. */
  readonly onScriptRead: OnScriptRead;
}

/**
 * Reads as the script itself, if there is no person yet or the data concerns no person. Each of its users sends
 * the fixed reads of a door in `doors.ts`. It has its own connections and its own token, so that the script's
 * token cannot get into a person's calls.
 */
export class ScriptDoor {
  readonly #transport: Transport;
  readonly #tokens: TokenSource<ScriptToken>;
  readonly #onRead: OnScriptRead;

  constructor(deps: ScriptDoorDeps, maxConnections: number) {
    const transport = createTransport({ ...deps, maxConnections });
    const cache = new TokenCache<ScriptToken>(deps.clock, 1);
    this.#transport = transport;
    this.#onRead = deps.onScriptRead;
    this.#tokens = {
      get: (signal) => cache.get('script', () => mintScriptToken({ ...deps, transport }), signal),
      forget: (token) => cache.forget('script', token),
    };
  }

  /** @param door names the read; `id` is the id of the record to read */
  read(
    opened: { readonly door: DoorName; readonly id?: number | null },
    call: ScriptCall,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    return this.#send(opened, call, signal);
  }

  /** Makes a menu item: the one thing that is written as the script, and by an administrator's command only. */
  makeMenuItem(call: ScriptWrite): Promise<HttpAnswer> {
    return this.#send({ door: 'newMenuItem' }, call);
  }

  async #send(
    { door, id = null }: { readonly door: DoorName; readonly id?: number | null },
    call: ScriptCall | ScriptWrite,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    try {
      const answer = await this.#transport.inTime(
        (ends) => sendAuthorised(this.#transport, this.#tokens, { ...call, person: SCRIPT }, ends),
        signal,
      );
      this.#onRead({ door, id, failure: null });
      return answer;
    } catch (error) {
      this.#onRead({ door, id, failure: toAppError(error).code });
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
