import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listValues, settingValues } from '../../src/cli/config/config-values.ts';
import { renderFacts } from '../../src/site/facts/site-facts.ts';
import { ROOT } from '../rules/source-files.ts';
import { type CliStudio, startCliStudio } from '../support/cli-studio.ts';
import { CANARIES } from '../support/studio.ts';

interface Shown {
  readonly name: string;
  readonly value: string | null;
  readonly from: string;
}

/** An operator asks why a server does what it does. */
describe('the configuration at the shell', () => {
  let studio: CliStudio;
  let folder: string;
  beforeAll(async () => {
    studio = await startCliStudio();
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-show-'));
  });
  afterAll(async () => {
    await studio.stop();
    await rm(folder, { recursive: true });
  });

  it('config check says what the server would start with, and every problem as start does', async () => {
    expect(await studio.run(['config', 'check'])).toEqual({
      code: 0,
      said: 'The configuration can be used, for development. menu items: 1, front ends: 1, other systems: 0.',
    });
    const wrong = { SHOTGRAPH_PORT: '70000', SHOTGRAPH_AMI_SECRET_REVIEW: '' };
    const { code, said } = await studio.run(['config', 'check'], wrong);
    expect(code).toBe(1);
    expect(said).toMatch(/SHOTGRAPH_PORT must be from 0 to 65535/u);
    expect(said).toMatch(/SHOTGRAPH_AMI_SECRET_REVIEW is used but not set/u);
  });

  it('config check and start refuse facts that were measured at another site', async () => {
    const schema = join(folder, 'shared', 'site');
    await cp(join(ROOT, 'schema', 'site'), schema, { recursive: true });
    const site = 'https://lantern.example.com';
    const measured = { site, measuredOn: '2026-12-01', server: null, facts: { 'read.maxIds': 100 } };
    await writeFile(join(folder, 'shared', 'facts.json'), renderFacts(measured));
    for (const command of [['config', 'check'], ['start']]) {
      const { code, said } = await studio.run(command, { SHOTGRAPH_SCHEMA_DIRECTORY: schema });
      expect([code, said]).toEqual([1, expect.stringContaining(`was measured at ${site}, and this site is`)]);
    }
    const { said } = await studio.run(['doctor'], { SHOTGRAPH_SCHEMA_DIRECTORY: schema });
    expect(said).toMatch(/fail {2}schema .*was measured at/u);
  });

  it('config show has every value and its place, and no secret', async () => {
    const keyFile = join(folder, 'script-key');
    await writeFile(keyFile, CANARIES.scriptKey);
    const changes = {
      SHOTGRAPH_SITE_SCRIPT_KEY: '',
      SHOTGRAPH_SITE_SCRIPT_KEY_FILE: keyFile,
      SHOTGRAPH_STORE_URL: 'redis://user:canary@127.0.0.1:9',
    };
    const { code, said } = await studio.run(['config', 'show', '--json'], changes);
    expect(code).toBe(0);
    const shown = JSON.parse(said) as readonly Shown[];
    const of = (name: string): Shown | undefined => shown.find((each) => each.name === name);
    expect(of('SHOTGRAPH_PORT')).toMatchObject({ from: 'environment' });
    expect(of('SHOTGRAPH_OIDC_SCOPE')).toEqual({
      name: 'SHOTGRAPH_OIDC_SCOPE',
      value: 'openid profile email',
      from: 'default',
    });
    expect(of('SHOTGRAPH_SITE_SCRIPT_KEY')).toMatchObject({
      value: '********',
      from: `file ${keyFile} (SHOTGRAPH_SITE_SCRIPT_KEY_FILE, environment)`,
    });
    expect(of('SHOTGRAPH_STORE_URL')).toMatchObject({ value: '********' });
    expect(of('amis.review.secrets.0')).toMatchObject({
      value: '${SHOTGRAPH_AMI_SECRET_REVIEW}',
      from: expect.stringMatching(/shotgraph\.yml; SHOTGRAPH_AMI_SECRET_REVIEW: environment$/u),
    });
    for (const secret of [...Object.values(CANARIES), 'canary']) expect(said).not.toContain(secret);
  });

  it('config show masks secrets that are written into the file, and says what is missing', async () => {
    const file = join(folder, 'shotgraph.yml');
    await writeFile(
      file,
      'amis: { a: { secrets: [canary-1, "x${B}canary-2"], opens: "https://u:canary-3@h/" } }\n',
    );
    const problems: string[] = [];
    const variables = { environment: { SHOTGRAPH_SITE_URL: 'https://site.example' }, ofProcess: {} };
    const lists = await listValues(file, variables, problems);
    expect([lists.map(({ value }) => value), problems]).toEqual([
      ['********', '********', 'https://***@h/'],
      [],
    ]);
    const values = settingValues(variables);
    expect(values.find(({ name }) => name === 'SHOTGRAPH_SITE_URL')?.from).toBe('settings file');
    expect(values.find(({ name }) => name === 'SHOTGRAPH_PUBLIC_URL')).toMatchObject({
      value: null,
      from: 'not set, and needed',
    });
    await listValues(join(folder, 'none.yml'), variables, problems);
    expect(problems).toEqual([expect.stringContaining('none.yml cannot be read')]);
  });
});
