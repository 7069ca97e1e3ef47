import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema, graphql, introspectionFromSchema, validateSchema } from 'graphql';
import type { GraphqlContext } from '../../../src/graphql/request/context.ts';
import { appErrorOf } from '../../../src/graphql/answer/errors.ts';
import { withRemotes } from '../../../src/graphql/systems/remote-schemas.ts';
import { loadSystemParts } from '../../../src/systems/load-system-parts.ts';

const OWN = buildSchema('type Query { shot(id: Int!): Int } type Mutation { touch: Int }');

describe('The schema of a system that is merged in', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-remote-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let count = 0;
  const merged = async (text: string) => {
    const schema = join(folder, `reels-${(count += 1)}.graphql`);
    await writeFile(schema, text);
    const graphqlPart = { schema, path: '/graphql', prefix: 'Reels' };
    const { remotes } = await loadSystemParts({
      systems: [{ name: 'reels', connector: null, graphql: graphqlPart }],
    });
    return withRemotes(OWN, remotes);
  };
  const typesOf = async (text: string) => {
    const schema = await merged(text);
    expect(validateSchema(schema)).toEqual([]);
    const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
    return { fields, types: Object.keys(schema.getTypeMap()).filter((name) => name.startsWith('Reels')) };
  };

  it.each([
    ['leads back to its own root', 'type Query { query: Query reels: [Reel!]! } type Reel { code: String }'],
    [
      'has a root that is a node, as PostGraphile has it',
      `interface Node { nodeId: ID! } type Query implements Node { query: Query! nodeId: ID! node(nodeId: ID!): Node reels: [Reel!]! }
      type Reel implements Node { nodeId: ID! code: String } type Mutation { cut(code: String): Cut } type Cut { reel: Reel query: Query }`,
    ],
    [
      'has its root in a union',
      'union Any = Query | Reel type Query { reels: [Reel!]! any: [Any] } type Reel { code: String }',
    ],
    [
      'calls its root by another name',
      'schema { query: Root } type Root { root: Root reels: [Reel!]! } type Reel { code: String }',
    ],
    [
      'has directives of its own tools',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
      type Query { reels: [Reel!]! @auth(role: "any") } type Reel @key(fields: "code") { code: String @deprecated(reason: "Ask for id.") @shareable }`,
    ],
    [
      'extends types that another subgraph defines',
      `extend type Query { reels: [Reel!]! } extend type Reel @key(fields: "code") { code: String @external }
      extend type Reel { cuts: Int } scalar _Any union _Entity = Reel extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`,
    ],
  ])('%s', async (_what, sdl) => {
    const { fields, types } = await typesOf(sdl);
    expect(fields).toContain('reelsReels');
    expect(types).toContain('ReelsReel');
  });

  it('is answered below its own root as at the top', async () => {
    const sdl =
      'type Query { query: Query reel(code: String!): Reel } type Reel { code: String query: Query }';
    const remote = buildSchema(sdl);
    const asked: string[] = [];
    const reel = ({ code }: { code: string }) => ({ code, query: () => root });
    const root = { reel, query: () => root };
    const send = (
      _method: string,
      _path: string,
      body: { query: string; variables: Record<string, unknown> },
    ) => {
      asked.push(body.query);
      return graphql({ schema: remote, source: body.query, variableValues: body.variables, rootValue: root });
    };
    const contextValue = {
      signal: new AbortController().signal,
      systems: () => ({ person: {}, system: { send } }),
    } as unknown as GraphqlContext;
    const answer = await graphql({
      schema: await merged(sdl),
      contextValue,
      source: `{ reelsQuery { __typename reelsReel(code: "a") { code reelsAgain: query { __typename reelsReel(code: "b") { code __typename } } } } }`,
    });
    expect(JSON.parse(JSON.stringify(answer))).toEqual({
      data: {
        reelsQuery: {
          __typename: 'ReelsQuery',
          reelsReel: {
            code: 'a',
            reelsAgain: { __typename: 'ReelsQuery', reelsReel: { code: 'b', __typename: 'ReelsReel' } },
          },
        },
      },
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    [{ count: 'secret text', name: 'a' }, ['reelsCount'], { reelsCount: null, reelsName: 'a' }],
    [{ count: null, name: 'a' }, ['reelsCount'], { reelsCount: null, reelsName: 'a' }],
    [{ count: 1, name: { text: 'secret text' } }, ['reelsName'], { reelsCount: 1, reelsName: null }],
    [
      { count: ['secret text'], name: { text: 'secret text' } },
      ['reelsCount', 'reelsName'],
      { reelsCount: null, reelsName: null },
    ],
  ])(
    'reports each value that its type cannot hold, also if a root field may not be null: %j',
    async (data, wrong, shown) => {
      // Fields that are asked for together have other names in the document.
      const send = async (_method: string, _path: string, { query }: { query: string }) => {
        const keys = [...query.matchAll(/(?:(\w+): )?\b(count|name)\b/gu)];
        return {
          data: Object.fromEntries(
            keys.map(([, alias, name = '']) => [alias ?? name, data[name as keyof typeof data]]),
          ),
        };
      };
      const contextValue = {
        signal: new AbortController().signal,
        systems: () => ({ person: {}, system: { send } }),
      } as unknown as GraphqlContext;
      const answer = await graphql({
        schema: await merged('type Query { count: Int! name: String }'),
        contextValue,
        source: '{ reelsCount reelsName }',
      });
      expect(JSON.parse(JSON.stringify(answer.data))).toEqual(shown);
      expect(answer.errors?.map((error) => [error.path?.join('.'), appErrorOf(error).code])).toEqual(
        wrong.map((path) => [path, 'SYSTEM_BROKEN']),
      );
      expect(JSON.stringify(answer)).not.toContain('secret');
    },
  );

  it('is read from the answer to an introspection query', async () => {
    const remote = buildSchema(
      'directive @auth on FIELD_DEFINITION type Query { query: Query reels: [Reel!]! } type Reel { code: String }',
    );
    const introspection = introspectionFromSchema(remote);
    for (const content of [introspection, { data: introspection }]) {
      expect((await typesOf(`\uFEFF${JSON.stringify(content, null, 2)}`)).types).toContain('ReelsReel');
    }
  });

  it.each([
    ['has no Query', 'type Reel { code: String }', /"reels".*reels-\d+\.graphql has no type Query/u],
    [
      'has a root that is not there',
      'schema { query: Root } type Reel { code: String }',
      /Unknown type "Root"/u,
    ],
    ['is not SDL', 'type Query {\n  reels: [Reel!!]\n}', /reels-\d+\.graphql:2:16: Syntax Error/u],
    ['names a type that is not there', 'type Query {\n  reels: [Reel]\n}', /Unknown type "Reel"/u],
    ['is JSON of something else', '{"data": {"reels": []}}', /reels-\d+\.graphql: /u],
    ['is broken JSON', '{"data": ', /reels-\d+\.graphql: /u],
  ])('is refused with the reason where it %s', async (_what, text, message) => {
    await expect(merged(text)).rejects.toThrow(message);
  });
});
