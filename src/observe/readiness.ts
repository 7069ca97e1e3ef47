import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from './metrics.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** One word for operators, such as the code of the failure. */
  readonly reason?: string;
}

export interface Probe {
  readonly name: string;
  /** Rejects where the part cannot be used now. */
  check(): Promise<void>;
}

export interface ReadinessDeps {
  readonly clock: Clock;
  /** Hears of each part that is lost or found again: an operator's alarm. */
  readonly logger: Pick<Logger, 'error' | 'info'>;
  readonly metrics: Pick<Metrics, 'setReady'>;
}

const FRESH_MS = 2000;

/**
 * Readiness of all parts, asked together. An answer is kept for two seconds, so that nobody can make this
 * server call the site or the identity provider as often as they like through a public route.
 */
export function createReadiness(
  probes: readonly Probe[],
  deps: ReadinessDeps,
): () => Promise<readonly ReadinessCheck[]> {
  const lost = new Set<string>();
  const ask = async (): Promise<readonly ReadinessCheck[]> => {
    const checks = await Promise.all(probes.map(run));
    for (const check of checks) tell(deps.logger, lost, check);
    deps.metrics.setReady(checks);
    return checks;
  };
  let kept: { atMs: number; checks: Promise<readonly ReadinessCheck[]> } | undefined;
  return () => {
    const nowMs = deps.clock.now();
    if (kept === undefined || Math.abs(nowMs - kept.atMs) >= FRESH_MS) kept = { atMs: nowMs, checks: ask() };
    return kept.checks;
  };
}

/** Once when it changes, not at each look. */
function tell(
  logger: ReadinessDeps['logger'],
  lost: Set<string>,
  { name, ok, reason }: ReadinessCheck,
): void {
  if (ok && lost.delete(name)) logger.info('readiness.regained', { upstream: name });
  if (ok || lost.has(name)) return;
  lost.add(name);
  logger.error('readiness.lost', {
    code: 'UNAVAILABLE',
    upstream: name,
    ...(reason !== undefined && { reason }),
  });
}

async function run(probe: Probe): Promise<ReadinessCheck> {
  try {
    await probe.check();
    return { name: probe.name, ok: true };
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    return { name: probe.name, ok: false, reason: typeof code === 'string' ? code : 'failed' };
  }
}
