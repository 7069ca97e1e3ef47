import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createRevocations, type Revocations } from '../../../src/identity/session/revocations.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { endless } from '../../support/endless.ts';
import { createVault } from '../../../src/store/vault.ts';

const LOOK_MS = 2;
const NEVER_MS = 3_600_000;
const LOCK_MS = 30;

let offsetMs: number;
let store: Store;
/** What happened, in order. */
let events: string[];
/** Calls that the provider does not answer. */
let outages: number;
let processes: Revocations[];

/** Stands still unless a test moves it: a busy machine loses no lock. */
const clock = { now: () => 1_800_000_000_000 + offsetMs };
const logger = createLogger({
  level: 'warn',
  write: (line) => events.push((JSON.parse(line) as { event: string }).event),
});

beforeEach(() => {
  [offsetMs, outages] = [0, 0];
  [events, processes] = [[], []];
  store = createMemoryStore(clock);
});
afterEach(() => {
  for (const process of processes) process.close();
});

const revokeAtProvider = async (token: string): Promise<void> => {
  if (outages > 0) {
    outages -= 1;
    throw new AppError('IDP_UNAVAILABLE');
  }
  events.push(`revoked ${token}`);
};

/** One process of several: they share the store alone. */
const startProcess = (retryAfterMs: readonly number[], lookEveryMs = LOOK_MS): Revocations => {
  const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
  const process = createRevocations({
    ...{
      vault,
      clock,
      logger,
      retryAfterMs,
      lookEveryMs,
      locks: createLocks({ store, logger, lockMs: LOCK_MS }),
    },
    oidc: { revoke: revokeAtProvider },
  });
  processes.push(process);
  return process;
};

const until = async (event: string): Promise<void> => {
  for (let tries = 0; tries < 2000 && !events.includes(event); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  expect(events).toContain(event);
};

describe('a refresh token of a session that is over (D16)', () => {
  it('is revoked at the provider, also after an outage of it', async () => {
    outages = 2;
    await startProcess([0, 0, 0]).revoke('canary');
    await until('revoked canary');
    expect(events).toEqual(['revocation.postponed', 'revocation.postponed', 'revoked canary']);
    expect(JSON.stringify(await store.get('test:revocations'))).not.toContain('canary');
  });

  it('is dropped when the outage of the provider does not end', async () => {
    outages = Number.POSITIVE_INFINITY;
    await startProcess([0]).revoke('canary');
    await until('revocation.given_up');
    expect(events).toEqual(['revocation.postponed', 'revocation.given_up']);
  });

  it('is revoked by another process, or after a restart', async () => {
    outages = 1;
    const first = startProcess([0], NEVER_MS);
    await first.revoke('canary');
    first.close();
    startProcess([0]);
    await until('revoked canary');
  });

  it('is revoked by a single process, and by another one after a crash in between', async () => {
    outages = 1;
    await startProcess([0], NEVER_MS).revoke('canary');
    // Takes it up, and never comes back from the provider.
    let taken = (): void => undefined;
    const isTaken = new Promise<void>((resolve) => {
      taken = resolve;
    });
    let isDead = false;
    const dyingStore = {
      add: store.add.bind(store),
      remove: store.remove.bind(store),
      replace: (...change: Parameters<Store['replace']>) =>
        isDead ? new Promise<boolean>(() => undefined) : store.replace(...change),
    };
    const dying = createRevocations({
      locks: createLocks({ store: dyingStore, logger, lockMs: LOCK_MS }),
      ...{
        vault: createVault(store, [new Uint8Array(32)], { place: 'test' }),
        clock,
        logger,
        lookEveryMs: LOOK_MS,
      },
      oidc: {
        revoke: () => {
          taken();
          return endless();
        },
      },
    });
    processes.push(dying);
    await isTaken;
    startProcess([0]);
    await new Promise((resolve) => setTimeout(resolve, 4 * LOCK_MS));
    expect(events).toEqual(['revocation.postponed']);
    isDead = true;
    offsetMs = LOCK_MS;
    await until('revoked canary');
  });

  it('displaces the oldest one in a full queue, and the log reports it', async () => {
    outages = Number.POSITIVE_INFINITY;
    const process = startProcess([NEVER_MS], NEVER_MS);
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    const one = { refreshToken: 'canary', tries: 1, dueAtMs: clock.now() + NEVER_MS };
    await vault.set(
      'revocations',
      Array.from({ length: 999 }, (_, index) => ({ id: `${index}`, ...one })),
      NEVER_MS,
    );
    await process.revoke('the thousandth');
    expect(events).toEqual(['revocation.postponed']);
    await process.revoke('one more');
    expect(events).toEqual(['revocation.postponed', 'revocation.postponed', 'revocation.given_up']);
  });

  it('rejects for a caller that waits, where the queue cannot take it', async () => {
    outages = Number.POSITIVE_INFINITY;
    const vault = createVault(store, [new Uint8Array(32)], { place: 'test' });
    // Others come and go between a look and a write.
    let looks = 0;
    Object.assign(vault, { update: async () => false, add: async () => ((looks += 1), false) });
    const process = createRevocations({
      ...{ vault, clock, logger, retryAfterMs: [0], lookEveryMs: NEVER_MS },
      locks: createLocks({ store, logger, lockMs: LOCK_MS }),
      oidc: { revoke: revokeAtProvider },
    });
    processes.push(process);
    await expect(process.revoke('canary')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(looks).toBeGreaterThan(1);
  });

  it('is lost where the store is unavailable as well: a caller that waits gets the error, otherwise it is logged', async () => {
    outages = 2;
    const away = (): Promise<never> => Promise.reject(new AppError('UNAVAILABLE'));
    Object.assign(store, { get: away, add: away });
    const process = startProcess([0], NEVER_MS);
    await expect(process.revoke('canary')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    process.revokeLater('canary');
    await until('revocation.given_up');
    expect(events).toEqual(['revocation.postponed', 'revocation.postponed', 'revocation.given_up']);
  });
});
