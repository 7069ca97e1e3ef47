import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createLocks, type Locks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';

const LOCK_MS = 30;

let nowMs: number;
let store: Store;
let events: string[];
/** Resolves at the next renewal of a lock. */
let renewed: () => Promise<void>;

beforeEach(() => {
  [nowMs, events] = [0, []];
  store = createMemoryStore({ now: () => nowMs });
  const { replace } = store;
  let wake = (): void => undefined;
  store.replace = async (...change) => {
    const isOwn = await replace.apply(store, change);
    wake();
    return isOwn;
  };
  renewed = () => new Promise((resolve) => (wake = resolve));
});

/** One process of several: they share the store alone. */
const startProcess = (): Locks =>
  createLocks({
    store,
    lockMs: LOCK_MS,
    logger: createLogger({
      level: 'warn',
      write: (line) => events.push((JSON.parse(line) as { event: string }).event),
    }),
  });

describe('a lock', () => {
  it('is held by one caller at a time, in whichever process, and then by the next', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const inner = await one.hold('name', async () => [
      await other.hold('name', async () => 'both'),
      await other.hold('another', async () => 'beside'),
    ]);
    expect(inner).toEqual({ result: [undefined, { result: 'beside' }] });
    expect(await other.hold('name', async () => 'next')).toEqual({ result: 'next' });
  });

  it('is renewed as long as the work takes', async () => {
    const [one, other] = [startProcess(), startProcess()];
    await one.hold('name', async () => {
      for (let step = 0; step < 5; step += 1) {
        await renewed();
        nowMs += LOCK_MS - 1;
        expect(await other.hold('name', async () => 'both')).toBeUndefined();
      }
    });
    expect(events).toEqual([]);
  });

  it('that was lost is not taken from its new holder, and the loss is reported', async () => {
    const [one, other] = [startProcess(), startProcess()];
    let finish = (): void => undefined;
    let theirs: Promise<unknown> = Promise.resolve();
    await one.hold('name', async () => {
      nowMs += LOCK_MS;
      theirs = other.hold('name', () => new Promise<void>((resolve) => (finish = resolve)));
      while (!events.includes('lock.lost')) await renewed();
    });
    expect(await startProcess().hold('name', async () => 'both')).toBeUndefined();
    finish();
    await theirs;
    expect(await one.hold('name', async () => 'next')).toEqual({ result: 'next' });
  });

  it('is released when the work fails, and the failure is reported', async () => {
    const locks = startProcess();
    await expect(locks.hold('name', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await locks.hold('name', async () => 'next')).toEqual({ result: 'next' });
  });

  it('that cannot be released does not fail the work', async () => {
    store.remove = () => Promise.reject(new AppError('UNAVAILABLE'));
    expect(await startProcess().hold('name', async () => 'done')).toEqual({ result: 'done' });
    expect(events).toEqual(['lock.not_given_back']);
  });

  it('is released if taking it failed but took effect', async () => {
    const { add } = store;
    store.add = async (...entry) => {
      await add.apply(store, entry);
      store.add = add;
      throw new AppError('UNAVAILABLE');
    };
    const locks = startProcess();
    await expect(locks.hold('name', async () => 'done')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await locks.hold('name', async () => 'done')).toEqual({ result: 'done' });
  });
});
