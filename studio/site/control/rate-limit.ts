import type { RequestHandler } from 'express';
import { SiteError, type Switches } from '../ports.ts';
import { askToWait } from './ask-to-wait.ts';

const MINUTE_MS = 60_000;

/** Answers 429 where a token calls too often; no measured site ever did (API 2.8), so it is off unless switched on. */
export function createRateLimit(switches: Switches, now: () => number): RequestHandler {
  const limit = Number(switches['read.requestsPerMinute'] ?? 0);
  const calls = new Map<string, number[]>();
  return (request, response, next) => {
    const caller = request.headers.authorization ?? '';
    if (limit === 0 || caller === '') {
      next();
      return;
    }
    const recent = (calls.get(caller) ?? []).filter((atMs) => atMs > now() - MINUTE_MS);
    calls.set(caller, [...recent, now()]);
    if (recent.length < limit) {
      next();
      return;
    }
    askToWait(response, switches);
    throw new SiteError(429, 100, 'Too Many Requests');
  };
}
