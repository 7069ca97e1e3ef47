import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Kind, parse } from 'graphql';
import { printGraphqlSchema } from '../../src/graphql/print-schema.ts';
import { FIXED_TYPES, isReservedTypeName, namesMadeFor, rootFieldNames } from '../../src/site/type-names.ts';
import { conventionBreaches } from './schema-conventions.ts';
import { ROOT } from './source-files.ts';

const contract = parse(await readFile(join(ROOT, 'schema/schema.graphql'), 'utf8'));
/** What connectors add is not ours to keep from the site's types: a clash is told at the start. */
const own = parse(await printGraphqlSchema(join(ROOT, 'schema/site')));
const objects = own.definitions.flatMap((definition) =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION ? [definition] : [],
);
const entityTypes = new Set(
  objects
    .filter(({ interfaces }) => interfaces?.some(({ name }) => name.value === 'Entity'))
    .map(({ name }) => name.value)
    .filter((name) => name !== 'UnexposedEntity'),
);

describe('the public contract', () => {
  it('keeps to the conventions of its names and lists', () => {
    expect(conventionBreaches(contract)).toEqual([]);
  });

  it('would be told of a breach of each', () => {
    const planted = parse(`type shot { Code: String list: [Int] old: Int @deprecated }
      type Row implements Entity { id: Int! locked: Boolean! } type Query { shot(By_id: Int): Int! } input ShotStuff { ids: [Int] } enum Colour { red }`);
    expect(conventionBreaches(planted)).toEqual([
      'shot is not in PascalCase.',
      'shot.Code is not in camelCase.',
      'shot.list is a list whose items may be null.',
      'shot.old is deprecated without a reason.',
      'Row.locked takes the list that a row stands in with it, where the row may not be seen.',
      'Query.shot has no description.',
      'Query.shot takes the whole answer with it when it fails.',
      'Query.shot.By_id is not in camelCase.',
      'ShotStuff does not end as an input does.',
      'ShotStuff.ids is a list whose items may be null.',
      'Colour.red is not in UPPER_CASE.',
    ]);
  });

  it('has exactly the types that the tables of reserved names are made of', () => {
    const emitted = own.definitions.flatMap((definition) =>
      'name' in definition && definition.name !== undefined ? [definition.name.value] : [],
    );
    const made = new Set([...entityTypes].flatMap((type) => namesMadeFor(type)));
    const fixed = emitted.filter((name) => !made.has(name));
    expect(fixed.filter((name) => !FIXED_TYPES.has(name))).toEqual([]);
    // Each ending is one that is made: of a Shot all of them are.
    expect(namesMadeFor('Shot').filter((name) => !emitted.includes(name))).toEqual([]);
  });

  it('gives no root field of its own to a type of the site', () => {
    const made = new Set([...entityTypes].flatMap((type) => rootFieldsOf(type)));
    const roots = objects
      .filter(({ name }) => name.value === 'Query' || name.value === 'Mutation')
      .flatMap(({ fields = [] }) => fields.map(({ name }) => name.value));
    const fixed = roots.filter((name) => !made.has(name));
    expect(fixed).toContain('viewer');
    expect(fixed.filter((name) => !isReservedTypeName(capitalised(name)))).toEqual([]);
    expect(
      fixed.filter((name) => rootFieldNames(capitalised(name).replace(/s$/u, '')).many === name),
    ).toEqual([]);
  });
});

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function rootFieldsOf(type: string): string[] {
  const { one, many } = rootFieldNames(type);
  const verbs = ['create', 'update', 'delete', 'revive'].map((verb) => `${verb}${type}`);
  return [one, many, `${many}ByIds`, `summarize${capitalised(many)}`, ...verbs];
}
