import { letOthersGo } from '../base/loop/slices.ts';

/** Documents that are worked on at most before other work gets its turn. */
export const AT_ONCE = 20;
/** The same for large documents. */
const AT_ONCE_MS = 10;

/** The same as `map`, in slices: a server may take up a list of thousands while it answers. */
export async function inSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  let [count, sinceMs] = [AT_ONCE, 0];
  for (const item of items) {
    if (count >= AT_ONCE || performance.now() - sinceMs > AT_ONCE_MS) {
      await letOthersGo();
      [count, sinceMs] = [0, performance.now()];
    }
    count += 1;
    results.push(work(item));
  }
  return results;
}
