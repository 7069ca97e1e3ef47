import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { startTwoWays, type TwoWays } from '../support/planned-and-stepwise.ts';

/** The long run, of the slow suite, asks two thousand. */
const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 150);

describe.each([
  ['with paths and searches beside', { paths: true, beside: true }, RUNS],
  ['with paths switched off', { paths: false, beside: true }, RUNS / 2],
  ['with paths alone', { paths: true, beside: false }, RUNS / 3],
])('a read that is planned %s', (_, shortCuts, runs) => {
  let ways: TwoWays;
  beforeAll(async () => {
    ways = await startTwoWays({}, shortCuts);
  });
  afterAll(() => ways.close());

  it('answers any query as one level after the other does, for people who see everything and people who see little', async () => {
    const waves = { planned: 0, stepwise: 0 };
    let invalid = 0;
    await fc.assert(
      fc.asyncProperty(ways.asked, async ([query, as]) => {
        const { planned, again, stepwise } = await ways.ask(query, as);
        const told = { query, as, data: planned.data, codes: planned.codes };
        expect(told).toEqual({ query, as, data: stepwise.data, codes: stepwise.codes });
        expect(again).toEqual(planned);
        expect(planned.waves).toBeLessThanOrEqual(stepwise.waves);
        waves.planned += planned.waves;
        waves.stepwise += stepwise.waves;
        if (planned.data === undefined) invalid += 1;
      }),
      { numRuns: Math.floor(runs) },
    );
    // Few random documents ask for things that do not go together; they would prove nothing.
    expect(invalid).toBeLessThan(runs / 10);
    // One short cut alone saves waves in few of them: the long run has enough.
    if (shortCuts.paths && shortCuts.beside) expect(waves.planned).toBeLessThan(waves.stepwise);
  }, 600_000);
});
