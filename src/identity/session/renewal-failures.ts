import type { Clock } from '../../base/clock.ts';
import type { SessionId } from '../../base/ids.ts';
import { hashedKey, type Vault } from '../../store/vault.ts';

/** Failed renewals of one session's tokens since the last success. */
export interface RenewalFailure {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Shared by all processes: they do not each call the provider again, and all count from the same time. */
export interface RenewalFailures {
  of(id: SessionId): Promise<RenewalFailure | undefined>;
  /** Never rejects: where the write fails, the time counts from the end of the token. */
  add(id: SessionId, keptMs: number): Promise<void>;
  forget(id: SessionId): Promise<void>;
}

export function createRenewalFailures(vault: Vault, clock: Clock): RenewalFailures {
  const of = async (id: SessionId): Promise<RenewalFailure | undefined> => parse(await vault.get(keyOf(id)));
  return {
    of,
    async add(id, keptMs) {
      const nowMs = clock.now();
      try {
        const firstMs = (await of(id))?.firstMs ?? nowMs;
        await vault.set(keyOf(id), { firstMs, lastMs: nowMs }, keptMs);
      } catch {
        // The store is unavailable as well.
      }
    },
    forget: (id) => vault.delete(keyOf(id)),
  };
}

const keyOf = (id: SessionId): string => hashedKey('renewal-failed', id);

function parse(value: unknown): RenewalFailure | undefined {
  if (typeof value !== 'object' || value === null || !('firstMs' in value && 'lastMs' in value))
    return undefined;
  const { firstMs, lastMs } = value;
  return typeof firstMs === 'number' && typeof lastMs === 'number' ? { firstMs, lastMs } : undefined;
}
