import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** The ids of a launch, as they are kept: in the order of the page, in little space. */
export interface PackedIds {
  /** The page's ids: each as its difference from the one before it, deflated. */
  readonly ids: string;
  /** The selected ids: each as the difference of its place in `ids` from that of the one before it. */
  readonly selected: string;
}

/** The lists of a launch. Any order, and the same id several times, are kept. */
export interface IdLists {
  readonly ids: readonly number[];
  readonly selectedIds: readonly number[];
}

/** A byte holds seven bits of a number. The eighth says that more follow. */
const BITS = 7;
const MORE = 2 ** BITS;

/**
 * Rows that lie together on a page mostly have ids that lie together, and a selection is mostly a stretch of the page. A
 * selected id that is not on the page has a place beyond its end: the one of its own value.
 */
export function packIds({ ids, selectedIds }: IdLists): PackedIds {
  const places = new Map<number, number>();
  for (const [place, id] of ids.entries()) if (!places.has(id)) places.set(id, place);
  const selected = selectedIds.map((id) => places.get(id) ?? ids.length + id);
  return { ids: deflated(ids), selected: deflated(selected) };
}

/** What was packed. */
export function unpackIds({ ids: packed, selected }: PackedIds): IdLists {
  const ids = inflated(packed);
  return { ids, selectedIds: inflated(selected).map((place) => ids[place] ?? place - ids.length) };
}

function deflated(numbers: readonly number[]): string {
  const bytes: number[] = [];
  let before = 0;
  for (const number of numbers) {
    const difference = number - before;
    before = number;
    // Small differences are small numbers, whether the ids go up or down. Bit operations would cut large ones.
    let left = difference < 0 ? -2 * difference - 1 : 2 * difference;
    for (; left >= MORE; left = Math.floor(left / MORE)) bytes.push((left % MORE) + MORE);
    bytes.push(left);
  }
  return deflateRawSync(Uint8Array.from(bytes)).toString('base64');
}

/** The vault authenticates its records: the text is one that was packed here. */
function inflated(text: string): number[] {
  const numbers: number[] = [];
  let [number, kept, unit] = [0, 0, 1];
  for (const byte of inflateRawSync(Buffer.from(text, 'base64'))) {
    kept += (byte % MORE) * unit;
    unit *= MORE;
    if (byte >= MORE) continue;
    number += kept % 2 === 1 ? -(kept + 1) / 2 : kept / 2;
    numbers.push(number);
    [kept, unit] = [0, 1];
  }
  return numbers;
}
