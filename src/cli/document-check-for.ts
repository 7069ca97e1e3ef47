import type { Config } from '../config/config.ts';
import { documentCheck } from '../graphql/execution/document-check.ts';
import { wholeSchema } from '../graphql/whole-schema.ts';
import type { DocumentCheck } from '../operations/operation-list.ts';
import type { ExposedSchema } from '../site/expose.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';

type GraphConfig = Pick<Config, 'systems' | 'extensions'> & {
  readonly graphql: Pick<
    Config['graphql'],
    'maxFirst' | 'maxBatch' | 'maxDepth' | 'maxAliases' | 'maxTokens' | 'maxRootFields'
  >;
};

/**
 * The check of documents that a server with this configuration makes, without a server.
 *
 * @throws ConnectorError
 */
export async function documentCheckFor(
  { systems, extensions, graphql }: GraphConfig,
  exposed: ExposedSchema,
): Promise<DocumentCheck> {
  const parts = await loadSystemParts({ systems, extensions });
  const { maxFirst, maxBatch } = graphql;
  const schema = await wholeSchema(
    { exposed, maxFirst, maxBatch, siteUrl: 'https://shotgrid.invalid' },
    parts,
  );
  return documentCheck(schema, graphql);
}
