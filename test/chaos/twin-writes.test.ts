import { expect, it } from 'vitest';
import fc from 'fast-check';
import { startTwins } from '../support/twin-writes.ts';

/** `SHOTGRAPH_TEST_WRITES` makes another number, `SHOTGRAPH_TEST_SEED` the same ones again. */
const RUNS = Number(process.env['SHOTGRAPH_TEST_WRITES'] ?? 400);
const SEED = Number(process.env['SHOTGRAPH_TEST_SEED'] ?? Date.now() % 1_000_000_007);
const BETWEEN_LOOKS = 100;

it('random writes of every type and field, as several people and under faults, are those by REST', async () => {
  const twins = await startTwins();
  try {
    const writes = fc.sample(twins.writes, { numRuns: RUNS, seed: SEED });
    const done = new Set<string>();
    for (const [index, write] of writes.entries()) {
      // Both sites make the same ids in the same order.
      const { result, trail } = await twins.write(write);
      const isSame = trail === undefined || trail === result || (result === 'refused' && trail === 'failed');
      expect({ seed: SEED, index, write, result, trail, isSame }).toMatchObject({ isSame: true });
      if (result === 'done') done.add(write.kind === 'batch' ? `batch of ${write.parts.join()}` : write.kind);
      if ((index + 1) % BETWEEN_LOOKS !== 0 && index + 1 !== writes.length) continue;
      const [ours, theirs] = await twins.states();
      // Megabytes: what differs is found by running fewer of the same seed.
      expect({ seed: SEED, index, isEqual: ours === theirs }).toMatchObject({ isEqual: true });
    }
    // Among so many there are some of each that succeed.
    const batches = [...done].filter((kind) => kind.startsWith('batch'));
    expect(batches.some((kind) => kind.includes('create')) || RUNS < 400).toBe(true);
    expect(done.has('upload') || RUNS < 400).toBe(true);
  } finally {
    await twins.close();
  }
}, 1_200_000);
