import type { CallTimes } from '../../shotgun/port/records.ts';
import type { ActingClient } from '../../shotgun/client/shotgun.ts';

/** What a request cost at ShotGrid. */
export interface SiteSpent {
  /** Calls that were sent, including repeats. */
  readonly siteCalls: number;
  /** Reads that were answered by calls of other requests of the session; absent where there are none. */
  readonly joinedCalls?: number;
  /** Time during which at least one call was at the site, joined ones too. */
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
  const joined = times.filter(({ isJoined }) => isJoined === true);
  const sent = times.filter(({ beganAtMs, isJoined }) => beganAtMs !== null && isJoined !== true);
  return {
    siteCalls: sent.length,
    ...(joined.length > 0 && { joinedCalls: joined.length }),
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

/** What a request cost at the studio's other systems; nothing where it called none. */
export interface SystemsSpent {
  readonly systemCalls?: number;
  /** Time during which at least one of them was called. */
  readonly systemMs?: number;
}

/** One call of a request, to ShotGrid or to another system. */
export interface LoggedCall {
  /** The operation; of another system the method. */
  readonly kind: string;
  /** The other system's name. */
  readonly system?: string;
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
  /** Logs a call to another system. */
  ofSystem<T>(call: SystemCallName, run: () => Promise<T>): Promise<T>;
  /** In starting order. Pending calls are not included. */
  calls(): readonly LoggedCall[];
  systemsSpent(): SystemsSpent;
}

/** A call to another system: its name, and the method. */
export interface SystemCallName {
  readonly system: string;
  readonly kind: string;
}

/** A call without a place among the others. */
type Named = Pick<LoggedCall, 'kind' | 'type' | 'system'>;

interface Note extends Named {
  readonly startedMs: number;
  /** Undefined while it is pending. */
  ended?: { readonly rows: number | null; readonly endedMs: number; readonly failed: boolean };
}

export function createCallLog(now: () => number = () => performance.now()): CallLog {
  const notes: Note[] = [];
  let firstMs: number | undefined;
  const sinceFirst = (): number => {
    firstMs ??= now();
    return now() - firstMs;
  };
  const note = async <T>(named: Named, run: () => Promise<T>): Promise<T> => {
    const noted: Note = { ...named, startedMs: sinceFirst() };
    notes.push(noted);
    const end = (rows: number | null, failed: boolean): void => {
      noted.ended = { rows, failed, endedMs: sinceFirst() };
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
      call: (operation, options) => {
        const { kind, type } = operation;
        return note({ kind, type }, () => client.call(operation, options));
      },
    }),
    ofSystem: ({ system, kind }, run) => note({ kind, type: null, system }, run),
    calls: () => inWaves(notes),
    systemsSpent() {
      const called = notes.filter(({ system }) => system !== undefined);
      if (called.length === 0) return {};
      const spans = called.map(({ startedMs, ended }): Span => [startedMs, ended?.endedMs ?? sinceFirst()]);
      return { systemCalls: called.length, systemMs: Math.round(covered(spans)) };
    },
  };
}

/** The number of waves of the calls. */
export const wavesOf = (calls: readonly LoggedCall[]): number =>
  Math.max(0, ...calls.map(({ wave }) => wave));

function inWaves(notes: readonly Note[]): LoggedCall[] {
  const seen: LoggedCall[] = [];
  for (const { ended, ...call } of notes) {
    if (ended === undefined) continue;
    const before = seen.filter((other) => other.endedMs <= call.startedMs).map((other) => other.wave);
    seen.push({ ...call, ...ended, wave: 1 + Math.max(0, ...before) });
  }
  return seen;
}
