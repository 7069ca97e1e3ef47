import { lexicographicSortSchema, printSchema } from 'graphql';
import { loadExposure } from '../site/exposure.ts';
import { exposeSchema } from '../site/expose.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import { withSystems } from './with-systems.ts';
import { buildGraphqlSchema } from './build-schema.ts';

/** The default settings, because descriptions contain these limits. */
const LIMITS = { maxFirst: 1000, maxBatch: 200 };

/** The GraphQL schema of a snapshot as SDL, sorted: the public contract. */
export async function printGraphqlSchema(
  schemaDirectory: string,
  parts: SystemParts = { connectors: [], remotes: [] },
): Promise<string> {
  const schema = await loadSiteSchema(schemaDirectory);
  const exposed = exposeSchema(schema, await loadExposure(schemaDirectory));
  const built = buildGraphqlSchema({ exposed, ...LIMITS, siteUrl: 'https://shotgrid.invalid' });
  const whole = lexicographicSortSchema(await withSystems(built, exposed, parts));
  return `${printSchema(whole)}\n`;
}
