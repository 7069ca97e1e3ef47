import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.ts';
import { createExplainer, type Explainer } from '../../../src/graphql/explain.ts';
import { inWaves } from '../../../src/query/plan/print-plan.ts';
import { exposeSchema, type ExposedSchema } from '../../../src/site/expose.ts';
import { loadSiteSchema } from '../../../src/site/load-site-schema.ts';
import { ROOT } from '../../rules/source-files.ts';
import { EXPLAINED, PLAN } from '../../support/plan-settings.ts';

const SNAPSHOT = join(ROOT, 'schema', 'site');

describe('what a query would cost', () => {
  let exposed: ExposedSchema;
  let usual: Explainer;
  beforeAll(async () => {
    exposed = exposeSchema(await loadSiteSchema(SNAPSHOT), { source: 'expose.yml', types: new Map() });
    usual = createExplainer({ ...EXPLAINED, exposed });
  });
  const explained = (document: string, variables = {}, plan = PLAN) =>
    (plan === PLAN ? usual : createExplainer({ ...EXPLAINED, exposed, plan }))({
      document,
      variables,
      operationName: undefined,
      launchType: 'Version',
    });

  it('is higher if short cuts are off', async () => {
    const query = '{ version(id: 1) { sgTask { step { code } } } }';
    expect(inWaves((await explained(query)).calls)).toHaveLength(1);
    const { calls } = await explained(query, {}, { ...PLAN, paths: false, beside: false });
    expect(inWaves(calls)).toHaveLength(3);
  });

  it('is that of each type which a single link may lead to', async () => {
    const notes = '{ notes { thread { id } } }';
    const { calls } = await explained(
      `{ versions(first: 5) { nodes { entity { ... on Shot ${notes} ... on Asset ${notes} } } } }`,
    );
    const titles = calls.map(({ wave, kind, type }) => `${wave} ${kind} ${type}`).sort();
    expect(titles).toEqual([
      '1 search Version',
      '2 search Asset',
      '2 search Shot',
      '3 noteThread Note',
      '3 noteThread Note',
    ]);
  });

  it('is refused before the first call if it is far too high', async () => {
    const levels = (depth: number): string =>
      depth === 0 ? '{ id code }' : `{ id code versions { id code playlists ${levels(depth - 1)} } }`;
    const { calls, errors } = await explained(
      `{ playlist(id: 1) ${levels(6)} }`,
      {},
      { ...PLAN, maxSearches: 9 },
    );
    expect(calls).toEqual([]);
    expect(errors[0]?.originalError).toMatchObject({
      code: 'PLAN_TOO_LARGE',
      details: { path: 'versions', limit: 9 },
    });
  });

  it('is counted separately for each field of a mutation, as on the server', async () => {
    const fields = [1, 2, 3].map(
      (index) =>
        `f${index}: updatePlaylist(id: 1, input: { description: "n${index}" }) { versions { code } }`,
    );
    const { errors } = await createExplainer({ ...EXPLAINED, exposed, plan: { ...PLAN, maxSearches: 4 } })({
      document: `mutation { ${fields.join(' ')} }`,
      variables: {},
      operationName: undefined,
      launchType: 'Version',
    });
    // Two searches each, of four.
    expect(errors.map(({ path }) => path)).toEqual([['f3']]);
    expect(errors[0]?.originalError).toMatchObject({ code: 'PLAN_TOO_LARGE' });
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'too deep',
      `{ playlist(id: 1) ${'{ versions { playlists '.repeat(10)} { id } ${'} }'.repeat(10)} }`,
      {},
      'too complex',
    ],
    [
      'of too many root fields',
      `{ ${Array.from({ length: 30 }, () => 'viewer { login }').join(' ')} }`,
      {},
      'too many root fields',
    ],
    ['of too many tokens', `{ viewer { ${'login '.repeat(6000)} } }`, {}, 'more that 5000 tokens'],
    [
      'with a value that its type does not take',
      'query ($id: Int!) { shot(id: $id) { code } }',
      { id: 'one' },
      'Int cannot represent',
    ],
    [
      'with text that no site holds',
      'query ($text: String!) { search(text: $text) { name } }',
      { text: 'a\u0000' },
      'text',
    ],
    [
      'with too many variables',
      '{ viewer { login } }',
      { lists: Array.from({ length: 600 }, () => Array.from({ length: 600 }, () => 1)) },
      'too many',
    ],
    [
      'with one variable at too many places',
      `query ($of: [ShotFilter!]) { ${['a', 'b', 'c'].map((name) => `${name}: shots(filter: { or: [${'{ or: $of } '.repeat(40)}] }) { nodes { id } }`).join(' ')} }`,
      { of: Array.from({ length: 900 }, (_, index) => ({ id: { is: index + 1 } })) },
      'too many',
    ],
  ])('is refused, as by the server, for a request %s', async (_, document, variables, message) => {
    const { calls, errors } = await explained(document, variables);
    expect(errors.map((error) => error.message).join(' ')).toContain(message);
    expect(calls).toEqual([]);
  });

  it('includes a check of the live schema for a link type that the pulled schema does not contain', async () => {
    const { calls, errors } = await explained(
      '{ shots(filter: { sgSequence: { is: { type: "Status", id: 1 } } }) { nodes { code } } }',
    );
    expect(errors).toEqual([]);
    expect(inWaves(calls).map((wave) => wave.map(({ kind, type }) => [kind, type]))).toEqual([
      [['fieldInfo', 'Shot']],
      [['search', 'Shot']],
    ]);
  });

  it('has no waves for an invalid document, and reports its errors', async () => {
    expect((await explained('{ shots { nodes { nope } } }')).errors[0]?.message).toContain('nope');
    expect((await explained('{ shots {')).errors[0]?.message).toContain('Syntax Error');
  });
});

