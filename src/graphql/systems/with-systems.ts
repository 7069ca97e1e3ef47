import type { GraphQLSchema } from 'graphql';
import type { ExposedSchema } from '../../site/expose.ts';
import type { SystemParts } from '../../systems/load-system-parts.ts';
import { withConnectors } from './connectors.ts';

/**
 * Extends ShotGrid's schema with the studio's other systems.
 *
 * @throws ConnectorError if a part does not fit
 */
export async function withSystems(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  { connectors, remotes }: SystemParts,
): Promise<GraphQLSchema> {
  const connected = withConnectors(schema, exposed, connectors);
  if (remotes.length === 0) return connected;
  // Loaded on demand: the library takes a fifth of a second to load.
  const { withRemotes } = await import('./remote-schemas.ts');
  return withRemotes(connected, remotes);
}
