import { lexicographicSortSchema, printSchema } from 'graphql';
import { loadExposure } from '../site/exposure.ts';
import { exposeSchema } from '../site/expose.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import type { NamedConnector } from '../systems/load-connectors.ts';
import { withConnectors } from './connectors.ts';
import { buildGraphqlSchema } from './build-schema.ts';

/** The settings' own defaults: descriptions tell them. */
const LIMITS = { maxFirst: 1000, maxBatch: 200 };

/** The GraphQL schema of a snapshot as SDL, sorted: the public contract. */
export async function printGraphqlSchema(
  schemaDirectory: string,
  connectors: readonly NamedConnector[] = [],
): Promise<string> {
  const schema = await loadSiteSchema(schemaDirectory);
  const exposed = exposeSchema(schema, await loadExposure(schemaDirectory));
  const built = buildGraphqlSchema({ exposed, ...LIMITS, siteUrl: 'https://shotgrid.invalid' });
  const whole = lexicographicSortSchema(withConnectors(built, exposed, connectors));
  return `${printSchema(whole)}\n`;
}
