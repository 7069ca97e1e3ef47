import type { Config } from '../config/config.ts';
import { documentCheck } from '../graphql/execution/document-check.ts';
import { wholeSchema } from '../graphql/whole-schema.ts';
import type { DocumentCheck } from '../operations/operation-list.ts';
import { loadSite } from '../site/load-site.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';

type GraphConfig = Pick<Config, 'schemaDirectory' | 'systems' | 'extensions'> & {
  readonly graphql: Pick<
    Config['graphql'],
    'maxFirst' | 'maxBatch' | 'maxDepth' | 'maxAliases' | 'maxTokens' | 'maxRootFields'
  >;
};

/**
 * The check of documents that a server with this configuration makes, without a server.
 *
 * @throws SiteSchemaError, ConnectorError
 */
export async function documentCheckFor({
  schemaDirectory,
  systems,
  extensions,
  graphql,
}: GraphConfig): Promise<DocumentCheck> {
  const { exposed } = await loadSite(schemaDirectory);
  const parts = await loadSystemParts({ systems, extensions });
  const { maxFirst, maxBatch } = graphql;
  const schema = await wholeSchema(
    { exposed, maxFirst, maxBatch, siteUrl: 'https://shotgrid.invalid' },
    parts,
  );
  return documentCheck(schema, graphql);
}
