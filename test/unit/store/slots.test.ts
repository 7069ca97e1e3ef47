import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createSlots, type Slots } from '../../../src/store/slots.ts';
import type { Store } from '../../../src/store/store.ts';

let nowMs: number;
let store: Store;
let finish: (() => void)[];

beforeEach(() => {
  [nowMs, finish] = [0, []];
  store = createMemoryStore({ now: () => nowMs });
});

/** One process of several: they share the store alone. */
const startProcess = (): Slots =>
  createSlots(createLocks({ store, logger: createLogger({ level: 'silent' }), lockMs: 1000 }));
const work = (): Promise<string> =>
  new Promise((resolve) => {
    finish.push(() => resolve('done'));
  });
const begun = async (count: number): Promise<void> => {
  while (finish.length < count) await new Promise((resolve) => setImmediate(resolve));
};

describe('slots', () => {
  it('are as many for two processes together as for one, and free again afterwards', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const first = [one, other, one].map((slots) => slots.hold('upload', 3, work));
    await begun(3);
    expect(await other.hold('upload', 3, work)).toBeUndefined();
    expect(await one.hold('another', 1, async () => 'beside')).toEqual({ result: 'beside' });
    for (const end of finish) end();
    expect(await Promise.all(first)).toEqual([{ result: 'done' }, { result: 'done' }, { result: 'done' }]);
    expect(await other.hold('upload', 3, async () => 'again')).toEqual({ result: 'again' });
  });

  it('of a process that died are free after a while', async () => {
    const dead = startProcess();
    const { replace } = store;
    store.replace = () => new Promise(() => undefined);
    void dead.hold('upload', 1, work);
    await begun(1);
    store.replace = replace;
    expect(await startProcess().hold('upload', 1, work)).toBeUndefined();
    nowMs += 1001;
    expect(await startProcess().hold('upload', 1, async () => 'mine')).toEqual({ result: 'mine' });
    finish[0]?.();
  });

  it('are counted by each process while the store is away, and never opened', async () => {
    Object.assign(store, { add: () => Promise.reject(new AppError('UNAVAILABLE')) });
    const slots = startProcess();
    const first = slots.hold('upload', 1, work);
    await begun(1);
    expect(await slots.hold('upload', 1, work)).toBeUndefined();
    finish[0]?.();
    expect(await first).toEqual({ result: 'done' });
    expect(await slots.hold('upload', 1, async () => 'again')).toEqual({ result: 'again' });
  });

  it('do the work once, although it fails like the store', async () => {
    let times = 0;
    const failing = () => {
      times += 1;
      return Promise.reject(new AppError('UNAVAILABLE'));
    };
    await expect(startProcess().hold('upload', 3, failing)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(times).toBe(1);
  });
});
