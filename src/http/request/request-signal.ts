import type { Response } from 'express';
import { startDeadline } from '../../base/deadline.ts';

/**
 * Aborts after some time, or when the client leaves before its answer, so that ShotGrid is not read in vain (F23).
 */
export function requestSignal(response: Response, ms: number): AbortSignal {
  const deadline = startDeadline(ms);
  const close = (): void => {
    if (response.writableFinished) deadline.end();
    else deadline.abort();
  };
  // A client that left during the session lookup fires no more `close` event.
  if (response.closed) close();
  else response.once('close', close);
  return deadline.signal;
}
