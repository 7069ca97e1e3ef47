import { Pool } from 'undici';
import { withDeadline } from '../../base/deadline.ts';
import { MIB } from '../../base/units.ts';
import type { Config } from '../../config/config.ts';
import { toConnectionError } from './connection-errors.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { toRequest } from './site-pool.ts';
import type { AnyToken } from './tokens.ts';

/** An answer as it came. Refusals are answers, too: the probe is about them. */
export interface RawAnswer extends HttpAnswer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends each call once, whatever the site's condition: no retry, no circuit, no pause. */
export interface RawCalls {
  /** @throws AppError UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE or UPSTREAM_BROKEN if there is no answer */
  send(call: HttpCall, token: AnyToken | null, signal?: AbortSignal): Promise<RawAnswer>;
  close(): Promise<void>;
}

const MAX_ANSWER_BYTES = 16 * MIB;

/** @param connections the most calls at once */
export function createRawCalls(
  { url, timeoutMs }: Pick<Config['site'], 'url' | 'timeoutMs'>,
  connections: number,
): RawCalls {
  const pool = new Pool(new URL(url).origin, {
    connections,
    pipelining: 1,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return {
    send: (call, token, parent) =>
      withDeadline(timeoutMs, parent, async (signal) => {
        try {
          const answer = await pool.request(toRequest(call, token, signal));
          const { statusCode: status, headers } = answer;
          return { status, headers, body: parsed(await answer.body.text()) };
        } catch (thrown) {
          throw toConnectionError(thrown, call, signal);
        }
      }),
    close: () => pool.destroy(),
  };
}

/** Undefined for anything but JSON, such as the page of a proxy. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
