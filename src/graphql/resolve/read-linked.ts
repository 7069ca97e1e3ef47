import { bare } from '../../base/bare.ts';
import type { EntityLink } from '../../query/ports/ports.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import type { OwnCall } from './own-resolvers.ts';
import type { SchemaParts } from './schema-parts.ts';

/**
 * Fills a link that did not come from a row, as far as the document selects it. Its name is the row's own, so that
 * a record has one name everywhere. If the link has no name and the name is selected, the row is read.
 */
export function readLinked(
  { selections }: Pick<SchemaParts, 'selections'>,
  { context, info }: OwnCall<unknown, object>,
  link: EntityLink,
): Promise<EntityNode> {
  const isNamed = selections.asks(info, 'name');
  return context.reader.linked(link, selections.of(info, link.type), isNamed);
}

/** The same for a name that was stored earlier. It is used only if the person may not see the row. */
export async function readNamedBefore(
  parts: Pick<SchemaParts, 'selections'>,
  call: OwnCall<unknown, object>,
  { name, ...ref }: EntityLink,
): Promise<EntityNode> {
  const node = await readLinked(parts, call, { ...ref, name: null });
  return node.name === null ? bare({ ...node, name }) : node;
}
