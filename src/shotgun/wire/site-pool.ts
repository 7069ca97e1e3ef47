import { wasNotSent } from '../../base/error-kinds.ts';
import { Pool, type Dispatcher } from 'undici';
import type { AppError } from '../../base/errors.ts';
import { HTTP_STATUS, isError, isSuccess, MIB } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import { busyError, type Circuit, type Pause } from './circuit.ts';
import { beginTimes } from '../port/records.ts';
import { callError, toAbortError, toConnectionError } from './connection-errors.ts';
import { MEDIA_TYPES, type HttpAnswer, type HttpCall } from './http-call.ts';
import { pauseOf } from './retry-after.ts';
import type { AnyToken } from './tokens.ts';

/** One call that was sent, for the metrics: `outcome` is `done`, `refused` or the code of the failure. */
export type OnSiteCall = (call: {
  readonly kind: string;
  readonly outcome: string;
  /** The time at the site. */
  readonly durationMs: number;
  /** The time in our own queues before it. */
  readonly waitedMs: number;
}) => void;

export interface SitePoolDeps {
  readonly settings: Config['site'];
  readonly connections: number;
  readonly circuit: Circuit;
  readonly onSiteCall?: OnSiteCall;
}

/** The connections to the site. `send` sends a call once, unless the circuit refuses it. */
export interface SitePool {
  send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** 5000 rows of a hundred fields are about 40 MB. A larger answer indicates another problem. */
const MAX_RESPONSE_BYTES = 64 * MIB;

/** Creates the pool. `onSiteCall` receives every call that was sent. */
export function createSitePool({ settings, connections, circuit, onSiteCall }: SitePoolDeps): SitePool {
  const pool = new Pool(new URL(settings.url).origin, {
    connections,
    pipelining: 1,
    connect: { timeout: settings.timeoutMs },
    ...(settings.keepAliveMs !== undefined && { keepAliveTimeout: settings.keepAliveMs }),
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });

  async function send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer> {
    if (signal.aborted) throw toAbortError(signal);
    await circuit.admit(call, signal);
    const beganAtMs = performance.now();
    const { operation: kind, times = beginTimes(call) } = call;
    times.beganAtMs = beganAtMs;
    const tell = (outcome: string): void => {
      times.endedAtMs = performance.now();
      const durationMs = times.endedAtMs - beganAtMs;
      onSiteCall?.({ kind, outcome, waitedMs: beganAtMs - times.askedAtMs, durationMs });
    };
    let pause: Pause | undefined;
    try {
      const answer = await pool.request(toRequest(call, token, signal));
      call.onSent?.();
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      if (isOutOfOrder(status)) {
        pause = pauseOf(answer, Date.now());
        throw outOfOrder(status, pause, call);
      }
      circuit.answered();
      const body = parseBody(text, status, call);
      if (!isDocumented(status, call)) throw callError('UPSTREAM_BROKEN', call);
      tell(isError(status) ? 'refused' : 'done');
      return { status, body };
    } catch (thrown) {
      if (!wasNotSent(thrown)) call.onSent?.();
      const error = toConnectionError(thrown, call, signal);
      tell(error.code);
      if (pause !== undefined) await circuit.busy(call, pause);
      throw error;
    }
  }

  return { send, close: () => pool.destroy() };
}

/** The request of a call, as undici takes it. */
export function toRequest(
  call: HttpCall,
  token: AnyToken | null,
  signal: AbortSignal,
): Dispatcher.RequestOptions {
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
    // The page of a proxy or login, or a truncated answer: its text is neither shown nor logged.
    if (isError(status)) return undefined;
    throw callError('UPSTREAM_BROKEN', call, { cause });
  }
}

const isDocumented = (status: number, { doneBy }: HttpCall): boolean =>
  doneBy === undefined || !isSuccess(status) || doneBy.includes(status);

/** 429 was never seen (API 2.8), but proxies send it. A 500 is a failure of that one request. */
const isOutOfOrder = (status: number): boolean =>
  status === HTTP_STATUS.TOO_MANY_REQUESTS || status > HTTP_STATUS.INTERNAL_SERVER_ERROR;

/** The error of an answer that does not come from the call. It repeats how long the site asked us to wait. */
function outOfOrder(upstreamStatus: number, pause: Pause | undefined, call: HttpCall): AppError {
  if (pause === undefined) return callError('UPSTREAM_UNAVAILABLE', call, { details: { upstreamStatus } });
  const { message, details } = busyError(pause.ms, call.operation);
  return callError('UPSTREAM_BUSY', call, {
    ...(call.isRepeatable && { message }),
    details: { upstreamStatus, ...details },
  });
}
