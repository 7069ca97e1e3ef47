import type { CallTimes } from '../../shotgun/port/records.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';
import type { Operation } from '../../shotgun/client/operation.ts';

/** What a request cost at ShotGrid. */
export interface SiteSpent {
  /** Calls that were sent, including repeats. */
  readonly siteCalls: number;
  /** Time during which at least one call was at the site. */
  readonly siteMs: number;
  /** Time during which at least one call waited in this server, and none was at the site. */
  readonly waitedMs: number;
}

/** The client, with the times of each HTTP call of its operations. */
export const timedClient = (client: ActingClient, onTimed: (times: CallTimes) => void): ActingClient => ({
  login: client.login,
  call: (operation, options) => client.call(operation, { ...options, onTimed }),
});

/** Waiting and pending calls count up to now. */
export function spentOf(times: readonly CallTimes[], nowMs: number): SiteSpent {
  const waiting: Span[] = [];
  const atSite: Span[] = [];
  for (const { askedAtMs, beganAtMs, endedAtMs } of times) {
    waiting.push([askedAtMs, beganAtMs ?? endedAtMs ?? nowMs]);
    if (beganAtMs !== null) atSite.push([beganAtMs, endedAtMs ?? nowMs]);
  }
  const siteMs = covered(atSite);
  return {
    siteCalls: atSite.length,
    siteMs: Math.round(siteMs),
    waitedMs: Math.round(covered([...atSite, ...waiting]) - siteMs),
  };
}

type Span = readonly [fromMs: number, toMs: number];

/** The total length of all spans, with overlaps counted once. */
function covered(spans: readonly Span[]): number {
  let total = 0;
  let until = -Infinity;
  for (const [from, to] of [...spans].sort(([left], [right]) => left - right)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}

/** One call of a request to ShotGrid. */
export interface LoggedCall {
  readonly kind: string;
  /** Entity type of the call; null if it concerns none or several. */
  readonly type: string | null;
  /** Number of rows received; null if none were requested. */
  readonly rows: number | null;
  /** From 1: a call that began after another had ended belongs to a later wave. */
  readonly wave: number;
  /** Milliseconds since the first call of the request. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly failed: boolean;
}

/** The calls of one request: a page's cost is its number of sequential waves. */
export interface CallLog {
  /** The client, with each of its calls logged. */
  observe(client: ActingClient): ActingClient;
  /** In starting order. Pending calls are not included. */
  calls(): readonly LoggedCall[];
}

interface Note extends Omit<LoggedCall, 'wave'> {
  readonly order: number;
}

export function createCallLog(now: () => number = () => performance.now()): CallLog {
  const notes: Note[] = [];
  let firstMs: number | undefined;
  let order = 0;
  const note = async <T>({ kind, type }: Operation<T>, run: () => Promise<T>): Promise<T> => {
    firstMs ??= now();
    const place = { kind, type, order: order++, startedMs: now() - firstMs };
    const end = (rows: number | null, failed: boolean): void => {
      notes.push({ ...place, rows, failed, endedMs: now() - (firstMs ?? 0) });
    };
    try {
      const result = await run();
      end(Array.isArray(result) ? result.length : null, false);
      return result;
    } catch (error) {
      end(null, true);
      throw error;
    }
  };
  return {
    observe: (client) => ({
      login: client.login,
      call: (operation, options) => note(operation, () => client.call(operation, options)),
    }),
    calls: () => inWaves([...notes].sort((left, right) => left.order - right.order)),
  };
}

/** The number of waves of the calls. */
export const wavesOf = (calls: readonly LoggedCall[]): number =>
  Math.max(0, ...calls.map(({ wave }) => wave));

function inWaves(notes: readonly Note[]): LoggedCall[] {
  const seen: LoggedCall[] = [];
  for (const { order: _, ...call } of notes) {
    const before = seen.filter((other) => other.endedMs <= call.startedMs).map((other) => other.wave);
    seen.push({ ...call, wave: 1 + Math.max(0, ...before) });
  }
  return seen;
}
