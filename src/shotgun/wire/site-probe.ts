import { Pool } from 'undici';
import { withDeadline } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import { HTTP_STATUS, MIB } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import type { AskSite, ProbeOutcome } from './circuit.ts';
import { toConnectionError } from './connection-errors.ts';
import { isRecord } from './http-call.ts';
import { pauseOf } from './retry-after.ts';

/** Readiness must answer within two seconds. */
const PROBE_MS = 1500;
/** The site's answer is a few hundred bytes. */
const MAX_ANSWER_BYTES = MIB;
const PROBE = { method: 'GET', path: '/api/v1', operation: 'ping', isRepeatable: true } as const;

/**
 * Finds out whether the site answers at all, without a token. It has its own connection, because all of the
 * people's connections may hang. A site that takes longer than `PROBE_MS` counts as out of order.
 */
export function createSiteProbe({ url, timeoutMs }: Pick<Config['site'], 'url' | 'timeoutMs'>): {
  readonly ask: AskSite;
  close(): Promise<void>;
} {
  const pool = new Pool(new URL(url).origin, {
    connections: 1,
    pipelining: 1,
    maxResponseSize: MAX_ANSWER_BYTES,
  });

  const ask: AskSite = () => withDeadline(Math.min(PROBE_MS, timeoutMs), undefined, askUnder);

  async function askUnder(signal: AbortSignal): Promise<ProbeOutcome> {
    try {
      const answer = await pool.request({ ...PROBE, headers: { accept: 'application/json' }, signal });
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      if (status !== HTTP_STATUS.TOO_MANY_REQUESTS && status <= HTTP_STATUS.INTERNAL_SERVER_ERROR)
        return { isThere: true, ...problemOf(status, text) };
      const error = new AppError('UPSTREAM_UNAVAILABLE', { details: { upstreamStatus: status } });
      const pause = pauseOf(answer, Date.now());
      return { isThere: false, error, ...(pause !== undefined && { pause }) };
    } catch (thrown) {
      return { isThere: false, error: toConnectionError(thrown, PROBE, signal) };
    }
  }

  return { ask, close: () => pool.destroy() };
}

/**
 * A sign-in page, a captive portal or a truncated answer proves that a server answers, but not that the site is
 * usable.
 */
function problemOf(status: number, text: string): { error?: AppError } {
  return status === HTTP_STATUS.OK && hasData(text) ? {} : { error: new AppError('UPSTREAM_BROKEN') };
}

function hasData(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) && isRecord(body['data']);
  } catch {
    return false;
  }
}
