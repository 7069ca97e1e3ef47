import type { GraphQLSchema } from 'graphql';
import type { SystemParts } from '../systems/load-system-parts.ts';
import { buildGraphqlSchema, type BuildOptions } from './build-schema.ts';
import { withBoundedArguments } from './execution/bounded-input.ts';
import { withSeparateChanges } from './resolve/write-and-read.ts';
import { withUpstreams } from './systems/upstreams.ts';
import { withWrittenFields } from './written/written-fields.ts';
import { withSystems } from './with-systems.ts';

/**
 * The schema that a server executes documents against: the site's, with the studio's other systems.
 *
 * @throws ConnectorError if a system does not fit
 */
export async function wholeSchema(options: BuildOptions, parts: SystemParts): Promise<GraphQLSchema> {
  const whole = await withSystems(buildGraphqlSchema(options), options.exposed, parts);
  return withWrittenFields(withBoundedArguments(withSeparateChanges(withUpstreams(whole))));
}
