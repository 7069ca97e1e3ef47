import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraphqlSchema } from '../../../src/graphql/build-schema.ts';
import { withSystems } from '../../../src/graphql/with-systems.ts';
import { loadSystemParts } from '../../../src/systems/load-system-parts.ts';
import { smallStudio } from '../../support/small-studio.ts';

const exposed = smallStudio();
const schema = buildGraphqlSchema({ exposed, maxFirst: 10, maxBatch: 10, siteUrl: 'https://site.example' });
const NEEDING =
  'extend type Shot { mood: String tone: String jobs: [Job] part(of: Int!): Int } type Job { id: Int }';

/** The SDL stands in line 3 of the file from column 5, the rest of the connector in line 5. */
const fileOf = (sdl: string, rest: string): string =>
  `export const connector = {\n  typeDefs: \`\n    ${sdl}\n  \`,\n  ${rest}\n};\n`;
const needing = (needs: readonly string[], tone: readonly string[] = []): string => `fields: { Shot: {
  mood: { needs: ${JSON.stringify(needs)}, resolve: async (rows) => rows },
  tone: ${tone.length === 0 ? 'async (rows) => rows' : `{ needs: ${JSON.stringify(tone)}, resolve: async (rows) => rows }`},
  jobs: async (rows) => rows, part: async (rows) => rows,
} }`;

