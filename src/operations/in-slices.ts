import { setImmediate as breathe } from 'node:timers/promises';

/** Documents that are worked on before other work gets its turn. */
export const AT_ONCE = 20;

/** The same as `map`, in slices: a server may take up a list of thousands while it answers. */
export async function inSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index % AT_ONCE === 0) await breathe();
    results.push(work(item));
  }
  return results;
}
