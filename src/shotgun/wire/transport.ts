import { wasLostWhileKept } from './connection-errors.ts';
import { withDeadline } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { retry } from '../../base/retry.ts';
import type { Config } from '../../config/config.ts';
import { beginTimes, untilEnded } from '../port/records.ts';
import { FairTurns, type OnWaiting } from './fair-turns.ts';
import { type HttpAnswer, type HttpCall, SCRIPT, type Share } from './http-call.ts';
import { createSiteCondition, type SiteCondition } from './site-condition.ts';
import { createSitePool, type OnSiteCall } from './site-pool.ts';
import type { AnyToken } from './tokens.ts';

/** Sends calls to the one site. It has no notion of records; the token decides who it acts as. */
export interface Transport {
  /**
   * Returns any answer below 500 except 429, and 500 itself. Repeatable calls are retried, at most twice, if the
   * site or the connection is out of order and time is left. During a long outage calls fail at once (G9).
   *
   * @throws AppError UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE, UPSTREAM_BUSY, UPSTREAM_BROKEN or CLIENT_LEFT
   */
  send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer>;
  /**
   * Runs a call under a signal that aborts at the call's deadline (queueing and retries included) or with
   * `signal`.
   */
  inTime<T>(run: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

export interface TransportDeps {
  readonly settings: Config['site'];
  readonly logger: Logger;
  readonly onSiteCall?: OnSiteCall;
  readonly onWaiting?: OnWaiting;
  /** Shared by all parts that call the site. By default the transport creates its own. */
  readonly condition?: SiteCondition;
  /** Fewer connections than the setting, for parts that need few. */
  readonly maxConnections?: number;
}

/** The longest delay before the second and before the third attempt, in milliseconds. */
const BACKOFFS_MS = [150, 300] as const;

/** Creates a transport with its own connections and queue. */
export function createTransport(deps: TransportDeps): Transport {
  const { settings, logger, onWaiting = () => undefined } = deps;
  const connections = deps.maxConnections ?? settings.maxConnections;
  // Calls wait here and not in the pool. So the circuit is checked again at the call's turn, and the wait does not
  // count as the site's time.
  const turns = new FairTurns({ most: connections, mostOfOne: settings.maxCallsPerPerson, onWaiting });
  const condition = deps.condition ?? createSiteCondition(deps);
  const { circuit } = condition;
  const pool = createSitePool({ ...deps, connections, circuit });

  async function send(call: HttpCall, token: AnyToken | null, signal: AbortSignal): Promise<HttpAnswer> {
    const { isRepeatable, operation } = call;
    const run = async (attempt: number): Promise<HttpAnswer> => {
      const times = beginTimes(call);
      try {
        const sent = { ...call, times, isAgain: attempt > 1 };
        const once = (): Promise<HttpAnswer> => pool.send(sent, token, signal);
        return await untilEnded(times, () => turns.run(call.share ?? shareOf(call), signal, once));
      } catch (error) {
        // A call that timed out in the queue counts too, because the calls before it hang. A caller who leaves
        // meanwhile still gets this error: the change may have been made.
        if (OUTAGES.has(codeOf(error)) && !(isRepeatable && metAnEnd(error, attempt)))
          await circuit.failed(signal).catch(() => undefined);
        throw error;
      }
    };
    return retry(
      { isRepeatable, run },
      {
        waitsMs: BACKOFFS_MS.map(byChance),
        isPassing: (error) => codeOf(error) === 'UPSTREAM_UNAVAILABLE' && !circuit.isOpen(),
        signal,
        isAtOnce: metAnEnd,
        onRepeat: (error, attempt) =>
          logger.debug(metAnEnd(error, attempt) ? 'shotgrid connection closed' : 'shotgrid call repeated', {
            operation,
            attempt,
            error,
          }),
      },
    );
  }

  const close = async (): Promise<void> => {
    await pool.close();
    if (deps.condition === undefined) await condition.close();
  };
  const inTime: Transport['inTime'] = (run, signal) => withDeadline(settings.timeoutMs, signal, run);
  return { send, inTime, close };
}

/** A call that nobody's share bounds, such as one of the script. */
const shareOf = ({ person = SCRIPT }: HttpCall): Share => ({ of: person, isBounded: false });

/** Errors that show that the site may be out of order. */
const OUTAGES: ReadonlySet<string> = new Set(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT']);

/** The site had given up the connection before it could know of the call: that says nothing about the site. */
const metAnEnd = (error: unknown, attempt: number): boolean =>
  attempt === 1 && error instanceof AppError && wasLostWhileKept(error.cause);

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : '');

/** Random, so that callers do not retry at the same moment. */
const byChance = (longestMs: number): number => longestMs * (0.5 + Math.random() / 2);
