import type { Clock } from '../base/clock.ts';

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

const FRESH_MS = 2000;

/**
 * Readiness of all parts, asked together. An answer is kept for two seconds, so that nobody can make this
 * server call the site or the identity provider as often as they like through a public route.
 */
export function createReadiness(
  probes: readonly Probe[],
  clock: Clock,
): () => Promise<readonly ReadinessCheck[]> {
  let kept: { atMs: number; checks: Promise<readonly ReadinessCheck[]> } | undefined;
  return () => {
    const nowMs = clock.now();
    if (kept === undefined || Math.abs(nowMs - kept.atMs) >= FRESH_MS) {
      kept = { atMs: nowMs, checks: Promise.all(probes.map(run)) };
    }
    return kept.checks;
  };
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
