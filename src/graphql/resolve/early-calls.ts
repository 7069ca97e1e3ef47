import { ownValue } from '../../base/bare.ts';
import type { RecordRef, SiteFeatures } from '../../query/ports/ports.ts';
import type { EntitySelection } from '../../query/ports/selection.ts';
import type { Work } from '../../query/work.ts';

interface EarlyCall {
  readonly field: string;
  begin(site: SiteFeatures, id: number): Promise<unknown>;
}

/** Fields that cost a call of their own, and need no more for it than the id of their row. */
const EARLY_CALLS: Readonly<Record<string, EarlyCall>> = {
  Note: { field: 'thread', begin: (site, id) => site.noteThread(id) },
  Playlist: { field: 'orderedVersions', begin: (site, id) => site.playlistOrder(id) },
};

/**
 * Begins such a call beside the search for the row whose id is known, instead of after it.
 *
 * @param read what is selected of the row, and whether the field is
 */
export function beginEarly(
  { reader, site }: Pick<Work, 'reader' | 'site'>,
  { type, id }: RecordRef,
  read: { readonly selection: EntitySelection; asks(field: string): boolean },
): void {
  const call = ownValue(EARLY_CALLS, type);
  if (call === undefined || !read.asks(call.field)) return;
  const begin = async (): Promise<void> => {
    // A request that is refused makes no call at all.
    await reader.reserve(type, read.selection);
    await call.begin(site, id);
  };
  // Whoever resolves the field is told of a failure.
  begin().catch(() => undefined);
}
