import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdToPlans, type PlannedAndDone, startPlannedAndDone } from '../support/planned-and-done.ts';

/** The long run, of the slow suite, asks more. */
const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 100);

describe.each([
  ['with all short cuts', {}],
  ['without dotted paths', { paths: false }],
  ['with one level after the other', { paths: false, beside: false }],
] as const)('the plan of a random query, %s', (_, shortCuts) => {
  let world: PlannedAndDone;
  beforeEach(async () => {
    world = await startPlannedAndDone(shortCuts);
  });
  afterEach(() => world.close());

  it('states every call that is made for a person who sees everything', async () => {
    const exact = await holdToPlans(world, RUNS);
    // A plan that states too much would hold as well.
    expect(exact).toBeGreaterThan(RUNS / 4);
  }, 600_000);
});
