/**
 * Rows, or items of lists, that are worked on before the others get their turn: a few milliseconds. A page of
 * thousands in one go would stop every other request of the process for that long.
 */
export const ITEMS_OF_A_SLICE = 250;

/** Work that waits for its turn, in its order. */
const waiting: (() => void)[] = [];

/**
 * Waits until whatever else is due has had its turn. There is one queue for the process, and one slice in each turn of the
 * loop: several long pages at once take longer each, and stop the others no longer than one does.
 */
export function letOthersGo(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(nextSlice);
  });
}

/** The slice itself runs before anything else of this turn does. It may wait for its next turn, at the end of the queue. */
function nextSlice(): void {
  if (waiting.length > 1) setImmediate(nextSlice);
  waiting.shift()?.();
}

/** Makes one of each item, in their order. A long list waits for its turn before its first slice too. */
export async function mapInSlices<T, R>(items: readonly T[], make: (item: T) => R): Promise<R[]> {
  if (items.length <= ITEMS_OF_A_SLICE) return items.map(make);
  const made: R[] = [];
  for (const item of items) {
    if (made.length % ITEMS_OF_A_SLICE === 0) await letOthersGo();
    made.push(make(item));
  }
  return made;
}
