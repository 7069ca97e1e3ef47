import type { Response } from 'express';
import type { Switches } from '../ports.ts';

const DEFAULT_SECONDS = 60;

/** `Retry-After` of a refusal for too many calls, unless it is switched off. */
export function askToWait(response: Response, switches: Switches): void {
  const seconds = Number(switches['read.retryAfterSeconds'] ?? DEFAULT_SECONDS);
  if (seconds > 0) response.set('retry-after', String(seconds));
}
