import { performance } from 'node:perf_hooks';
import { graphql } from 'graphql';
import { buildGraphqlSchema } from '../src/graphql/build-schema.ts';
import { exposeSchema } from '../src/site/expose.ts';
import { parseSiteSchema } from '../src/site/parse-site-schema.ts';
import { syntheticSchema } from './synthetic-schema.ts';

/** Builds the schema of a site of this size and answers a first query; tells how long it took since the process began. */
const [, , types = '105', fields = '16'] = process.argv;
const wire = syntheticSchema(Number(types), Number(fields));
const startedAt = performance.now();
const exposed = exposeSchema(parseSiteSchema(wire.entityTypes, wire.fields), {
  source: 'expose.yml',
  types: new Map(),
});
const schema = buildGraphqlSchema({
  exposed,
  maxFirst: 1000,
  maxBatch: 200,
  siteUrl: 'https://studio.example',
});
const answer = await graphql({ schema, source: '{ __typename __type(name: "Query") { fields { name } } }' });
if (answer.errors !== undefined) throw answer.errors[0];
process.send?.({
  buildMs: performance.now() - startedAt,
  startMs: performance.now(),
  rss: process.memoryUsage().rss,
  fields: [...exposed.types.values()].reduce((sum, type) => sum + type.fields.size, 0),
});
