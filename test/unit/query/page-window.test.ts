import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { pagesHolding } from '../../../src/query/read/page-reader.ts';

const MAX_ROWS = 5000;

/** The rows, by position, that the pages give once their skipped ones are gone. */
const positions = (offset: number, count: number): number[] =>
  pagesHolding(offset, count, MAX_ROWS)
    .flatMap(({ size, number, skip }) =>
      Array.from({ length: size - skip }, (_, index) => (number - 1) * size + skip + index),
    )
    .slice(0, count);

describe('a window of rows over an API that has pages only', () => {
  it('is one page of its own size where it begins at one', () => {
    expect(pagesHolding(0, 51, MAX_ROWS)).toEqual([{ size: 51, number: 1, skip: 0 }]);
    expect(pagesHolding(102, 51, MAX_ROWS)).toEqual([{ size: 51, number: 3, skip: 0 }]);
  });

  it('is otherwise the smallest page that contains it', () => {
    expect(pagesHolding(50, 51, MAX_ROWS)).toEqual([{ size: 101, number: 1, skip: 50 }]);
  });

  it('is two neighbouring pages if no page of 5000 rows contains it', () => {
    expect(pagesHolding(4999, 5000, MAX_ROWS)).toEqual([
      { size: 5000, number: 1, skip: 4999 },
      { size: 5000, number: 2, skip: 0 },
    ]);
  });

  it('contains exactly the wanted rows at any position', () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.integer({ min: 2, max: 5000 }), (offset, count) => {
        expect(positions(offset, count)).toEqual(Array.from({ length: count }, (_, index) => offset + index));
        for (const { size } of pagesHolding(offset, count, MAX_ROWS)) expect(size).toBeLessThanOrEqual(5000);
      }),
      { numRuns: 60 },
    );
  });
});
