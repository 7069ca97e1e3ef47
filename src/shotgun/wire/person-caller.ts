import type { Login } from '../../base/ids.ts';
import type { CallOptions } from '../port/records.ts';
import { sendAuthorised, type TokenSource } from './authorised-send.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import type { PersonToken } from './tokens.ts';
import type { Transport } from './transport.ts';

/**
 * Calls ShotGrid as one person. Searches and writes accept only this class. It cannot be created without a login,
 * and each of its calls carries a token that was verified to act as that login (G7).
 */
export class PersonCaller {
  readonly login: Login;
  readonly #transport: Transport;
  readonly #tokens: TokenSource<PersonToken>;
  readonly #onTimed: HttpCall['onTimed'];

  // oxlint-disable-next-line max-params
  constructor(
    transport: Transport,
    tokens: TokenSource<PersonToken>,
    login: Login,
    onTimed?: HttpCall['onTimed'],
  ) {
    this.login = login;
    this.#onTimed = onTimed;
    this.#transport = transport;
    this.#tokens = tokens;
  }

  send(call: HttpCall, { signal: parent, onSent }: CallOptions = {}): Promise<HttpAnswer> {
    const onTimed = this.#onTimed;
    const theirs = {
      ...{ ...call, person: this.login },
      ...(onSent !== undefined && { onSent }),
      ...(onTimed !== undefined && { onTimed }),
    };
    return this.#transport.inTime(
      (signal) => sendAuthorised(this.#transport, this.#tokens, theirs, signal),
      parent,
    );
  }
}
