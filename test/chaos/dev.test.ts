import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { CANARIES } from '../support/studio.ts';

const PROGRAM = join(ROOT, 'bin', 'shotgraph.js');
const PACKAGES = ['shotgraph', 'typescript', 'vite', '@vitejs/plugin-react', 'react', 'react-dom'];

/** A pipeline developer works on a repository whose front end is served by Vite. */
describe('shotgraph dev', () => {
  let folder: string;
  let bffUrl: string;
  let dev: ChildProcess;
  let said = '';
  const closing: (() => Promise<unknown>)[] = [];
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-dev-'));
    for (const name of PACKAGES) {
      const target = join(folder, 'node_modules', name);
      await mkdir(join(target, '..'), { recursive: true });
      await symlink(name === 'shotgraph' ? ROOT : join(ROOT, 'node_modules', name), target);
    }
    bffUrl = `http://localhost:${await freePort()}`;
    const client = {
      clientId: 'shotgraph',
      clientSecret: CANARIES.clientSecret,
      redirectUris: [`${bffUrl}/auth/callback`],
      postLogoutRedirectUris: [`${bffUrl}/`],
    };
    const [site, idp] = await Promise.all([
      startSite({ port: 0, dataset: demoDataset({ bffUrl }) }),
      startIdp({ port: 0, clients: [client] }),
    ]);
    closing.push(
      () => site.close(),
      () => idp.close(),
    );
    const answers = [
      '--site',
      site.url,
      '--issuer',
      idp.issuer,
      '--public-url',
      bffUrl,
      '--front-end',
      'vite',
    ];
    const init = run(['init', '--yes', '--without-npm', ...answers], {
      SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
      SHOTGRAPH_OIDC_CLIENT_SECRET: CANARIES.clientSecret,
    });
    expect([await ended(init), said]).toEqual([0, expect.stringContaining('apps/review/vite.config.mjs')]);
    said = '';
    dev = run(['dev'], {});
    await until(() => said.includes('Watching'));
    await untilUp();
  });
  afterAll(async () => {
    dev.kill('SIGKILL');
    await Promise.all(closing.map((close) => close()));
    await rm(folder, { recursive: true });
  });

  function run(args: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: { ...environment, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    return child;
  }

  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once('close', (code) => resolve(code)));

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      if (dev.exitCode !== null) throw new Error(said);
      await new Promise((wait) => setTimeout(wait, 50));
    }
  }

  const isUp = async (): Promise<boolean> =>
    (await fetch(`${bffUrl}/healthz`).catch(() => undefined))?.status === 200;
  const untilUp = (): Promise<void> => until(isUp);
  const startsOf = (): number => said.match(/"server\.started"/gu)?.length ?? 0;

  it('opens a click at the page that Vite serves, which asks with the cookie of the person who signed in', async () => {
    const origin = /served by Vite at (\S+)\/apps\/review\//u.exec(said)?.[1] ?? 'none';
    said = '';
    const sign = run(
      [
        'ami',
        'sign',
        '--ami',
        'review',
        'entity_type=Version',
        'selected_ids=1',
        'ids=1',
        'user_id=31',
        'user_login=mira',
      ],
      {},
    );
    await ended(sign);
    const browser = new BrowserClient();
    const post = await browser.post(`${bffUrl}/ami/review`, { form: said.trim(), from: 'cross-site' });
    const page = await browser.post(post.url, { form: { login: 'mira' } });
    expect(page.url).toMatch(new RegExp(`^${origin}/apps/review/\\?launch=`, 'u'));
    expect([page.status, page.body]).toEqual([
      200,
      expect.stringContaining(`name="shotgraph" content="${bffUrl}"`),
    ]);
    const answer = await browser.post(`${bffUrl}/graphql`, {
      json: { query: '{ viewer { login } }' },
      from: 'same-origin',
      headers: { origin },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ data: { viewer: { login: 'mira' } } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('keeps the server while shotgraph.yml has a mistake, and starts it again once that is put right', async () => {
    const path = join(folder, 'shotgraph.yml');
    const text = await readFile(path, 'utf8');
    said = '';
    await writeFile(path, 'amis: {');
    await until(() => said.includes('waits for the change'));
    expect(await isUp()).toBe(true);
    await writeFile(path, text);
    await until(() => startsOf() > 0);
    await untilUp();
  });

  it('compiles a class that was changed before it starts again, and keeps the server where that fails', async () => {
    const path = join(folder, 'extensions', 'greeting.mts');
    const text = await readFile(path, 'utf8');
    said = '';
    await writeFile(path, text.replace('class Greeting', 'clas Greeting'));
    await until(() => said.includes('do not compile'));
    expect(await isUp()).toBe(true);
    said = '';
    await writeFile(path, text.replace('Hello', 'Welcome'));
    await until(() => startsOf() > 0);
    expect(await readFile(join(folder, 'dist', 'extensions', 'greeting.mjs'), 'utf8')).toContain('Welcome');
    await untilUp();
  });

  it('ends its server and the server of Vite with itself', async () => {
    const closed = ended(dev);
    dev.kill('SIGINT');
    expect(await closed).toBe(0);
    expect(await isUp()).toBe(false);
  });
});
