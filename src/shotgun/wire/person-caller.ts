import { AppError } from '../../base/errors.ts';
import { isSuccess } from '../../base/units.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { isTokenRefusal, toRecordError } from './site-errors.ts';
import type { AnyToken, PersonToken } from './tokens.ts';
import type { Transport } from './transport.ts';
import type { Login } from '../../base/ids.ts';
import type { CallOptions } from '../port/records.ts';

/** Supplies the token of a call, and drops a token that the site refused. */
export interface TokenSource<T extends AnyToken> {
  get(signal: AbortSignal): Promise<T>;
  forget(token: T): void | Promise<void>;
}

/**
 * Sends a call with a token of the source. A refused token is replaced once, for writes too: a 401 means that the
 * site carried nothing out.
 *
 * @throws AppError UPSTREAM_AUTH if the second token is refused as well; the refusals of the record
 */
export async function sendAuthorised<T extends AnyToken>(
  transport: Transport,
  tokens: TokenSource<T>,
  call: HttpCall,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const token = await tokens.get(signal);
  let answer = await transport.send(call, token, signal);
  if (isTokenRefusal(answer)) {
    await tokens.forget(token);
    answer = await transport.send(call, await tokens.get(signal), signal);
    if (isTokenRefusal(answer)) throw new AppError('UPSTREAM_AUTH');
  }
  if (!isSuccess(answer.status)) throw toRecordError(answer, call);
  return answer;
}

/**
 * Calls ShotGrid as one person. Searches and writes accept only this class. It cannot be created without a login,
 * and each of its calls carries a token that was verified to act as that login (G7).
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

  send(call: HttpCall, { signal: parent, onSent, onTimed }: CallOptions = {}): Promise<HttpAnswer> {
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
