import { bulkhead } from 'cockatiel';
import { withDeadline } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { retry } from '../../base/retry.ts';
import type { Config } from '../../config/config.ts';
import { beginTimes, untilEnded } from '../port/call-times.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { createSiteCondition, type SiteCondition } from './site-condition.ts';
import { createSitePool, type OnSiteCall } from './site-pool.ts';
import type { AnyToken } from './tokens.ts';
import { atTurn, type Turns } from './turns.ts';

/** Sends calls to the one site. It knows nothing of records; as whom it calls is decided by the token. */
export interface Transport {
  /**
   * Any answer below 500 but 429, and 500 itself, is returned. Calls that are repeatable are sent again,
   * twice at most, where the site or the way to it is out of order and time is left. While it is out of order for long,
   * calls fail at once (G9).
   *
   * @throws AppError UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE, UPSTREAM_BUSY, UPSTREAM_BROKEN or CLIENT_LEFT
   */
  send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer>;
  /** Runs a call under a signal that ends when it must be over, waiting and repeats included, or when the caller's own does. */
  inTime<T>(run: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Hears of each call that begins to wait for its turn, and of each that no longer waits. */
  readonly onWaiting: (change: 1 | -1) => void;
  close(): Promise<void>;
}

export interface TransportDeps {
  readonly settings: Config['site'];
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: (change: 1 | -1) => void;
  /** Shared by everything that calls the site. Left out, the transport has its own. */
  readonly condition?: SiteCondition;
  /** Fewer connections than the setting, for parts that need few. */
  readonly maxConnections?: number;
}

/** The longest that is waited before the second attempt and before the third. */
const BACKOFFS_MS = [150, 300] as const;

export function createTransport(deps: TransportDeps): Transport {
  const { settings, logger, onWaiting = () => undefined } = deps;
  const connections = deps.maxConnections ?? settings.maxConnections;
  // Calls wait here and not in the pool. So the circuit is checked again at a call's turn, and the waiting is not counted
  // as the site's time.
  const queue = bulkhead(connections, Infinity);
  const turns: Turns = { inTurn: (work) => queue.execute(work), onWaiting };
  const condition = deps.condition ?? createSiteCondition(deps);
  const { circuit } = condition;
  const pool = createSitePool({ ...deps, connections, circuit });

  async function send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer> {
    const run = async (attempt: number): Promise<HttpAnswer> => {
      const known = attempt === 1 ? call.times : undefined;
      const times = known ?? beginTimes(call);
      try {
        const once = (): Promise<HttpAnswer> => pool.send({ ...call, times }, token, signal);
        return await untilEnded(times, () => atTurn(turns, signal, once));
      } catch (error) {
        // A call whose time ended in the queue counts too: calls before it hang.
        // Who leaves meanwhile is told of this error all the same: the change may have been made.
        if (OUTAGES.has(codeOf(error))) await circuit.failed(signal).catch(() => undefined);
        throw error;
      }
    };
    const { isRepeatable, operation } = call;
    return retry(
      { isRepeatable, run },
      {
        waitsMs: BACKOFFS_MS.map(byChance),
        isPassing: (error) => codeOf(error) === 'UPSTREAM_UNAVAILABLE' && !circuit.isOpen(),
        signal,
        onRepeat: (error, attempt) => logger.debug('shotgrid call repeated', { operation, attempt, error }),
      },
    );
  }

  const close = async (): Promise<void> => {
    await pool.close();
    if (deps.condition === undefined) await condition.close();
  };
  const inTime: Transport['inTime'] = (run, signal) => withDeadline(settings.timeoutMs, signal, run);
  return { send, onWaiting, inTime, close };
}

/** Errors that show that the site may be out of order. */
const OUTAGES: ReadonlySet<string> = new Set(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT']);

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : '');

/** So that callers do not return together. */
const byChance = (longestMs: number): number => longestMs * (0.5 + Math.random() / 2);
