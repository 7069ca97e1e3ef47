import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { runCommand } from '../../src/cli/run-command.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { loadDataset } from '../../studio/site/load-dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { ROOT } from '../rules/source-files.ts';
import { SITE_SCHEMA } from '../support/recordings.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** A pipeline developer points Shotgraph at a site of 105 types. */
describe('the schema of a real site', () => {
  let folder: string;
  let site: Awaited<ReturnType<typeof startSite>>;
  const before = { ...process.env };
  beforeAll(async () => {
    site = await startSite({ port: 0, dataset: await loadDataset({ schemaDirectory: SITE_SCHEMA }) });
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'schema-of-a-site-'));
    process.env['SHOTGRAPH_SITE_URL'] = site.url;
    process.env['SHOTGRAPH_SITE_SCRIPT_NAME'] = 'shotgraph';
    process.env['SHOTGRAPH_SITE_SCRIPT_KEY'] = 'demo-script-key';
    process.env['SHOTGRAPH_ENVIRONMENT'] = 'development';
  });
  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  const run = async (
    ...args: string[]
  ): Promise<{ code: number; printed: string; errors: string; watched: readonly string[] }> => {
    const printed: string[] = [];
    const errors: string[] = [];
    const watched: string[] = [];
    const code = await runCommand(args, {
      print: (text) => printed.push(text),
      printError: (text) => errors.push(text),
      progress: (text) => watched.push(text),
    });
    return { code, printed: printed.join('\n'), errors: errors.join('\n'), watched };
  };
  const changeField = async (method: string, path: string, body?: object): Promise<void> => {
    const token = await fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'shotgraph',
        client_secret: 'demo-script-key',
        grant_type: 'client_credentials',
      }),
    });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const answer = await fetch(`${site.url}/api/v1/schema/${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };

  it('is pulled, printed, and compared with the live site', async () => {
    const directory = join(folder, 'site');
    const pulled = await run('schema', 'pull', '--directory', directory);
    expect(pulled.errors).toBe('');
    expect(pulled.code).toBe(0);
    expect(pulled.printed).toContain('105 types with 1667 fields');
    expect(pulled.watched).toContain('105 of 105 types');
    expect(pulled.printed).toContain('Project.name is nameField in GraphQL');
    expect(pulled.printed).toContain('Launch is LaunchEntity in GraphQL');
    const { printed: sdl } = await run('schema', 'print', '--directory', directory);
    expect(sdl).toContain('type CustomEntity');
    expect(await run('schema', 'diff', '--directory', directory)).toMatchObject({
      code: 0,
      printed: 'No difference.',
      errors: '',
    });

    await changeField('POST', 'Shot/fields', {
      data_type: 'text',
      properties: [{ property_name: 'name', value: 'Mood Board' }],
    });
    const added = await run('schema', 'diff', '--directory', directory);
    expect(added.code).toBe(0);
    expect(added.printed).toContain('Shot.sg_mood_board was added (text).');

    await cp(directory, join(folder, 'old'), { recursive: true });
    await run('schema', 'pull', '--directory', directory);
    await changeField('DELETE', 'Shot/fields/sg_mood_board');
    const gone = await run('schema', 'diff', '--directory', directory);
    expect(gone.code).toBe(1);
    expect(gone.printed).toContain('BREAKS Shot.sg_mood_board is gone.');
    const between = await run('schema', 'diff', '--directory', join(folder, 'old'), '--against', directory);
    expect(between.code).toBe(0);
    expect(await readFile(join(directory, 'fields.json'), 'utf8')).toContain('sg_mood_board');
  });

  it('is pulled although expose.yml has mistakes, which are reported by line, with a suggestion', async () => {
    const directory = join(folder, 'site');
    await writeFile(
      join(folder, 'expose.yml'),
      'types:\n  Shott: { hide: true }\n  CustomEntity02: { rename: Prop }\n  Shot:\n    fields:\n      sg_sequnce: { hide: true }\n',
    );
    const mistakes = [
      `${join(folder, 'expose.yml')}:2: the site has no type "Shott". Did you mean "Shot"?`,
      `${join(folder, 'expose.yml')}:6: the site has no field "sg_sequnce" in Shot. Did you mean "sg_sequence"?`,
    ];
    const pulled = await run('schema', 'pull', '--directory', directory);
    expect(pulled).toMatchObject({ code: 1, errors: mistakes.join('\n') });
    const printed = await run('schema', 'print', '--directory', directory);
    expect(printed).toMatchObject({ code: 1, printed: '', errors: mistakes.join('\n') });

    await writeFile(join(folder, 'expose.yml'), 'types: { CustomEntity02: { rename: Prop } }\n');
    process.env['SHOTGRAPH_SCHEMA_DIRECTORY'] = directory;
    const mended = await run('schema', 'print');
    expect(await run('schema', 'diff')).toMatchObject({ code: 0, printed: 'No difference.' });
    expect(mended.code).toBe(0);
    expect(mended.printed).toContain('type Prop implements Entity');
  });

  it('prints an unknown site and a wrong key as messages, not as a stack trace', async () => {
    process.env['SHOTGRAPH_SITE_SCRIPT_KEY'] = 'not-the-key';
    const pulled = await run('schema', 'pull', '--directory', join(folder, 'site'));
    expect(pulled).toMatchObject({ code: 1, errors: expect.stringMatching(/^UPSTREAM_AUTH: /u) });
    const printed = await run('schema', 'print', '--directory', join(folder, 'nowhere'));
    expect(printed).toMatchObject({ code: 1, errors: expect.stringContaining('schema pull') });
  });

  it('is served completely: introspection works, and rows of its own types are read', async () => {
    const directory = join(folder, 'site');
    await run('schema', 'pull', '--directory', directory);
    const { HumanUser = [], PermissionRuleSet = [], Project = [] } = demoDataset().rows;
    const own = [{ id: 7, code: 'lantern', project: { type: 'Project', id: 1 } }];
    const dataset = {
      ...(await loadDataset({ schemaDirectory: SITE_SCHEMA })),
      rows: { HumanUser, PermissionRuleSet, Project, CustomEntity02: own },
    };
    const studio = await startStudio({ SHOTGRAPH_SCHEMA_DIRECTORY: directory }, {}, { dataset });
    try {
      const browser = new BrowserClient();
      await studio.launch(browser, 'mira', []);
      const { data: told } = await studio.ask(browser, getIntrospectionQuery());
      const schema = buildClientSchema(told as unknown as IntrospectionQuery);
      expect(Object.keys(schema.getQueryType()?.getFields() ?? {}).length).toBeGreaterThan(280);
      const { data, errors } = await studio.ask(
        browser,
        '{ customEntity02s { nodes { id code project { nameField } } totalCount } }',
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        customEntity02s: {
          nodes: [{ id: 7, code: 'lantern', project: { nameField: expect.any(String) } }],
          totalCount: 1,
        },
      });
      expect(studio.logLines.join('\n')).toContain('Project.name is nameField');
    } finally {
      await studio.stop();
    }
  });
});

describe('a server whose site has changed since the pull', () => {
  let studio: Studio | undefined;
  afterEach(() => studio?.stop());

  it('logs what the change breaks, and continues with its snapshot', async () => {
    const demo = demoDataset();
    const { Shot, ...others } = demo.fields as Record<string, { data: Record<string, unknown> }>;
    const { sg_cut_order: _, ...rest } = Shot?.data ?? {};
    const fields = { ...others, Shot: { data: { ...rest, sg_mood: rest['description'] } } };
    studio = await startStudio({ SHOTGRAPH_SCHEMA_DRIFT: 'on' }, {}, { dataset: { ...demo, fields } });
    expect(await told()).toMatchObject({
      event: 'schema.drifted',
      level: expect.anything(),
      count: 2,
      reason: expect.stringMatching(
        /^1 of the differences break clients\..*Shot\.sg_cut_order, Shot\.sg_mood$/u,
      ),
    });
    const browser = new BrowserClient();
    await studio.launch(browser, 'mira', []);
    const { data } = await studio.ask(browser, '{ __type(name: "Shot") { fields { name } } }');
    const names = (data as { __type: { fields: { name: string }[] } }).__type.fields.map(({ name }) => name);
    expect(names).toContain('sgCutOrder');
    expect(names).not.toContain('sgMood');
  });

  it('logs the rules of expose.yml that keep it from starting again after a pull', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rules-of-a-site-'));
    await cp(join(ROOT, 'schema', 'site'), join(folder, 'site'), { recursive: true });
    await writeFile(join(folder, 'expose.yml'), 'types: {Shot: {fields: {sg_cut_order: {hide: true}}}}\n');
    const demo = demoDataset();
    const fields = structuredClone(demo.fields) as Record<string, { data: Record<string, unknown> }>;
    delete fields['Shot']?.data['sg_cut_order'];
    studio = await startStudio(
      { SHOTGRAPH_SCHEMA_DRIFT: 'on', SHOTGRAPH_SCHEMA_DIRECTORY: join(folder, 'site') },
      {},
      { dataset: { ...demo, fields } },
    );
    expect(await told(/"event":"schema\.(?:rules_gone|drift_unknown)/u)).toMatchObject({
      event: 'schema.rules_gone',
      code: 'FIELD_GONE',
      count: 1,
      reason: expect.stringMatching(/^Shot\.sg_cut_order has a rule in .*expose\.yml:1, .*will not start/u),
    });
    await rm(folder, { recursive: true });
  });

  it('logs that the snapshot is current where nothing has changed, and answers meanwhile', async () => {
    studio = await startStudio({ SHOTGRAPH_SCHEMA_DRIFT: 'on' });
    const health = await fetch(`${studio.bffUrl}/healthz`);
    expect(health.status).toBe(200);
    expect(await told()).toMatchObject({ event: 'schema.current' });
  });

  it('logs that the check failed where the site cannot be read, and starts all the same', async () => {
    studio = await startStudio({ SHOTGRAPH_SCHEMA_DRIFT: 'on', SHOTGRAPH_SITE_SCRIPT_KEY: 'not-the-key' });
    expect((await fetch(`${studio.bffUrl}/healthz`)).status).toBe(200);
    expect(await told()).toMatchObject({ event: 'schema.drift_unknown' });
  });

  const told = async (event = /"event":"schema\.(?:drift|current)/u): Promise<object> => {
    for (;;) {
      const line = studio?.logLines.find((text) => event.test(text));
      if (line !== undefined) return JSON.parse(line) as object;
      await new Promise((wait) => setTimeout(wait, 50));
    }
  };
});
