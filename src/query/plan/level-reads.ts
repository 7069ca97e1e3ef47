import { type EntitySelection, mergeSelections } from '../ports/selection.ts';

/** The read of one type at one level: one search for all links, with what is asked of any of them. */
export interface LevelRead<Link> {
  readonly type: string;
  readonly links: readonly Link[];
  readonly selection: EntitySelection;
}

/** One read for each type, however many fields and rows link to it. */
export function levelReads<Link extends { readonly selection: EntitySelection }>(
  links: readonly Link[],
  typeOf: (link: Link) => string,
): readonly LevelRead<Link>[] {
  const byType = new Map<string, Link[]>();
  for (const link of links) {
    const type = typeOf(link);
    const ofType = byType.get(type);
    if (ofType === undefined) byType.set(type, [link]);
    else ofType.push(link);
  }
  return [...byType].map(([type, ofType]) => ({
    type,
    links: ofType,
    selection: mergeSelections([...new Set(ofType.map(({ selection }) => selection))]),
  }));
}
