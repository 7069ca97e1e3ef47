import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from 'graphql';
import { runCommand } from '../../../src/cli/run-command.ts';
import { withSystems } from '../../../src/graphql/with-systems.ts';
import type { Connector } from '../../../src/systems/connector.ts';
import { loadSystemParts } from '../../../src/systems/load-system-parts.ts';

const SCHEMA = buildSchema(
  `type Query { shot(id: Int!): Shot } type Mutation { touch: Int } interface Entity { id: Int! }
  type Shot implements Entity { id: Int! } type Shots { nodes: [Shot] } type Viewer { login: String }`,
);
const SHOT = { type: 'Shot', graphqlName: 'Shot', fields: new Map() };
const EXPOSED = { types: new Map([['Shot', SHOT]]) } as unknown as Parameters<typeof withSystems>[1];
const none = async (): Promise<null> => null;

describe('A connector that does not fit', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-connector-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const connect = (connector: Connector) => () =>
    withSystems(SCHEMA, EXPOSED, { connectors: [{ name: 'farm', connector }], remotes: [] });

  it.each<[string, Connector, RegExp]>([
    ['SDL that cannot be read', { typeDefs: 'type {' }, /"farm".*Syntax Error/u],
    ['a type that is there already', { typeDefs: 'type Shot { id: Int }' }, /"farm".*Shot/u],
    ['a field that is there already', { typeDefs: 'extend type Shot { id: Int }' }, /"farm".*id/u],
    ['a type that is not there', { typeDefs: 'extend type Reel { jobs: Int }' }, /"farm".*Reel/u],
    [
      'a field without a resolver',
      { typeDefs: 'extend type Shot { jobs: Int }' },
      /Shot\.jobs has no resolver/u,
    ],
    [
      'a resolver without a field',
      { typeDefs: 'type Job { id: Int }', queries: { jobs: none } },
      /Query\.jobs has a resolver, but typeDefs do not add it/u,
    ],
    [
      'a field that may not be null',
      { typeDefs: 'extend type Query { jobs: Int! }', queries: { jobs: none } },
      /Query\.jobs must be nullable/u,
    ],
    [
      'a field on what is no row, such as a launch',
      { typeDefs: 'extend type Viewer { jobs: Int }' },
      /Viewer\.jobs cannot be added/u,
    ],
    [
      'a field of a type that holds rows of ShotGrid',
      { typeDefs: 'extend type Query { mine: Shots }', queries: { mine: none } },
      /Query\.mine cannot be Shots/u,
    ],
    [
      'such a type in a union of its own',
      { typeDefs: 'union Any = Shot | Shots type Job { any: [Any] }' },
      /Job\.any cannot be Shots/u,
    ],
    [
      'a row of ShotGrid that may not be null in a type of its own',
      { typeDefs: 'type Job { shot: Shot! }' },
      /Job\.shot must be nullable/u,
    ],
    [
      'a type of its own that passes for a row of ShotGrid',
      { typeDefs: 'type Job implements Entity { id: Int! }' },
      /Job cannot be an Entity/u,
    ],
  ])('has %s', async (_what, connector, message) => {
    await expect(connect(connector)()).rejects.toThrow(message);
  });

  it.each([
    ['is not there', null, /cannot be loaded/u],
    ['throws', 'throw new Error("at load");', /at load/u],
    ['exports nothing', 'export const other = 1;', /export connector/u],
    ['exports something else', 'export const connector = { typeDefs: 1, query: {} };', /typeDefs/u],
    [
      'has no functions',
      'export const connector = { typeDefs: "x", queries: { a: 1 } };',
      /must be a function/u,
    ],
  ])('is in a file that %s', async (what, text, message) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.mjs`);
    if (text !== null) await writeFile(file, text);
    await expect(
      loadSystemParts({ systems: [{ name: 'farm', connector: file, graphql: null }] }),
    ).rejects.toThrow(message);
  });

  it.each([
    ['cannot be read', 'extend type Query {\n    jobs: [Int!!]\n  }', 4, 16, 'Syntax Error'],
    [
      'names a type that is not there',
      'extend type Query {\n    jobs: [Job]\n  }',
      4,
      12,
      'Unknown type "Job"',
    ],
    ['takes a name that is there', 'type Shot { id: Int }', 3, 8, 'Type "Shot" already exists'],
    ['has no resolver', 'extend type Query { jobs: Int }', 3, 23, 'Query.jobs has no resolver'],
    ['may not be null', 'type Job {\n    shot: Shot!\n  }', 4, 5, 'Job.shot must be nullable'],
  ])(
    'has SDL that %s, reported with file, line and column',
    async (what, sdl, ...[line, column, message]) => {
      const file = join(folder, `${what.replaceAll(' ', '-')}-told.mjs`);
      await writeFile(file, `export const connector = {\n  typeDefs: \`\n  ${sdl}\n\`,\n};\n`);
      const { connectors } = await loadSystemParts({
        systems: [{ name: 'farm', connector: file, graphql: null }],
      });
      await expect(withSystems(SCHEMA, EXPOSED, { connectors, remotes: [] })).rejects.toThrow(
        `The system "farm" cannot be used: ${file}:${line}:${column}: ${message}`,
      );
    },
  );

  it('names a type of another one, whichever of them is added first', async () => {
    const farm = { typeDefs: 'type Job { id: Int task: Task }' };
    const time = { typeDefs: 'type Task { id: Int job: Job }' };
    const connectors = [
      { name: 'farm', connector: farm },
      { name: 'time', connector: time },
    ];
    const whole = await withSystems(SCHEMA, EXPOSED, { connectors, remotes: [] });
    expect(['Job', 'Task'].map((name) => whole.getType(name)?.name)).toEqual(['Job', 'Task']);
    const second = { name: 'second', connector: farm };
    await expect(
      withSystems(SCHEMA, EXPOSED, { connectors: [...connectors, second], remotes: [] }),
    ).rejects.toThrow(/The system "second" cannot be used: .*line 1, column 6: .*"Job"/u);
  });

  it('builds its SDL from parts: reported with file, and line and column of the SDL', async () => {
    const file = join(folder, 'parts.mjs');
    await writeFile(
      file,
      "export const connector = { typeDefs: ['type Job {', 'id: [Int!!] }'].join('\\n') };",
    );
    const { connectors } = await loadSystemParts({
      systems: [{ name: 'farm', connector: file, graphql: null }],
    });
    await expect(withSystems(SCHEMA, EXPOSED, { connectors, remotes: [] })).rejects.toThrow(
      `${file}: typeDefs, line 2, column 10: Syntax Error`,
    );
  });

  it('is reported at the terminal in a sentence, not as a stack trace', async () => {
    const settings = join(folder, 'shotgraph.yml');
    await writeFile(join(folder, 'farm.mjs'), 'export const connector = { typeDefs: "type {" };');
    await writeFile(
      settings,
      "systems:\n  farm: { connector: farm.mjs, baseUrl: 'https://farm', token: { way: forward } }\n",
    );
    const said: string[] = [];
    const terminal = {
      print: (text: string) => said.push(text),
      printError: (text: string) => said.push(text),
    };
    expect(await runCommand(['schema', 'print', '--config', settings], terminal)).toBe(1);
    expect(said.join('\n')).toMatch(/^The system "farm" cannot be used: \S+farm\.mjs:1:44: Syntax Error/u);
    expect(said.join('\n')).not.toMatch(/\bat .*:\d+/u);
  });
});
