import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from './metrics.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Since when the state holds, as far as checks have seen: ISO 8601. */
  readonly since: string;
  /** One word for operators, such as the code of the failure. */
  readonly reason?: string;
  /** A sentence for operators. */
  readonly detail?: string;
}

export interface Readiness {
  /** Time of the check: ISO 8601. */
  readonly at: string;
  readonly checks: readonly ReadinessCheck[];
}

export type Found = Pick<ReadinessCheck, 'reason' | 'detail'>;

export interface Probe {
  readonly name: string;
  /** Checks now. Rejects if the part cannot be used; returns a note if it works but needs an operator. */
  check(): Promise<Found | void>;
}

export interface ReadinessDeps {
  readonly clock: Clock;
  /** Logs each part that is lost or back: an operator's alarm. */
  readonly logger: Pick<Logger, 'error' | 'info'>;
  readonly metrics: Pick<Metrics, 'setReady'>;
  /** The time limit of one check, even if a part hangs. */
  readonly lookMs?: number;
}

/**
 * Without this a public route would let anyone make this server call the site or the identity provider without
 * limit.
 */
const FRESH_MS = 1000;
/** Balancers wait at least two seconds, and the answer needs time to arrive. */
const LOOK_MS = 1800;

/**
 * Readiness of all parts, checked together and now. Concurrent callers share the running check, and the last one
 * is valid for a second.
 */
export function createReadiness(probes: readonly Probe[], deps: ReadinessDeps): () => Promise<Readiness> {
  const { clock, logger, metrics, lookMs = LOOK_MS } = deps;
  const last = new Map<string, ReadinessCheck>();
  let kept: { readonly atMs: number; readonly look: Promise<Readiness>; isUnderWay: boolean } | undefined;

  const ask = async (atMs: number): Promise<Readiness> => {
    const at = new Date(atMs).toISOString();
    const checks = await Promise.all(
      probes.map((probe) => run(probe, { at, lookMs, before: last.get(probe.name) })),
    );
    for (const check of checks) {
      tell(logger, last.get(check.name), check);
      last.set(check.name, check);
    }
    metrics.setReady(checks);
    return { at, checks };
  };

  return () => {
    const atMs = clock.now();
    if (kept !== undefined && (kept.isUnderWay || Math.abs(atMs - kept.atMs) < FRESH_MS)) return kept.look;
    const begun = { atMs, look: ask(atMs), isUnderWay: true };
    const isOver = (): void => {
      begun.isUnderWay = false;
    };
    begun.look.then(isOver, isOver);
    kept = begun;
    return begun.look;
  };
}

/** Logs once when it changes, not at each check. */
function tell(
  logger: ReadinessDeps['logger'],
  before: ReadinessCheck | undefined,
  { name, ok, reason }: ReadinessCheck,
): void {
  const wasOk = before?.ok ?? true;
  if (ok === wasOk) return;
  if (ok) logger.info('readiness.regained', { upstream: name });
  else {
    const why = reason === undefined ? {} : { reason };
    logger.error('readiness.lost', { code: 'UNAVAILABLE', upstream: name, ...why });
  }
}

interface Look {
  readonly at: string;
  readonly lookMs: number;
  readonly before: ReadinessCheck | undefined;
}

async function run(probe: Probe, { at, lookMs, before }: Look): Promise<ReadinessCheck> {
  const { ok, ...found } = await inTime(probe, lookMs);
  const since = before?.ok === ok ? before.since : at;
  return { name: probe.name, ok, since, ...found };
}

async function inTime(probe: Probe, lookMs: number): Promise<Found & { readonly ok: boolean }> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<{ ok: false; reason: string }>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'TIMEOUT' }), lookMs);
  });
  try {
    const outcome = probe.check().then((found) => ({ ...found, ok: true }));
    return await Promise.race([outcome, tooLate]);
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    return { ok: false, reason: typeof code === 'string' ? code : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
