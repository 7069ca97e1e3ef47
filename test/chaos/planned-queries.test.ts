import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTwoWays } from '../support/planned-and-stepwise.ts';

/**
 * Random queries of several people, answered in three ways: planned by the interpreter, planned and compiled, and one
 * level after the other by the interpreter. `SHOTGRAPH_TEST_QUERIES` asks another number.
 */
const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 2000);

describe.each([
  ['as the site leaves links out at the end of a path', RUNS, {}],
  ['of a site that gives them', RUNS / 4, { 'read.dottedLinkLeaf': 'link' }],
] as const)('the answers to random queries, %s', (_, runs, switches) => {
  it('are the same in each way', async () => {
    const ways = await startTwoWays({ switches });
    try {
      await fc.assert(
        fc.asyncProperty(ways.asked, async ([query, as]) => {
          const { interpreted, compiled, stepwise } = await ways.ask(query, as);
          const { data, codes } = stepwise;
          expect({ query, as, data: interpreted.data, codes: interpreted.codes }).toEqual({
            query,
            as,
            data,
            codes,
          });
          expect(compiled).toEqual({ ...interpreted, waves: compiled.waves });
        }),
        { numRuns: runs },
      );
    } finally {
      await ways.close();
    }
  }, 1_200_000);
});
