import { bare } from '../../base/bare.ts';
import type { EntityLink } from '../../query/ports/ports.ts';
import type { EntityNode } from '../../query/ports/selection.ts';
import type { OwnCall } from './own-resolvers.ts';
import type { SchemaParts } from './schema-parts.ts';

/**
 * A link that came from elsewhere than a row, filled as far as the document asks. Its name is that of the row, so that one
 * record is called the same wherever it is reached: without a name of its own the row is read where the name is asked.
 */
export function readLinked(
  { selections }: Pick<SchemaParts, 'selections'>,
  { context, info }: OwnCall<unknown, object>,
  link: EntityLink,
): Promise<EntityNode> {
  const isNamed = selections.asks(info, 'name');
  return context.reader.linked(link, selections.of(info, link.type), isNamed);
}

/** The same for a name that was told some time ago, which holds only for those who may not see the row. */
export async function readNamedBefore(
  parts: Pick<SchemaParts, 'selections'>,
  call: OwnCall<unknown, object>,
  { name, ...ref }: EntityLink,
): Promise<EntityNode> {
  const node = await readLinked(parts, call, { ...ref, name: null });
  return node.name === null ? bare({ ...node, name }) : node;
}
