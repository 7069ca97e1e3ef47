import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { SiteError, type Switches } from '../ports.ts';
import { askToWait } from './ask-to-wait.ts';

/** Calls that arrive together must overlap: without a wait each would be answered before the next one is read. */
const OVERLAP_MS = 40;
/** A busy machine takes this long to read all calls of a crowd. */
const CROWD_MS = 1500;
const CROWD = 3;

/** Answers 503 where more calls are under way than the switch says; no limit is known of a real site (API 2.8). */
export function createCallLimit(switches: Switches): RequestHandler {
  const most = Number(switches['connection.callsAtOnce'] ?? 0);
  let underWay = 0;
  return (_request, response, next) => {
    if (most === 0) return next();
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    if (underWay > most) {
      askToWait(response, switches);
      throw new SiteError(503, 100, 'Service Unavailable');
    }
    sleep(OVERLAP_MS)
      .then(() => (underWay < CROWD ? undefined : sleep(CROWD_MS)))
      .then(() => next(), next);
  };
}
