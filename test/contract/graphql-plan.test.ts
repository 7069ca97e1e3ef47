import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exposeSchema } from '../../src/site/expose.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import type { GraphqlAnswer } from '../support/ask-graphql.ts';
import { queries } from '../support/random-queries.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const STEP_BY_STEP = { paths: false, beside: false, maxSearches: 1000 };
const SHORT_CUTS = { paths: true, beside: true, maxSearches: 1000 };

/** `SHOTGRAPH_TEST_QUERIES=2000` asks as many as the long run. */
const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 150);
const PEOPLE = ['mira', 'joao'];

/** How many calls had to follow one another. */
const wavesOf = ({ text }: GraphqlAnswer): number =>
  (JSON.parse(text) as { extensions: { plan: { waves: number } } }).extensions.plan.waves;

/** The whole answer but the times of its calls and the site's ids of its errors. */
const stripped = ({ text }: GraphqlAnswer): unknown => {
  const { data, errors } = JSON.parse(
    text.replaceAll(/"upstreamErrorId":"\w+"/gu, '"upstreamErrorId":""'),
  ) as {
    data: unknown;
    errors?: unknown;
  };
  return { data, errors };
};

describe('a planned read', () => {
  let planned: SiteWorld;
  let stepByStep: SiteWorld;
  beforeAll(async () => {
    // Whole documents are new each time; asked twice, the second answer is that of the compiled document.
    const wide = { maxAliases: 1000, maxDepth: 64 };
    [planned, stepByStep] = await Promise.all([
      startSiteWorld({ ...wide, plan: { ...SHORT_CUTS, shown: true } }),
      startSiteWorld({ ...wide, compiled: false, plan: { ...STEP_BY_STEP, shown: true } }),
    ]);
  });
  afterAll(() => Promise.all([planned.close(), stepByStep.close()]));

  it('answers any query as one level after the other does, for each person', async () => {
    const { dataset } = planned;
    const exposed = exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), {
      source: 'expose.yml',
      types: new Map(),
    });
    const idsOf = (type: string): number[] => (dataset.rows[type] ?? []).map(({ id }) => id);
    const waves = { planned: 0, stepByStep: 0 };
    await fc.assert(
      fc.asyncProperty(queries(exposed, idsOf), fc.constantFrom(...PEOPLE), async (query, as) => {
        const [left, right] = await Promise.all([planned.ask(query, { as }), stepByStep.ask(query, { as })]);
        expect({ query, data: left.data, codes: left.codes }).toEqual({
          query,
          data: right.data,
          codes: right.codes,
        });
        const compiled = await planned.ask(query, { as });
        expect(stripped(compiled)).toEqual(stripped(left));
        expect(wavesOf(left)).toBeLessThanOrEqual(wavesOf(right));
        waves.planned += wavesOf(left);
        waves.stepByStep += wavesOf(right);
      }),
      { numRuns: RUNS },
    );
    expect(waves.planned).toBeLessThan(waves.stepByStep);
  }, 600_000);
});
