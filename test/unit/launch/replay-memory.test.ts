import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/base/logger.ts';
import { createReplayMemory, type ReplayMemory } from '../../../src/launch/replay-memory.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

let nowMs: number;
let store: Store;
let log: string[];
const clock = { now: () => nowMs };
const config = { maxAgeMs: 60 * SECOND_MS, clockSkewMs: 10 * SECOND_MS };

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  log = [];
  store = createMemoryStore(clock);
});

/** One process of several: they share the store alone. */
const startProcess = (): ReplayMemory =>
  createReplayMemory({
    config,
    // What the store is at the moment of the call.
    store: new Proxy({} as Store, {
      get: (_target, name: keyof Store) => (store[name] as () => unknown).bind(store),
    }),
    clock,
    logger: createLogger({ level: 'info', write: (line) => log.push(line) }),
  });

const loseEverything = (): void => {
  store = createMemoryStore(clock);
};

describe('a post that was accepted before', () => {
  it('is refused by every process, also by one that has just started, for as long as it is fresh', async () => {
    const one = startProcess();
    await one.assertFirstUse(['s1'], nowMs);
    nowMs += config.maxAgeMs + config.clockSkewMs;
    for (const memory of [one, startProcess()])
      await expect(memory.assertFirstUse(['s1'], nowMs)).rejects.toMatchObject({
        code: 'AMI_REPLAYED',
      });
  });

  it('is refused by any of its proofs', async () => {
    const memory = startProcess();
    await memory.assertFirstUse(['event:1', 's1'], nowMs);
    await expect(memory.assertFirstUse(['event:1', 's2'], nowMs)).rejects.toMatchObject({
      code: 'AMI_REPLAYED',
    });
  });
});

describe('a store that has lost its data (D24)', () => {
  const unknown = { code: 'UNAVAILABLE', message: expect.stringContaining('again') };

  it('accepts no post that was made before the loss was noticed, whichever process noticed it first', async () => {
    const [one, two] = [startProcess(), startProcess()];
    for (const memory of [one, two]) await memory.look();
    const madeAtMs = nowMs;
    await one.assertFirstUse(['s1'], madeAtMs);
    nowMs += SECOND_MS;
    loseEverything();
    await two.look();
    nowMs += SECOND_MS;
    for (const memory of [one, two])
      await expect(memory.assertFirstUse(['s1'], madeAtMs)).rejects.toMatchObject(unknown);
    expect(log.filter((line) => line.includes('replay.memory_lost'))).toHaveLength(2);
    // A new click is not held up.
    for (const memory of [one, two]) await memory.assertFirstUse([`s${nowMs}`], nowMs++);
  });

  it('accepts no post from before its loss at two processes that have just started together', async () => {
    const madeAtMs = nowMs;
    await startProcess().assertFirstUse(['s1'], madeAtMs);
    nowMs += SECOND_MS;
    loseEverything();
    const [one, two] = [startProcess(), startProcess()];
    for (const memory of [one, two, one])
      await expect(memory.assertFirstUse(['s1'], madeAtMs)).rejects.toMatchObject(unknown);
    await one.assertFirstUse(['s2'], nowMs);
    await expect(two.assertFirstUse(['s2'], nowMs)).rejects.toMatchObject({ code: 'AMI_REPLAYED' });
  });

  it('is distinguished from one that nobody has used for long', async () => {
    const memory = startProcess();
    await memory.look();
    nowMs += 30 * DAY_MS;
    await memory.assertFirstUse(['s1'], nowMs);
    expect(log).toEqual([]);
  });

  it('is distinguished from one in steady use', async () => {
    const memory = startProcess();
    for (let day = 0; day < 30; day += 1) {
      await memory.assertFirstUse([`s${day}`], nowMs);
      nowMs += DAY_MS;
    }
    expect(log).toEqual([]);
  });
});
