import type { Config } from '../config/config.ts';
import type { Graph } from '../operations/effects.ts';
import type { ExposedSchema } from '../site/expose.ts';
import type { SystemParts } from '../systems/load-system-parts.ts';
import { documentCheck } from './execution/document-check.ts';
import type { DocumentSettings } from './execution/limits.ts';
import { wholeSchema } from './whole-schema.ts';

/** The settings that decide which documents fit a graph. */
export type GraphSettings = DocumentSettings & Pick<Config['graphql'], 'maxFirst' | 'maxBatch'>;

/**
 * The graph that a server makes of a site and the studio's other systems, without a server.
 *
 * @throws ConnectorError if a system does not fit
 */
export async function graphOf(
  exposed: ExposedSchema,
  parts: SystemParts,
  settings: GraphSettings,
): Promise<Graph> {
  const { maxFirst, maxBatch } = settings;
  const options = { exposed, maxFirst, maxBatch, siteUrl: 'https://shotgrid.invalid' };
  return documentCheck(await wholeSchema(options, parts), settings);
}
