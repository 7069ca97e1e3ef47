import type { CallTimes } from '../../shotgun/port/call-times.ts';

/** What a request cost at ShotGrid. */
export interface SiteSpent {
  /** Calls that were sent, including repeats. */
  readonly siteCalls: number;
  /** Time during which at least one call was at the site. */
  readonly siteMs: number;
  /** Time during which at least one call waited in this server, and none was at the site. */
  readonly waitedMs: number;
}

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
