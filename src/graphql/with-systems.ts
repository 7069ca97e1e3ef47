import type { GraphQLSchema } from 'graphql';
import type { ExposedSchema } from '../site/expose.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import { createDeclaredFields } from './resolve/declared-fields.ts';
import { type GraphPart, partOfConnector } from './systems/graph-part.ts';
import { withParts } from './systems/graph-parts.ts';

/**
 * Extends ShotGrid's schema with the studio's other systems and with its own classes.
 *
 * @param change applied to each part before it is added
 * @throws ConnectorError if a part does not fit
 */
export async function withSystems(
  schema: GraphQLSchema,
  exposed: ExposedSchema,
  { connectors, remotes, extensions = [] }: SystemParts,
  change: (part: GraphPart) => GraphPart = (part) => part,
): Promise<GraphQLSchema> {
  const systems = [...connectors, ...remotes].map(({ name }) => name);
  const classes = await partsOfClasses({ schema, exposed }, extensions, systems);
  const parts = [...connectors.map(partOfConnector), ...classes];
  const declared = createDeclaredFields(exposed);
  const connected = withParts(schema, { exposed, declared }, parts.map(change));
  declared.settle(connected);
  if (remotes.length === 0) return connected;
  // Loaded on demand: the library takes a fifth of a second to load.
  const { withRemotes } = await import('./systems/remote-schemas.ts');
  return withRemotes(connected, remotes);
}

async function partsOfClasses(
  site: { readonly schema: GraphQLSchema; readonly exposed: ExposedSchema },
  extensions: readonly string[],
  systems: readonly string[],
): Promise<readonly GraphPart[]> {
  if (extensions.length === 0) return [];
  const { loadExtensions } = await import('./extensions/load-extensions.ts');
  const { partsOf } = await import('./extensions/extension-parts.ts');
  return partsOf(await loadExtensions(extensions, systems), site);
}
