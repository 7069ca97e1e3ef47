import type { Clock } from '../../base/clock.ts';
import type { Vault } from '../../store/vault.ts';

/** Codes and tickets that represent an id for a short time. */
export interface Issued {
  issue(key: string, id: string, lifeMs: number): Promise<void>;
  /** The id, as long as the code lives. */
  read(key: string): Promise<string | undefined>;
  /** Like `read`, but consumes the code. */
  take(key: string): Promise<string | undefined>;
}

interface IssuedRecord {
  readonly id: string;
  readonly expiresAtMs: number;
}

export function createIssued(vault: Vault, clock: Clock): Issued {
  // The vault authenticates its records, so the value is one that this module wrote.
  const livingId = (value: unknown): string | undefined => {
    const issued = value as IssuedRecord | undefined;
    return issued === undefined || clock.now() >= issued.expiresAtMs ? undefined : issued.id;
  };
  return {
    async issue(key, id, lifeMs) {
      const issued: IssuedRecord = { id, expiresAtMs: clock.now() + lifeMs };
      await vault.set(key, issued, lifeMs);
    },
    read: async (key) => livingId(await vault.get(key)),
    take: async (key) => livingId(await vault.take(key)),
  };
}
