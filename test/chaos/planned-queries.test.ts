import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { holdToPlans, startPlannedAndDone } from '../support/planned-and-done.ts';
import { startTwoWays } from '../support/planned-and-stepwise.ts';

/**
 * Random queries of several people, answered planned, planned once more, and one level after the other.
 * `SHOTGRAPH_TEST_QUERIES` asks another number.
 */
const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 1000);

describe.each([
  ['as the site leaves links out at the end of a path', RUNS, {}, true],
  ['of a site that gives them', RUNS / 4, { 'read.dottedLinkLeaf': 'link' }, true],
  ['with paths switched off', RUNS / 4, {}, false],
] as const)('the answers to random queries, %s', (_, runs, switches, paths) => {
  it('are the same in each way', async () => {
    const waves = { planned: 0, stepwise: 0 };
    const ways = await startTwoWays({ switches }, { paths, beside: true });
    try {
      await fc.assert(
        fc.asyncProperty(ways.asked, async ([query, as]) => {
          const { planned, again, stepwise } = await ways.ask(query, as);
          const { data, codes } = stepwise;
          expect({ query, as, data: planned.data, codes: planned.codes }).toEqual({
            query,
            as,
            data,
            codes,
          });
          expect(again).toEqual(planned);
          waves.planned += planned.waves;
          waves.stepwise += stepwise.waves;
        }),
        { numRuns: runs },
      );
      expect(waves.planned).toBeLessThan(waves.stepwise);
    } finally {
      await ways.close();
    }
  }, 1_200_000);
});

describe('the plans of random queries', () => {
  it('state every call that is made for a person who sees everything', async () => {
    const world = await startPlannedAndDone();
    try {
      expect(await holdToPlans(world, RUNS)).toBeGreaterThan(RUNS / 4);
    } finally {
      await world.close();
    }
  }, 1_200_000);
});
