import { AppError } from '../../base/errors.ts';
import { isSuccess } from '../../base/http-status.ts';
import type { HttpAnswer, HttpCall } from '../wire/http-call.ts';
import { isTokenRefusal, toRecordError } from '../wire/site-errors.ts';
import type { AnyToken } from './tokens.ts';
import type { Transport } from '../wire/transport.ts';

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
