/** A page of the API, by number from 1 and size, and its wanted rows. */
export interface ApiPage {
  readonly size: number;
  readonly number: number;
  /** Rows of the page before the first wanted one. */
  readonly skip: number;
}

const MAX_SIZE = 5000;

/**
 * The pages that contain `count` rows from `offset` on. The API has only pages (API 3.6), while a cursor may be
 * anywhere: `{offset: 50, count: 51}` lies within page 1 of 101. Uses the smallest single page that contains them,
 * because a few extra rows cost nothing. If no page of up to 5000 rows does, two neighbours are read in parallel.
 */
export function pagesHolding(offset: number, count: number): readonly ApiPage[] {
  for (let size = count; size <= MAX_SIZE; size += 1) {
    const number = Math.floor(offset / size) + 1;
    if (offset + count <= number * size) return [{ size, number, skip: offset - (number - 1) * size }];
  }
  const number = Math.floor(offset / count) + 1;
  const skip = offset - (number - 1) * count;
  return [
    { size: count, number, skip },
    { size: count, number: number + 1, skip: 0 },
  ];
}
