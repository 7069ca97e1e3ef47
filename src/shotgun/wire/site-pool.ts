import { wasNotSent } from '../../base/error-kinds.ts';
import { letOthersGo } from '../../base/loop/slices.ts';
import { type Dispatcher, Pool } from 'undici';
import type { AppError } from '../../base/errors.ts';
import { HTTP_STATUS, isError, isSuccess, MIB, MS_PER_SECOND } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import { busyError, type Circuit, type Pause } from './circuit.ts';
import { beginTimes } from '../port/records.ts';
import { callError, toAbortError, toConnectionError, wasLostWhileKept } from './connection-errors.ts';
import { MEDIA_TYPES, type HttpAnswer, type HttpCall } from './http-call.ts';
import { pauseOf } from './retry-after.ts';
import type { AnyToken } from './tokens.ts';

/** One call that was sent, for the metrics: `outcome` is `done`, `refused`, `closed` or the code of the failure. */
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

/** Some thousand rows. To parse it takes as long as a slice, so it has a turn of its own: it cannot be parsed in parts. */
const LONG_TEXT = MIB / 2;

/** Creates the pool. `onSiteCall` receives every call that was sent. */
export function createSitePool({ settings, connections, circuit, onSiteCall }: SitePoolDeps): SitePool {
  const sockets = createConnections(settings, { connections, maxResponseSize: MAX_RESPONSE_BYTES });

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
      const answer = await sockets.request(toRequest(call, token, signal), isSure(call));
      call.onSent?.();
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      if (isOutOfOrder(status)) {
        pause = pauseOf(answer, Date.now());
        throw outOfOrder(status, pause, call);
      }
      circuit.answered();
      if (text.length > LONG_TEXT) await letOthersGo();
      const body = parseBody(text, status, call);
      if (!isDocumented(status, call)) throw callError('UPSTREAM_BROKEN', call);
      tell(isError(status) ? 'refused' : 'done');
      return { status, body };
    } catch (thrown) {
      if (!wasNotSent(thrown)) call.onSent?.();
      const error = toConnectionError(thrown, call, signal);
      tell(!isSure(call) && wasLostWhileKept(thrown) ? 'closed' : error.code);
      if (pause !== undefined) await circuit.busy(call, pause);
      throw error;
    }
  }

  return { send, close: () => sockets.close() };
}

/** The connections themselves. */
interface Connections {
  /** @param isSure takes no connection that the site may just be closing: for what is not repeated after that */
  request(options: Dispatcher.RequestOptions, isSure: boolean): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/**
 * How long a connection is kept that the site says nothing about. The site, or what is in between, closes it earlier if it
 * wants to: that is noticed, at the latest by the next read, which then takes another one.
 */
const KEPT_MS = 300 * MS_PER_SECOND;
/** As good as not at all. Where the site's `Keep-Alive` header names a time, that counts instead. */
const NOT_KEPT_MS = 1;

/** Creates the connections. How many calls run at once is limited before they come here. */
function createConnections(
  { url, timeoutMs, keepAliveMs }: Pick<Config['site'], 'url' | 'timeoutMs' | 'keepAliveMs'>,
  options: Pick<Pool.Options, 'connections' | 'maxResponseSize'>,
): Connections {
  const open = (keepAliveTimeout: number): Pool =>
    new Pool(new URL(url).origin, {
      ...options,
      pipelining: 1,
      connect: { timeout: timeoutMs },
      keepAliveTimeout,
      keepAliveMaxTimeout: KEPT_MS,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  const kept = open(keepAliveMs ?? KEPT_MS);
  const sure = open(keepAliveMs ?? NOT_KEPT_MS);
  return {
    request: (request, isSure) => (isSure ? sure : kept).request(request),
    close: async () => {
      await Promise.all([kept.destroy(), sure.destroy()]);
    },
  };
}

/** A read that meets a connection which was closed meanwhile is sent again. */
const isSure = ({ isRepeatable, isAgain }: HttpCall): boolean => !isRepeatable || isAgain === true;

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