describe('A declaration of a connector that cannot be carried out', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-refused-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  let files = 0;
  const start = async (code: string) => {
    files += 1;
    const file = join(folder, `connector-${files}.mjs`);
    await writeFile(file, code);
    const told = async (): Promise<string> => {
      const parts = await loadSystemParts({ systems: [{ name: 'farm', connector: file, graphql: null }] });
      return withSystems(schema, exposed, parts).then(
        () => 'nothing',
        (error: Error) => error.message.replace(file, 'FILE'),
      );
    };
    return told();
  };

  it.each<[string, string, string, string]>([
    [
      'a directive',
      'directive @cost on FIELD_DEFINITION',
      '',
      'FILE:3:5: Nothing would carry out the directive',
    ],
    ['subscriptions', 'type Subscription { jobs: Int }', '', 'FILE:3:5: There are no subscriptions here'],
    [
      'another schema',
      'extend schema { subscription: Job } type Job { id: Int }',
      '',
      'FILE:3:5: The schema is',
    ],
    [
      'an operation',
      'type Job { id: Int } query Q { shots { totalCount } }',
      '',
      'FILE:3:26: typeDefs hold types',
    ],
    [
      'a value of our enums',
      'extend enum SortDirection { UP }',
      '',
      'FILE:3:5: SortDirection cannot be extended',
    ],
    [
      'a field of our inputs',
      'extend input ShotFilter { mood: Int }',
      '',
      'FILE:3:5: ShotFilter cannot be extended',
    ],
    [
      'a field of all rows',
      'extend interface Entity { mood: Int }',
      '',
      'FILE:3:5: Entity cannot be extended',
    ],
    [
      'a name that GraphQL keeps',
      'type Job { __id: Int }',
      '',
      'FILE:3:16: Name "__id" must not begin with "__"',
    ],
    ['a type of the site', 'type Version { id: Int }', '', 'FILE:3:10: Type "Version" already exists'],
    [
      'a resolver that no field of an own type has',
      'type Job { id: Int }',
      'fields: { Job: { log: async (rows) => rows } },',
      'FILE:5:25: Job.log has a resolver, but typeDefs do not add it',
    ],
    [
      'a resolver of an interface',
      'interface Job { id: Int } type Render implements Job { id: Int }',
      'fields: { Job: { async id(rows) { return rows; } } },',
      'FILE:5:20: Job.id has a resolver, but Job is no object type',
    ],
    [
      'rows of Query',
      'extend type Query { jobs: Int }',
      'fields: { Query: { jobs: async (rows) => rows } },',
      'FILE:3:25: Query.jobs is no field of rows',
    ],
    [
      'two resolvers of one field',
      'extend type Query { jobs: Int }',
      'fields: { Query: { jobs: async (rows) => rows } }, queries: { jobs: async () => 1 },',
      'FILE:5:71: Query.jobs has two resolvers',
    ],
    [
      'needs of a row of its own',
      'type Job { id: Int log: String }',
      "fields: { Job: { log: { needs: ['id'], resolve: async (rows) => rows } } },",
      'FILE:3:24: Job.log cannot have needs: a row of Job is what the system gave',
    ],
  ])('is refused with file and line: %s', async (_what, sdl, rest, message) => {
    expect(await start(fileOf(sdl, rest))).toContain(`The system "farm" cannot be used: ${message}`);
  });

  it.each<[string, readonly string[], readonly string[], string]>([
    ['a name that the graph does not have', ['cod'], [], 'needs "cod", but Shot has no field "cod"'],
    ['a name of the site', ['sg_cut_in'], [], 'Did you mean "sgCutIn"?'],
    [
      'a name below a link',
      ['sgSequence.cut'],
      [],
      'needs "sgSequence.cut", but Sequence has no field "cut"',
    ],
    ['more below a value', ['code.length'], [], '"code" of Shot is no link. Say "code" only.'],
    ['nothing below a link', ['sgSequence.'], [], 'needs "sgSequence.", but Sequence has no field ""'],
    ['a field of ours that is no field of the site', ['totalCount'], [], 'Shot has no field "totalCount"'],
    ['itself', ['mood'], [], 'Shot.mood needs itself: Shot.mood -> Shot.mood.'],
    ['a circle', ['tone'], ['mood'], 'Shot.mood needs itself: Shot.mood -> Shot.tone -> Shot.mood.'],
    [
      'a circle through links',
      ['sgSequence.shots.tone'],
      ['mood'],
      'Shot.mood needs itself: Shot.mood -> Shot.tone -> Shot.mood.',
    ],
    [
      'a field of a system with objects',
      ['jobs'],
      [],
      'Shot.jobs cannot be needed: only fields with plain values',
    ],
    ['one with an argument', ['part'], [], 'Shot.part cannot be needed: it needs the argument "of".'],
  ])('is refused with file and line: needs with %s', async (_what, needs, tone, message) => {
    const told = await start(fileOf(NEEDING, needing(needs, tone)));
    expect(told).toMatch(/^The system "farm" cannot be used: FILE:3:(?:24|37): /u);
    expect(told).toContain(message);
  });

  it('is refused: a need of a link of several types that names none of them', async () => {
    const rest = "fields: { Version: { mood: { needs: ['entity.code'], resolve: async (rows) => rows } } },";
    expect(await start(fileOf('extend type Version { mood: String }', rest))).toContain(
      'FILE:3:27: Version.mood cannot be read: it needs "entity.code", but "entity" may hold several types. Name one of them, and its field after it: Asset, Sequence, Shot.',
    );
  });

  it.each([
    ['no resolver', "{ needs: ['code'] }"],
    ['needs that are no list', "{ needs: 'code', resolve: async (rows) => rows }"],
    ['a misspelt key', "{ need: ['code'], resolve: async (rows) => rows }"],
  ])('is refused: a field with %s', async (_what, given) => {
    const sdl = 'extend type Shot { mood: String }';
    await expect(start(fileOf(sdl, `fields: { Shot: { mood: ${given} } },`))).rejects.toThrow(
      /connector-\d+\.mjs: fields\.Shot\.mood: must be a function, or \{ needs: \[\.\.\.\], resolve\(\) \{\} \}/u,
    );
  });

  it('is in the schema with every type and field if it is not refused', async () => {
    const sdl = `${NEEDING} extend type Job { log: String } enum State { ON } input Wish { id: Int } scalar Day
      union Any = Job | Shot interface Mark { id: Int } extend type Query { any(wish: Wish): Any }`;
    const rest = `${needing(['code'])}, queries: { any: async () => null }`;
    const file = join(folder, 'whole.mjs');
    await writeFile(file, fileOf(sdl, rest));
    const whole = await withSystems(
      schema,
      exposed,
      await loadSystemParts({ systems: [{ name: 'farm', connector: file, graphql: null }] }),
    );
    for (const name of ['Job', 'State', 'Wish', 'Day', 'Any', 'Mark'])
      expect(whole.getType(name)).toBeDefined();
  });
});
