/** A page of the API, by number from 1 and size, and the part of its rows that was wanted. */
export interface ApiPage {
  readonly size: number;
  readonly number: number;
  /** Rows of the page before the first wanted one. */
  readonly skip: number;
}

const MAX_SIZE = 5000;

/**
 * The smallest page that holds the rows from `offset` on, `count` of them. The API knows pages only (API 3.6), while a
 * cursor may stand anywhere: `{offset: 50, count: 51}` lies within page 1 of 101.
 *
 * @returns undefined where no single page of up to 5000 rows holds them
 */
export function pageHolding(offset: number, count: number): ApiPage | undefined {
  for (let size = count; size <= MAX_SIZE; size += 1) {
    const number = Math.floor(offset / size) + 1;
    if (offset + count <= number * size) return { size, number, skip: offset - (number - 1) * size };
  }
  return undefined;
}