describe('shotgraph explain', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explain-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (...args: string[]): Promise<{ code: number; printed: string; errors: string }> => {
    const printed: string[] = [];
    const errors: string[] = [];
    const code = await runCommand(['explain', ...args, '--directory', SNAPSHOT], {
      print: (text) => printed.push(text),
      printError: (text) => errors.push(text),
    });
    return { code, printed: printed.join('\n'), errors: errors.join('\n') };
  };

  it('prints the waves and their calls', async () => {
    const query = join(folder, 'query.graphql');
    const variables = join(folder, 'variables.json');
    await writeFile(query, 'query Q($id: Int!) { shot(id: $id) { code tasks { content } } }');
    await writeFile(variables, '{"id": 7}');
    const { code, printed } = await run(query, '--variables', variables);
    expect(code).toBe(0);
    expect(printed).toBe(
      [
        '1 wave, 2 calls',
        'wave 1',
        '  search Task',
        '    fields  cached_display_name, content',
        '    where   [["entity.Shot.id","in",[7]]]',
        '  search Shot',
        '    fields  cached_display_name, code, tasks',
        '    where   [["id","in",[7]]]',
      ].join('\n'),
    );
  });

  it('shows what each call waits for as text, as JSON and as a diagram', async () => {
    const query = join(folder, 'levels.graphql');
    await writeFile(query, '{ sequences(first: 5) { nodes { shots { code } } } }');
    const title = ['2 waves, 2 calls', 'wave 1', '  search Sequence', 'wave 2', '  search Shot'];
    const { printed } = await run(query);
    expect(printed.split('\n').filter((line) => !line.startsWith('    '))).toEqual(title);
    expect(printed).toContain('    where   [["id","in",["Sequence.shots"]]]\n    after   search Sequence');
    expect(JSON.parse((await run(query, '--json')).printed)).toEqual({
      waves: 2,
      calls: [
        expect.objectContaining({ index: 0, kind: 'search', type: 'Sequence', wave: 1, after: [] }),
        expect.objectContaining({ index: 1, kind: 'search', type: 'Shot', wave: 2, after: [0] }),
      ],
      unexplained: [],
      sampled: [],
      errors: [],
    });
    expect((await run(query, '--mermaid')).printed.split('\n')).toEqual([
      'flowchart LR',
      '  subgraph wave1 [wave 1]',
      '    c0["search Sequence"]',
      '  end',
      '  subgraph wave2 [wave 2]',
      '    c1["search Shot"]',
      '  end',
      '  c0 --> c1',
    ]);
    expect((await run(query, '--json', '--mermaid')).code).toBe(2);
  });

  it('accepts the fields of connectors and merged schemas, and counts one call for each system and wave', async () => {
    const query = join(folder, 'systems.graphql');
    const config = join(folder, 'shotgraph.yml');
    await writeFile(
      join(folder, 'reels.graphql'),
      'type Query { reels: [Reel!] others: [Reel!] } type Reel { code: String }',
    );
    await writeFile(
      join(folder, 'farm.mjs'),
      `export const connector = {
        typeDefs: 'type Job { id: ID } extend type Version { jobs: [Job] } extend type Query { job: Job }',
        fields: { Version: { jobs: () => process.exit(9) } },
        queries: { job: () => process.exit(9) },
      };`,
    );
    await writeFile(
      config,
      'systems: { farm: { connector: farm.mjs }, reels: { graphql: { schema: reels.graphql } } }',
    );
    await writeFile(
      query,
      '{ versions(first: 2) { nodes { code jobs { id } user { ... on HumanUser { login } } } } job { id } reelsReels { code } reelsOthers { code } }',
    );
    const told = [
      '2 waves, 4 calls',
      'wave 1',
      '  system farm',
      '  system reels',
      '  search Version',
      'wave 2',
      '  system farm',
      'not explained',
      ...['Query.job (farm)', 'Query.reelsReels', 'Query.reelsOthers', 'Version.jobs (farm)'].map(
        (place) =>
          `  ${place}: counted as one call; only the system knows how many there are, and which rows it names.`,
      ),
    ];
    const { code, printed, errors } = await run(query, '--config', config);
    expect([code, errors]).toEqual([0, '']);
    expect(printed.split('\n').filter((line) => !line.startsWith('    '))).toEqual(told);
  });

  it('lists an upload as not explained, and explains the rest', async () => {
    const query = join(folder, 'upload.graphql');
    await writeFile(
      query,
      'mutation { updateVersion(id: 1, input: { code: "a" }) { code } requestUpload(entity: { type: "Version", id: 1 }, field: "image", fileName: "a.png", sizeBytes: 1) { id } }',
    );
    const { code, printed } = await run(query);
    expect(code).toBe(0);
    expect(printed).toMatch(/^2 waves, 2 calls/u);
    expect(printed).toMatch(/not explained\n {2}requestUpload: uploads are not explained\. docs\/files\.md/u);
  });

  it('reports errors with file and line', async () => {
    const query = join(folder, 'wrong.graphql');
    await writeFile(query, '{\n  shots { nodes { nope } }\n}');
    const { code, errors } = await run(query);
    expect(code).toBe(1);
    expect(errors).toContain(`${query}:2: Cannot query field "nope"`);
    expect((await run(join(folder, 'absent.graphql'))).errors).toContain('cannot be read');
    expect((await run()).code).toBe(2);
  });
});
