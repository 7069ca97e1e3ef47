import type { Login } from '../base/ids.ts';
import { sendAuthorised } from './authorised-send.ts';
import type { TokenSource } from './authorised-send.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { mintPersonToken } from './mint-token.ts';
import type { MintDeps } from './mint-token.ts';
import type { CallOptions } from './shotgun.ts';
import { TokenCache } from './token-cache.ts';
import type { Actor, PersonToken } from './token.ts';
import type { Transport } from './transport.ts';

/** People times their open launches; a token is half a kilobyte. */
const MAX_TOKENS = 5000;

/**
 * Calls ShotGrid as one person. Searches and writes take nothing else, it cannot be made without a login,
 * and every call of it carries a token that was seen to act as that login (G7).
 */
export class PersonCaller {
  readonly login: Login;
  readonly #transport: Transport;
  readonly #tokens: TokenSource<PersonToken>;

  constructor(transport: Transport, tokens: TokenSource<PersonToken>, login: Login) {
    this.login = login;
    this.#transport = transport;
    this.#tokens = tokens;
  }

  send(call: HttpCall, options: CallOptions = {}): Promise<HttpAnswer> {
    const signal = this.#transport.deadline(options.signal);
    return sendAuthorised(this.#transport, this.#tokens, call, signal);
  }
}

/** Makes callers whose tokens are kept per login and window of ShotGrid. */
export function createPersonCallers(deps: MintDeps): (actor: Actor) => PersonCaller {
  const cache = new TokenCache<PersonToken>(deps.clock, MAX_TOKENS);
  return (actor) => {
    const key = JSON.stringify([actor.login, actor.sessionUuid]);
    const tokens: TokenSource<PersonToken> = {
      get: (signal) => cache.get(key, () => mintPersonToken(deps, actor), signal),
      forget: (token) => cache.forget(key, token),
    };
    return new PersonCaller(deps.transport, tokens, actor.login);
  };
}
