import type { Response } from 'express';
import { startDeadline } from '../base/deadline.ts';

/** Ends after some time, or when the client has gone before its answer: nothing is read from ShotGrid for nobody (F23). */
export function requestSignal(response: Response, ms: number): AbortSignal {
  const deadline = startDeadline(ms);
  response.once('close', () => {
    if (response.writableFinished) deadline.end();
    else deadline.abort();
  });
  return deadline.signal;
}
