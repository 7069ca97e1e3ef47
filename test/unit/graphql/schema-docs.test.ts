import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  getNamedType,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { exposeSchema } from '../../../src/site/expose.ts';
import { EMPTY_EXPOSURE } from '../../../src/site/exposure.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { ROOT } from '../../rules/source-files.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';

const TYPES = { valid_types: ['Shot', 'Asset'] };

/** What the documentation and the clients of the vendor name (API 5.3, 7). */
const VENDOR_TYPES = [
  ...['addressing', 'calculated', 'checkbox', 'color', 'currency', 'date', 'date_time', 'duration', 'entity'],
  ...['entity_type', 'float', 'footage', 'image', 'jsonb', 'list', 'multi_entity', 'number', 'password'],
  ...['percent', 'pivot_column', 'serializable', 'status_list', 'summary', 'system_task_type', 'tag_list'],
  ...['text', 'timecode', 'url', 'uuid'],
];

/** `| a, b | X, Y | |` of docs/schema.md: a -> [X, undefined], b -> [Y, undefined]. */
function tableOf(page: string): [dataType: string, read: string | undefined, filter: string | undefined][] {
  const rows = [...page.slice(page.indexOf('**Data types.**')).matchAll(/^\| (`.*) \|$/gmu)];
  return rows.flatMap(([, row = '']) => {
    const [dataTypes = [], reads = [], filters = []] = row
      .split('|')
      .map((cell) => [...cell.matchAll(/`(\w+)`/gu)].map(([, name = '']) => name));
    return dataTypes.map((dataType, index): [string, string | undefined, string | undefined] => [
      dataType,
      reads[index] ?? reads[0],
      filters[index] ?? filters[0],
    ]);
  });
}

const table = tableOf(await readFile(join(ROOT, 'docs', 'schema.md'), 'utf8'));

describe('the data types of docs/schema.md', () => {
  let schema: GraphQLSchema;
  beforeAll(() => {
    const fields = Object.fromEntries(
      table.map(([dataType]) => [`sg_${dataType}`, wireField(dataType, TYPES)]),
    );
    const wire = wireSchema({ Shot: fields, Asset: {} });
    const exposed = exposeSchema(parseSiteSchema(wire.entityTypes, wire.fields), EMPTY_EXPOSURE);
    schema = buildGraphqlSchema({ exposed, maxFirst: 1, maxBatch: 1, siteUrl: 'https://studio.example' });
  });

  it.each(table)('%s is read as %s and filtered by %s', (dataType, read, filter) => {
    const name = `sg_${dataType}`.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
    const field = (schema.getType('Shot') as GraphQLObjectType).getFields()[name];
    const filtered = (schema.getType('ShotFilter') as GraphQLInputObjectType).getFields()[name];
    expect(field && getNamedType(field.type).name).toBe(read);
    expect(filtered && getNamedType(filtered.type).name).toBe(filter);
  });

  it('are all that the vendor lists', () => {
    const named = new Set(table.map(([dataType]) => dataType));
    expect(VENDOR_TYPES.filter((dataType) => !named.has(dataType))).toEqual([]);
  });
});
