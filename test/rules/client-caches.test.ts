import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema, type GraphQLObjectType, isNonNullType, isObjectType } from 'graphql';
import { type CacheModules, loadCacheModules } from '../support/counted-clients.ts';
import { ROOT } from './source-files.ts';

const schema = buildSchema(await readFile(join(ROOT, 'schema/schema.graphql'), 'utf8'));
const roots = [schema.getQueryType(), schema.getMutationType()];
const objects = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !type.name.startsWith('__') && !roots.includes(type));

/** The rows of the table of docs/caches.md: names or endings of types, and the policy of each client. */
const rows = (await readFile(join(ROOT, 'docs/caches.md'), 'utf8'))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [types = '', , apollo = '', graphcache = ''] = line
      .slice(1)
      .split('|')
      .map((cell) => cell.trim());
    return { types: types.replaceAll('`', '').split(' '), apollo, graphcache };
  });

const isNamed = ({ name }: GraphQLObjectType, pattern: string): boolean =>
  pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
const rowsOf = (type: GraphQLObjectType) =>
  rows.filter(({ types }) => types.some((each) => isNamed(type, each)));

/** An id beside a type is that of a row of the type, unless the row itself is asked. */
function isKnownById(type: GraphQLObjectType): boolean {
  const { id, type: ofRow } = type.getFields();
  const isRow = type.getInterfaces().length > 0 && type.name !== 'UnexposedEntity';
  return isNonNullType(id?.type) && (ofRow === undefined || isRow);
}

describe('docs/caches.md', () => {
  let modules: CacheModules;
  beforeAll(async () => {
    modules = await loadCacheModules();
  });
  afterAll(() => rm(modules.folder, { recursive: true, force: true }));

  it('has exactly one row for each object type that its id does not tell from others', () => {
    const unclear = objects.flatMap((type): string[] => {
      const { length } = rowsOf(type);
      if (isKnownById(type)) return length === 0 ? [] : [`${type.name} has an id: take it out of the table.`];
      return length === 1 ? [] : [`${type.name} needs an id that is not null, or one row in the table.`];
    });
    expect(unclear).toEqual([]);
  });

  it('names no type that the schema does not have', () => {
    const named = rows.flatMap(({ types }) => types);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((each) => !objects.some((type) => isNamed(type, each)))).toEqual([]);
  });

  it('gives each type the key in both caches that its row says', () => {
    const cache = modules.apollo.createCache();
    const given = { id: 7, type: 'Note' };
    const keys = objects.map((type) => [
      type.name,
      cache.identify({ __typename: type.name, ...given }),
      modules.graphcache.keys[type.name]?.(given),
    ]);
    const said = objects.map((type) => {
      const [row] = rowsOf(type);
      if (row === undefined) return [type.name, `${type.name}:7`, undefined];
      const isKeyed = row.apollo.startsWith('key of');
      return [
        type.name,
        isKeyed ? `${type.name}:{"type":"Note","id":7}` : undefined,
        isKeyed ? 'Note:7' : null,
      ];
    });
    expect(keys).toEqual(said);
  });
});
