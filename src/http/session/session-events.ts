import type { RequestHandler, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS } from '../../base/units.ts';
import type { Session } from '../../identity/person/principal.ts';
import type { HttpDeps } from '../http-deps.ts';
import { assertSameOrigin, notSignedIn } from '../guard/request-checks.ts';
import { stateOf } from '../request/request-state.ts';
import { expectRequests } from './first-sign.ts';
import { currentSession } from './sign-in-flow.ts';
import { timesOf } from './session-routes.ts';

/** One browser needs one stream, even with many tabs. */
const MAX_STREAMS_PER_PERSON = 30;
/** A browser that lost its stream reconnects after this time. */
const RETRY_MS = 3000;

/**
 * GET /auth/session/events: server-sent events for an open page. `session` contains when the session ends, at once
 * and on every change. `ended` means that it is over, wherever the person signed out, and closes the stream; a new
 * sign-in by the same account in this browser is no end. The stream never prolongs a session (D6), is limited per
 * person, and ends with the server, so that the browser goes to another one.
 * Errors: `UNAUTHENTICATED`, `CSRF_REJECTED`, `RATE_LIMITED`.
 *
 * @param stopping aborts when the server stops
 */
export function sessionEvents(deps: HttpDeps, stopping: AbortSignal): RequestHandler {
  // By id: a person who is renamed keeps one share.
  const streams = new Map<number, number>();
  const change = (person: number, by: 1 | -1): void => {
    const count = (streams.get(person) ?? 0) + by;
    if (count === 0) streams.delete(person);
    else streams.set(person, count);
  };

  return async (request, response) => {
    // A frame beside ours in ShotGrid could use up all streams with our cookie (E10).
    assertSameOrigin(request, deps.config);
    const session = await currentSession(request, deps, 'peek');
    if (session === undefined) throw notSignedIn(request, deps.config);
    // The page has already left: it fires no more event, so its stream would be counted and watched for ever.
    if (response.closed) return;
    const { id } = session.principal.person;
    if ((streams.get(id) ?? 0) >= MAX_STREAMS_PER_PERSON) {
      response.setHeader('Retry-After', '60');
      throw new AppError('RATE_LIMITED');
    }
    change(id, 1);
    response.once('close', () => change(id, -1));
    expectRequests(deps, session);
    stream(response, { deps, session, stopping });
  };
}

interface Streamed {
  readonly deps: HttpDeps;
  readonly session: Session;
  readonly stopping: AbortSignal;
}

function stream(response: Response, { deps, session, stopping }: Streamed): void {
  stateOf(response).isStream = true;
  response.writeHead(HTTP_STATUS.OK, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    // A proxy that buffers answers would delay the events.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  let told = '';
  const stop = deps.signIn.sessionWatch.follow(session.id, (current) => {
    if (current === undefined) {
      response.end(eventOf('ended', '{}'));
      return;
    }
    // The browser connects again by itself, with the cookie that it has now.
    if (current === 'ask again') {
      response.end();
      return;
    }
    const times = JSON.stringify(timesOf(current));
    // Send something regularly, or proxies treat the stream as dead.
    response.write(times === told ? ':\n\n' : eventOf('session', times));
    told = times;
  });
  const end = (): unknown => response.end();
  stopping.addEventListener('abort', end, { once: true });
  response.once('close', () => {
    stop();
    stopping.removeEventListener('abort', end);
  });
  if (stopping.aborted) end();
}

const eventOf = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;
