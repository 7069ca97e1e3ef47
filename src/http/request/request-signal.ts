import type { Response } from 'express';
import { startDeadline } from '../../base/deadline.ts';

/** Ends after some time, or when the client has gone before its answer: nothing is read from ShotGrid for nobody (F23). */
export function requestSignal(response: Response, ms: number): AbortSignal {
  const deadline = startDeadline(ms);
  const close = (): void => {
    if (response.writableFinished) deadline.end();
    else deadline.abort();
  };
  // Who went while their session was looked for is told of no more.
  if (response.closed) close();
  else response.once('close', close);
  return deadline.signal;
}
