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
  const differences = numbers.map((number, index) => number - (numbers[index - 1] ?? 0));
  return deflateRawSync(differences.join()).toString('base64');
}

/** The vault authenticates its records: the text is one that was packed here. */
function inflated(text: string): number[] {
  const differences = inflateRawSync(Buffer.from(text, 'base64')).toString('latin1');
  let number = 0;
  return differences === '' ? [] : differences.split(',').map((each) => (number += Number(each)));
}
