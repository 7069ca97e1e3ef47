import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { withDeadline } from '../base/deadline.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/config.ts';
import { createCircuit } from './circuit.ts';
import { callError, toAbortError, toConnectionError, wasNotSent } from './connection-errors.ts';
import { MEDIA_TYPES } from './http-call.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import type { AnyToken } from './token.ts';

/** Sends calls to the one site. It knows nothing of records; as whom it calls is decided by the token. */
export interface Transport {
  /**
   * Any answer below 500 but 429, and 500 itself, is returned. Calls that are repeatable are sent again,
   * twice at most, where the site or the way to it is out of order and time is left. While it is out of order for long,
   * calls fail at once (G9).
   *
   * @throws AppError UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE or UPSTREAM_BROKEN
   */
  send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer>;
  /** Runs a call under a signal that ends when it must be over, waiting and repeats included, or when the caller's own does. */
  inTime<T>(run: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** One call that was sent, for the metrics: `outcome` is `done`, `refused` or the code of the failure. */
export type OnSiteCall = (call: {
  readonly kind: string;
  readonly outcome: string;
  readonly durationMs: number;
}) => void;

export interface TransportDeps {
  readonly settings: Config['site'];
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  /** Fewer connections than the setting, for parts that need few. */
  readonly maxConnections?: number;
}

/** 5000 rows of a hundred fields are about 40 MB; beyond this, something else is wrong. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
const MAX_REPEATS = 2;
const BACKOFF_MS = 150;

export function createTransport(deps: TransportDeps): Transport {
  const { settings, logger } = deps;
  // The pool keeps connections alive and is the queue too: calls beyond `connections` wait in it.
  const pool = new Pool(new URL(settings.url).origin, {
    connections: deps.maxConnections ?? settings.maxConnections,
    pipelining: 1,
    connect: { timeout: settings.timeoutMs },
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });

  const circuit = createCircuit(logger);

  async function sendOnce(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer> {
    if (signal.aborted) throw toAbortError(signal);
    const beganAtMs = performance.now();
    const tell = (outcome: string): void =>
      deps.onSiteCall?.({ kind: call.operation, outcome, durationMs: performance.now() - beganAtMs });
    try {
      const answer = await pool.request(toRequest(call, token, signal));
      call.onSent?.();
      const text = await answer.body.text();
      if (isOutOfOrder(answer.statusCode)) throw outOfOrder(answer.statusCode, call);
      const body = parseBody(text, answer.statusCode, call);
      if (!isDocumented(answer.statusCode, call)) throw callError('UPSTREAM_BROKEN', call);
      tell(answer.statusCode < 400 ? 'done' : 'refused');
      return { status: answer.statusCode, body };
    } catch (thrown) {
      if (!wasNotSent(thrown)) call.onSent?.();
      const error = toConnectionError(thrown, call, signal);
      tell(error.code);
      throw error;
    }
  }

  async function send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await circuit.run(() => sendOnce(call, token, signal));
      } catch (error) {
        const isPassing = error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE';
        if (!isPassing || !call.isRepeatable || attempt > MAX_REPEATS || circuit.isOpen()) throw error;
        logger.warn('shotgrid call repeated', { operation: call.operation, attempt, error });
        if (!(await hasPaused(attempt, signal))) throw error;
      }
    }
  }

  return {
    send,
    inTime: (run, signal) => withDeadline(settings.timeoutMs, signal, run),
    close: () => pool.destroy(),
  };
}

function toRequest(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Dispatcher.RequestOptions {
  return {
    method: call.method,
    path: call.isUnversioned === true ? call.path : `/api/v1${call.path}`,
    headers: {
      accept: 'application/json',
      ...(token !== null && { authorization: `Bearer ${token.value}` }),
      ...(call.body !== undefined && { 'content-type': MEDIA_TYPES[call.body.mediaType] }),
    },
    body: call.body?.text ?? null,
    signal,
  };
}

function parseBody(text: string, status: number, call: HttpCall): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A proxy's or login page, or half an answer: its text is neither shown nor logged.
    if (status >= 400) return undefined;
    throw callError('UPSTREAM_BROKEN', call, { cause });
  }
}

const isDocumented = (status: number, { doneBy }: HttpCall): boolean =>
  doneBy === undefined || status >= 300 || doneBy.includes(status);

/** 429 was never seen (API 2.8), but proxies send it. A 500 is the failure of that one request. */
const isOutOfOrder = (status: number): boolean => status === 429 || status > 500;

const outOfOrder = (upstreamStatus: number, call: HttpCall): AppError =>
  callError('UPSTREAM_UNAVAILABLE', call, { details: { upstreamStatus } });

/** Waits longer each time, and by chance, so that callers do not return together. False where time ran out. */
async function hasPaused(attempt: number, signal: AbortSignal): Promise<boolean> {
  const longestMs = BACKOFF_MS * 2 ** (attempt - 1);
  return wait(longestMs * (0.5 + Math.random() / 2), true, { signal }).catch(() => false);
}
