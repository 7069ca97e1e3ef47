import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { loadDataset } from '../../studio/site/load-dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { SITE_SCHEMA } from '../support/recordings.ts';
import { startServerProcess } from '../support/studio-process.ts';
import { CANARIES } from '../support/studio.ts';

const PROGRAM = join(ROOT, 'bin', 'shotgraph.js');
const SECRETS = {
  SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
  SHOTGRAPH_OIDC_CLIENT_SECRET: CANARIES.clientSecret,
};

/** The environment of a person who has set nothing. */
const environmentWith = (variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  TERM: 'xterm',
  ...variables,
});

describe("a studio's own repository", () => {
  const folders: string[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  let folder: string;
  let bffUrl: string;
  let issuer: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-repository-'));
    folders.push(folder);
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules', 'shotgraph'));
    bffUrl = `http://localhost:${await freePort()}`;
    const client = {
      clientId: 'shotgraph',
      clientSecret: CANARIES.clientSecret,
      redirectUris: [`${bffUrl}/auth/callback`],
      postLogoutRedirectUris: [`${bffUrl}/`],
    };
    const idp = await startIdp({ port: 0, clients: [client] });
    issuer = idp.issuer;
    closing.push(() => idp.close());
  });
  afterEach(() => Promise.all(closing.splice(0).map((close) => close())));
  afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

  async function siteWith(dataset: Dataset): Promise<string> {
    const site = await startSite({ port: 0, dataset });
    closing.push(() => site.close());
    return site.url;
  }

  async function shotgraph(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: environmentWith(variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, said };
  }

  /** Clicks, signs in, and asks what the page of the repository asks. */
  async function click(item: string, type: string, ids: string): Promise<unknown> {
    const server = await startServerProcess(
      bffUrl,
      {},
      { command: [process.execPath, PROGRAM, 'start'], folder },
    );
    closing.unshift(() => server.stop());
    const fields = [
      `entity_type=${type}`,
      `selected_ids=${ids}`,
      `ids=${ids}`,
      'user_id=31',
      'user_login=mira',
    ];
    const form = await shotgraph(['ami', 'sign', '--ami', item, ...fields]);
    const browser = new BrowserClient();
    const post = await browser.post(`${bffUrl}/ami/${item}`, { form: form.said.trim(), from: 'cross-site' });
    const page = await browser.post(post.url, { form: { login: 'mira' } });
    expect([page.status, new URL(page.url).pathname]).toEqual([200, `/apps/${item}/`]);
    const script = await readFile(join(folder, 'apps', item, 'query.js'), 'utf8');
    const answer = await browser.post(`${bffUrl}/graphql`, {
      json: {
        query: /`([^`]+)`;\s*$/u.exec(script)?.[1],
        variables: { launch: new URL(page.url).searchParams.get('launch') },
      },
      from: 'same-origin',
    });
    const greeting = await browser.post(`${bffUrl}/graphql`, {
      json: { query: '{ greeting }' },
      from: 'same-origin',
    });
    expect(JSON.parse(greeting.body)).toMatchObject({
      data: { greeting: expect.stringContaining('Hello Mira') },
    });
    return JSON.parse(answer.body);
  }

  it('leads from nothing to rows of the demo, with every answer by the environment', async () => {
    const site = await siteWith(demoDataset({ bffUrl }));
    const made = await shotgraph(['init', '--yes', '--without-npm'], {
      ...SECRETS,
      SHOTGRAPH_SITE_URL: site,
      SHOTGRAPH_OIDC_ISSUER: issuer,
      SHOTGRAPH_PUBLIC_URL: bffUrl,
      SHOTGRAPH_INIT_TYPE: 'Version',
    });
    expect([made.code, made.said]).toEqual([0, expect.stringContaining('schema/site')]);
    expect(await click('review', 'Version', '1,2')).toMatchObject({
      data: { viewer: { login: 'mira' }, launch: { selected: [{ id: 1 }, { id: 2 }] } },
    });
  });

  it('leads to rows of another site of 105 types, with a menu item on Shots that the script makes', async () => {
    const { HumanUser = [], PermissionRuleSet = [], Project = [] } = demoDataset().rows;
    const Shot = [{ id: 7, code: 'lantern_010', description: 'Dusk', project: { type: 'Project', id: 1 } }];
    const rows = { HumanUser, PermissionRuleSet, Project, Shot };
    const site = await siteWith({ ...(await loadDataset({ schemaDirectory: SITE_SCHEMA })), rows });
    const answers = [
      '--site',
      site,
      '--issuer',
      issuer,
      '--public-url',
      bffUrl,
      '--item',
      'shots',
      '--type',
      'Shot',
    ];
    const made = await shotgraph(
      ['init', '--yes', '--without-npm', '--create-menu-item', ...answers],
      SECRETS,
    );
    expect([made.code, made.said]).toEqual([
      0,
      expect.stringContaining('ShotGrid has the menu item "Shots in'),
    ]);
    expect(await click('shots', 'Shot', '7')).toMatchObject({
      data: {
        launch: { selected: [{ __typename: 'Shot', id: 7, name: 'lantern_010', description: 'Dusk' }] },
      },
    });
  });

  it('asks at a terminal, where no secret is ever shown', async () => {
    const site = await siteWith(demoDataset({ bffUrl }));
    const command = `${process.execPath} ${PROGRAM} init --without-npm --public-url ${bffUrl}`;
    const terminal = spawn('script', ['-qec', `stty rows 50 cols 200; ${command}`, '/dev/null'], {
      cwd: folder,
      env: environmentWith({}),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    closing.unshift(async () => terminal.kill());
    let screen = '';
    let read = 0;
    const enter = '\r';
    const conversation: readonly (readonly [RegExp, string])[] = [
      [/Address of the ShotGrid site/u, `${site}${enter}`],
      [/Name of the API script/u, enter],
      [/Key of the script/u, `wrong-key-0000${enter}`],
      [/What now\?/u, enter],
      [/Name of the API script/u, enter],
      [/Key of the script/u, `${CANARIES.scriptKey}${enter}`],
      [/Issuer of the identity provider/u, `${issuer}${enter}`],
      [/Client id/u, enter],
      [/Client secret/u, `${CANARIES.clientSecret}${enter}`],
      [/Name of the first menu item/u, `shots${enter}`],
      [/Its title/u, enter],
      [/Entity type/u, `Shott${enter}`],
      [/Did you mean Shot\?/u, `\u007f${enter}`],
      [/What it opens/u, enter],
      [/How the front end/u, enter],
      [/Write \d+ files/u, enter],
      [/Make the menu item/u, enter],
    ];
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const closed = new Promise<number | null>((resolve) => terminal.once('close', resolve));
    for (const [question, answer] of conversation) {
      while (!question.test(screen.slice(read)) && terminal.exitCode === null)
        await new Promise((wait) => setTimeout(wait, 50));
      if (terminal.exitCode !== null) throw new Error(`${String(question)} was not asked:\n${screen}`);
      read = screen.length;
      terminal.stdin.write(answer);
    }
    expect([await closed, screen]).toEqual([0, expect.stringContaining('ShotGrid has the menu item')]);
    const settings = await readFile(join(folder, '.env'), 'utf8');
    expect(settings).toContain(CANARIES.clientSecret);
    const made = /^SHOTGRAPH_AMI_SECRET_SHOTS=(.+)$/mu.exec(settings)?.[1] ?? 'none';
    for (const secret of ['wrong-key-0000', CANARIES.scriptKey, CANARIES.clientSecret, made])
      expect(screen).not.toContain(secret);
    const git = spawnSync('git', ['-c', 'init.defaultBranch=main', 'init', '-q'], { cwd: folder });
    expect(git.status).toBe(0);
    const { status } = spawnSync('git', ['check-ignore', '-q', '.env'], { cwd: folder });
    expect(status).toBe(0);
  });
});
