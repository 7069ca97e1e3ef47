import { describe, expect, it } from '@jest/globals';
import { compileFilter } from '../../../src/query/filters.ts';
import { LinkDoubts } from '../../../src/query/link-doubts.ts';
import { smallStudio } from '../../support/small-studio.ts';

describe('a filter of too many parts', () => {
  it.each<[string, (index: number) => object]>([
    ['conditions', (index) => ({ id: { is: index } })],
    ['empty groups', () => ({})],
  ])('is compiled no further than the limit: %s', (_, partOf) => {
    let compiled = 0;
    const parts = Array.from(
      { length: 20_000 },
      (__, index) =>
        new Proxy(partOf(index), {
          ownKeys(target) {
            compiled += 1;
            return Reflect.ownKeys(target);
          },
        }),
    );
    const checks = { schema: smallStudio(), doubts: new LinkDoubts() };
    expect(() => compileFilter(checks, 'Version', { or: parts })).toThrow(/more than 5000 conditions/u);
    expect(compiled).toBe(5001);
  });
});
