import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Rows, or items of lists, that are worked on before the others get their turn: a few milliseconds. A page of
 * thousands in one go would stop every other request of the process for that long.
 */
export const ITEMS_OF_A_SLICE = 250;

/** Waits until whatever else is due has had its turn. */
export const letOthersGo = (): Promise<void> => nextTurn();

/** Makes one of each item, in their order. */
export async function mapInSlices<T, R>(items: readonly T[], make: (item: T) => R): Promise<R[]> {
  if (items.length <= ITEMS_OF_A_SLICE) return items.map(make);
  const made: R[] = [];
  for (const item of items) {
    if (made.length > 0 && made.length % ITEMS_OF_A_SLICE === 0) await letOthersGo();
    made.push(make(item));
  }
  return made;
}
