import type { RecordRef } from '../../query/ports/ports.ts';
import type { EntitySelection } from '../../query/ports/selection.ts';
import type { Work } from '../../query/work.ts';
import { typeFacts } from '../../site/type-facts.ts';

/**
 * Starts a call that needs only the id of a row in parallel with the search for that row, instead of after it.
 *
 * @param read the selection of the row, and a test whether it contains a field
 */
export function beginEarly(
  { reader, site }: Pick<Work, 'reader' | 'site'>,
  { type, id }: RecordRef,
  read: { readonly selection: EntitySelection; asks(field: string): boolean },
): void {
  const { earlyCall } = typeFacts(type);
  if (earlyCall === undefined || !read.asks(earlyCall.field)) return;
  const begin = async (): Promise<void> => {
    // A refused request must make no call at all.
    await reader.reserve(type, read.selection);
    await site[earlyCall.call](id);
  };
  // The field's resolver reports a failure.
  begin().catch(() => undefined);
}
