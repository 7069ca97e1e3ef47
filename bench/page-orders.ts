const MANY = 10_000;
const LAST_ID = 350_000;
const ROWS_OF_A_SHOT = 8;
/** Between two rows that are made one after the other, on average: of other projects, and deleted ones. */
const GAP = 8;
/** Rows of one shot are made over some weeks, and so are those of a hundred others. */
const MADE_TOGETHER = 800;

/** The same numbers in each run: what is kept of them depends on them. */
function numbersBelow(): (limit: number) => number {
  let state = 42;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Rows as they were made, the newest first. */
function newestFirst(below: (limit: number) => number): number[] {
  let id = LAST_ID;
  return Array.from({ length: MANY }, () => (id -= 1 + below(2 * GAP - 1)));
}

const shuffled = (ids: readonly number[], below: (limit: number) => number): number[] => {
  const left = [...ids];
  for (let index = left.length - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    [left[index], left[other]] = [left[other] ?? 0, left[index] ?? 0];
  }
  return left;
};

/** Shots in any order, of each its rows with the newest first. */
function byShot(below: (limit: number) => number): number[] {
  const ids = newestFirst(below);
  const shots: number[][] = [];
  for (let start = 0; start < MANY; start += MADE_TOGETHER) {
    const together = shuffled(ids.slice(start, start + MADE_TOGETHER), below);
    for (let row = 0; row < together.length; row += ROWS_OF_A_SHOT)
      shots.push(together.slice(row, row + ROWS_OF_A_SHOT).sort((one, other) => other - one));
  }
  const places = shuffled(
    shots.map((_, index) => index),
    below,
  );
  return places.flatMap((place) => shots[place] ?? []);
}

const ORDERS = {
  'newest first': newestFirst,
  'by shot, in each the newest first': byShot,
  'no order': (below: (limit: number) => number) => shuffled(newestFirst(below), below),
} as const;

export type PageOrder = keyof typeof ORDERS;

export const PAGE_ORDERS: readonly PageOrder[] = [
  'newest first',
  'by shot, in each the newest first',
  'no order',
];

/** Ids of 10,000 rows of a page that is ordered so. */
export function idsIn(order: string): readonly number[] {
  const known = PAGE_ORDERS.find((each) => each === order);
  if (known === undefined) throw new Error(`There is no order "${order}".`);
  return ORDERS[known](numbersBelow());
}
