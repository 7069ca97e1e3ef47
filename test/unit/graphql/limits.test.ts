import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'graphql';
import { documentCheck } from '../../../src/graphql/execution/document-check.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import {
  createGraphqlWorld,
  GRAPHQL_SETTINGS,
  type GraphqlWorld,
  type WorldOptions,
} from '../../support/graphql-world.ts';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Fragments that each spread the next one twice: 2^count selections in a small document. */
const doubling = (count: number, type: string, field: string): string =>
  `${times(count, (index) => `fragment A${index} on ${type} { ...A${index + 1} ...A${index + 1} }`)}
   fragment A${count} on ${type} { ${field} }`;

/** An attacker with a session sends documents. */
describe('documents that are refused before anything runs', () => {
  let world: GraphqlWorld;
  const open = async (options: WorldOptions = {}): Promise<void> => {
    world = await createGraphqlWorld({ rows: bridgeRows(), ...options });
  };
  afterEach(() => world.close());
  /** What the check at the start says of a document on a list. */
  const isListable = (document: string): boolean =>
    documentCheck(world.part.schema, GRAPHQL_SETTINGS).mistakesOf(parse(document)).length === 0;

  it.each<[string, string]>([
    ['F1 introspection', '{ __schema { types { name } } }'],
    ['F1 one type', '{ __type(name: "Query") { name } }'],
    ['F1 under an alias', '{ a: __schema { b: types { name } } }'],
    ['F1 in a fragment', '{ ...F } fragment F on Query { __schema { types { name } } }'],
    ['F3 aliases', `{ ${times(60, (index) => `a${index}: viewer { login }`)} }`],
    ['F3 thousands of aliases', `{ ${times(3000, (index) => `a${index}: viewer { login }`)} }`],
    [
      'F5 one mutation many times',
      `mutation { ${times(15, (index) => `a${index}: deleteVersion(id: ${index}) { id }`)} }`,
    ],
    [
      'F5 the same through fragments',
      `mutation { ...A ...A } fragment A on Mutation { ${times(6, (index) => `a${index}: deleteVersion(id: ${index}) { id }`)} }`,
    ],
    ['root fields', `{ ${'viewer { login } '.repeat(21)} }`],
    [
      'F6 depth',
      `{ version(id: 1) ${'{ sgTask { project { nameField } } sgTask '.repeat(17)} { id } ${'}'.repeat(17)} }`,
    ],
    ['F7 doubling fragments', `{ version(id: 900) { ...A0 } } ${doubling(20, 'Version', 'code')}`],
    ['F7 doubling fragments at the root', `{ ...A0 } ${doubling(28, 'Query', 'viewer { login }')}`],
    [
      'F8 a fragment that spreads itself',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A viewer { login } }',
    ],
    [
      'F8 unused fragments',
      `{ viewer { login } } ${times(50, (index) => `fragment U${index} on Query { viewer { login } }`)}`,
    ],
    ['F8 directives', `{ viewer { login ${'@include(if: true) '.repeat(60)} } }`],
    ['F8 directives over several fields', `{ viewer { ${times(60, () => 'login @include(if: true)')} } }`],
    ['F8 thousands of directives', `{ viewer { login ${'@include(if: true) '.repeat(2000)} } }`],
    ['an unknown field', '{ helo }'],
    ['no document', '{'],
  ])('%s', async (_, document) => {
    await open();
    const { status, codes, data, errors } = await world.ask(document);
    expect(status).toBe(400);
    expect(new Set(codes).size).toBe(1);
    expect(codes[0]).toMatch(/^GRAPHQL_(?:PARSE|VALIDATION)_FAILED$/u);
    expect(codes.length).toBeLessThanOrEqual(10);
    expect(data).toBeUndefined();
    expect(world.site.calls).toEqual([]);
    // Production tells nothing of the schema or the limits, and suggests nothing (F2).
    const known = [
      'The GraphQL document cannot be parsed.',
      'The GraphQL document does not fit the schema or is too complex.',
    ];
    for (const { message } of errors) expect(known).toContain(message);
    if (codes[0] === 'GRAPHQL_VALIDATION_FAILED') expect(isListable(document)).toBe(false);
  });

  it('are found on a list at the start as well, up to the same number of selections', async () => {
    await open();
    const found: boolean[] = [];
    for (const count of [0, 8, 9, 10, 11, 12, 13, 14]) {
      const document = `{ ...A0 } ${doubling(count, 'Query', '__typename ... { __typename }')}`;
      const { status } = await world.ask(document);
      expect([count, isListable(document)]).toEqual([count, status === 200]);
      found.push(status === 200);
    }
    expect(new Set(found)).toEqual(new Set([true, false]));
  });

  it('F7: the doubling document costs no more time than a harmless one of its size', async () => {
    await open();
    const before = process.memoryUsage().heapUsed;
    await world.ask(`{ ...A0 } ${doubling(60, 'Query', 'viewer { login }')}`);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });

  it('F1: introspection by GET is refused too, and answers where it is switched on', async () => {
    await open({ settings: { introspection: true } });
    const headers = { 'apollo-require-preflight': '1' };
    const open1 = await world.ask('{ __schema { queryType { name } } }', { method: 'GET', headers });
    expect(open1.data.__schema.queryType.name).toBe('Query');
    await world.close();
    await open();
    const closed = await world.ask('{ __schema { queryType { name } } }', { method: 'GET', headers });
    expect([closed.status, closed.codes]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']]);
  });

  it('F2: the reason is shown in development', async () => {
    await open({ environment: 'development' });
    const { errors } = await world.ask('{ viewr { login } }');
    expect(errors[0]?.message).toContain('Did you mean "viewer"');
  });

  it.each([['development'], ['production']] as const)('limits are not shown in %s', async (environment) => {
    await open({ environment });
    const { errors } = await world.ask(`{ ${times(60, (index) => `a${index}: viewer { login }`)} }`);
    expect(JSON.stringify(errors)).not.toMatch(/\b(?:50|20|60)\b/u);
  });

  it('F10, E4: batches, several operations without a name, and writes by GET', async () => {
    await open();
    const batch = await world.ask([{ query: '{ viewer { login } }' }]);
    expect([batch.status, batch.codes]).toEqual([400, ['BAD_REQUEST']]);
    const several = await world.ask('query A { viewer { login } } query B { viewer { login } }');
    expect([several.status, several.codes]).toEqual([400, ['BAD_REQUEST']]);
    const headers = { 'apollo-require-preflight': '1' };
    const write = await world.ask('mutation { deleteVersion(id: 900) { id } }', { method: 'GET', headers });
    expect([write.status, write.codes]).toEqual([405, ['BAD_REQUEST']]);
    expect(world.site.calls).toEqual([]);
  });

  it.each<[string, { method?: 'GET'; headers?: Record<string, string> }]>([
    ['E5: a POST as a form of another origin can send it', { headers: { 'content-type': 'text/plain' } }],
    [
      'E3: a GET as a picture of another origin can send it',
      { method: 'GET', headers: { 'content-type': '' } },
    ],
    ['E6: a GET with an odd content type', { method: 'GET', headers: { 'content-type': 'bogus/x' } }],
  ])('%s', async (_, request) => {
    await open();
    const { status, codes } = await world.ask('{ viewer { login } }', request);
    expect([400, 415]).toContain(status);
    expect(codes).toEqual(['BAD_REQUEST']);
    expect(world.site.calls).toEqual([]);
  });

  it('lists within lists that would exceed the memory, although their rows are few (F9)', async () => {
    const links = (type: string) =>
      Array.from({ length: 40 }, (_, index) => ({ type, id: 1 + index, name: `${type} ${index}` }));
    const ids = Array.from({ length: 40 }, (_, index) => 1 + index);
    const rows = {
      Version: ids.map((id) => ({ id, code: `v${id}`, playlists: links('Playlist') })),
      Playlist: ids.map((id) => ({ id, code: `p${id}`, versions: links('Version') })),
    };
    await open({ rows });
    const nested = (levels: number): string =>
      levels === 0 ? 'code' : `code playlists { code versions { ${nested(levels - 1)} } }`;
    const small = await world.ask(`{ version(id: 1) { ${nested(1)} } }`);
    expect([small.codes, (small.data.version.playlists as unknown[]).length]).toEqual([[], 40]);
    const huge = await world.ask(`{ version(id: 1) { ${nested(6)} } }`);
    expect([huge.codes, huge.data]).toEqual([['TOO_LARGE'], { version: null }]);
    const both = await world.ask(
      `mutation { large: updateVersion(id: 1, input: { code: "v1" }) { ${nested(6)} } small: updateVersion(id: 2, input: { code: "v2" }) { ${nested(1)} } }`,
    );
    expect([both.codes, both.errors[0]?.path, both.data.small.code]).toEqual([
      ['TOO_LARGE'],
      ['large'],
      'v2',
    ]);
  });

  it('a variable that is nested too deeply to be read', async () => {
    await open();
    const depth = 40_000;
    const filter = JSON.parse(`${'{"and":['.repeat(depth)}{}${']}'.repeat(depth)}`) as unknown;
    const answer = await world.ask(
      'query($filter: VersionFilter) { versions(filter: $filter) { nodes { id } } }',
      { variables: { filter } },
    );
    expect(answer).toMatchObject({ codes: ['BAD_USER_INPUT'], data: undefined });
    expect(world.log).toEqual([]);
    expect(world.site.calls).toEqual([]);
    expect((await world.ask('{ viewer { login } }')).codes).toEqual([]);
  });

  it('accepts the query of a rich page, with fragments in fragments', async () => {
    await open();
    const document = `query Page { viewer { login } version(id: 900) { ...A0 } }
      ${times(14, (index) => `fragment A${index} on Version { ...A${index + 1} }`)}
      fragment A14 on Version { sgTask { project { nameField } } code }`;
    expect((await world.ask(document)).codes).toEqual([]);
  });
});
