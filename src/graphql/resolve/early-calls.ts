import type { RecordRef } from '../../query/ports/ports.ts';
import type { EntitySelection } from '../../query/ports/selection.ts';
import type { Work } from '../../query/work.ts';
import { typeFacts } from '../../site/type-facts.ts';

/**
 * Begins the call of a field that needs no more than the id of its row beside the search for that row, instead of after it.
 *
 * @param read what is selected of the row, and whether the field is
 */
export function beginEarly(
  { reader, site }: Pick<Work, 'reader' | 'site'>,
  { type, id }: RecordRef,
  read: { readonly selection: EntitySelection; asks(field: string): boolean },
): void {
  const { earlyCall } = typeFacts(type);
  if (earlyCall === undefined || !read.asks(earlyCall.field)) return;
  const begin = async (): Promise<void> => {
    // A request that is refused makes no call at all.
    await reader.reserve(type, read.selection);
    await site[earlyCall.call](id);
  };
  // Whoever resolves the field is told of a failure.
  begin().catch(() => undefined);
}
