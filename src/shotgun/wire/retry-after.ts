import { HTTP_STATUS, MS_PER_SECOND } from '../../base/units.ts';
import type { Pause } from './circuit.ts';

/** A wrong header must not block all calls for a day. */
const LONGEST_MS = 3_600_000;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whether the site asks for fewer calls. */
export const isTooMuch = ({ status }: { readonly status: number }): boolean =>
  status === HTTP_STATUS.TOO_MANY_REQUESTS || status === HTTP_STATUS.SERVICE_UNAVAILABLE;

/** The pause that an answer requests; undefined if it requests none. */
export function pauseOf(
  { statusCode: status, headers }: { readonly statusCode: number; readonly headers: Headers },
  nowMs: number,
): Pause | undefined {
  if (!isTooMuch({ status })) return undefined;
  const ms = retryAfterMs(headers, nowMs);
  return ms === undefined ? undefined : { status, ms };
}

/**
 * `Retry-After` in milliseconds. The header holds seconds or a date (RFC 9110, 10.2.3). A date is compared with
 * the answer's own `Date`, which comes from the same clock. Undefined without such a header, or if the time is
 * over.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = textOf(headers['retry-after']);
  if (text === undefined) return undefined;
  const ms = /^\d+$/u.test(text)
    ? Number(text) * MS_PER_SECOND
    : Date.parse(text) - (dateOf(headers['date']) ?? nowMs);
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}

function dateOf(value: Headers[string]): number | undefined {
  const atMs = Date.parse(textOf(value) ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

const textOf = (value: Headers[string]): string | undefined =>
  (Array.isArray(value) ? value[0] : value)?.trim();
