import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { type LocalRegistry, startLocalRegistry } from '../support/local-registry.ts';
import { CANARIES, environmentOf } from '../support/studio.ts';
import { startServerProcess } from '../support/studio-process.ts';

const run = promisify(execFile);
const MAX_BYTES = 3_000_000;
const SETTINGS = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], entityTypes: [Version], opens: /apps/review/ }
apps:
  review: { directory: app }
`;

/** A pipeline developer installs the package in an empty folder, with a registry that does not have it. */
describe('the package, installed from its file', () => {
  let folder: string;
  let registry: LocalRegistry;
  let file: string;
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: folder,
    npm_config_registry: registry.url,
    npm_config_cache: join(folder, 'cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  });
  const inFolder = (command: string, ...args: readonly string[]) =>
    run(command, args, { cwd: folder, env: environment() });
  const shotgraph = async (...args: readonly string[]) =>
    (await inFolder('npx', '--no-install', 'shotgraph', ...args)).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-package-'));
    registry = await startLocalRegistry();
    // The gate has built everything before; the script of packing would build it again.
    await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
    file = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    const page = await readFile(join(ROOT, 'docs/installation.md'), 'utf8');
    const { overrides } = JSON.parse(/```json\n([\s\S]*?)```/u.exec(page)?.[1] ?? '{}') as {
      overrides: object;
    };
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'a-studio', private: true, type: 'module', overrides }),
    );
    await inFolder('npm', 'install', '--omit=dev', `./${file}`);
  });
  afterAll(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is small, and holds what runs: no sources, no tests, no settings', async () => {
    expect((await stat(join(folder, file))).size).toBeLessThan(MAX_BYTES);
    const held = (await inFolder('tar', '-tf', file)).stdout.split('\n');
    expect(held).toEqual(
      expect.arrayContaining([
        'package/dist/src/main.js',
        'package/dist/src/systems/connector.d.ts',
        'package/dist/explorer/index.html',
        'package/dist/browser/overlay.js',
        'package/schema/shotgraph.schema.json',
      ]),
    );
    expect(held.filter((path) => /\.map$|(?<!\.d)\.ts$|\/test\/|\/studio\/|\.env/u.test(path))).toEqual([]);
  });

  it('asks a registry for its dependencies, and never for its own name', () => {
    expect(registry.asked.has('express')).toBe(true);
    expect([...registry.asked].filter((name) => /shotgr/u.test(name))).toEqual([]);
  });

  it('exports the connector contract and extensions, and none of its own parts', async () => {
    await writeFile(
      join(folder, 'exported.js'),
      `const load = (name) => import(name).then((module) => 'Resolver' in module, (error) => error.code);
       const names = ['shotgraph/connector', 'shotgraph/extension', 'shotgraph', 'shotgraph/dist/src/app.js'];
       console.log(JSON.stringify(await Promise.all(names.map(load))));`,
    );
    const refused = 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    expect(JSON.parse((await inFolder(process.execPath, 'exported.js')).stdout)).toEqual([
      ...[false, true],
      ...[refused, refused],
    ]);
  });

  it('serves a studio: the doctor finds nothing, and a click leads through sign-in to rows', async () => {
    const bffPort = await freePort();
    const bffUrl = `http://localhost:${bffPort}`;
    const site = await startSite({ port: 0, dataset: demoDataset({ bffUrl }) });
    const client = {
      clientId: 'shotgraph',
      clientSecret: CANARIES.clientSecret,
      redirectUris: [`${bffUrl}/auth/callback`],
      postLogoutRedirectUris: [`${bffUrl}/`],
    };
    const idp = await startIdp({ port: 0, clients: [client] });
    const places = {
      ...{ bffUrl, bffPort },
      siteUrl: site.url,
      storageUrl: site.storageUrl,
      issuer: idp.issuer,
    };
    const settings = { ...environmentOf(places), SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml') };
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app', 'index.html'), '<!doctype html><title>Review</title>');
    await writeFile(join(folder, 'shotgraph.yml'), SETTINGS);
    const lines = Object.entries(settings).filter(([name]) => !name.startsWith('SHOTGRAPH_SYSTEM_'));
    await writeFile(join(folder, '.env'), lines.map(([name, value]) => `${name}='${value}'\n`).join(''));
    const program = join(folder, 'node_modules/shotgraph/bin/shotgraph.js');
    const server = await startServerProcess(bffUrl, settings, {
      command: [process.execPath, program, 'start'],
      folder,
    });
    try {
      const findings = JSON.parse(await shotgraph('doctor', '--json')) as { level: string }[];
      expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
      const fields = ['entity_type=Version', 'selected_ids=1,2', 'ids=1,2', 'user_id=31', 'user_login=mira'];
      const form = await shotgraph('ami', 'sign', '--ami', 'review', ...fields);
      const browser = new BrowserClient();
      const post = await browser.post(`${bffUrl}/ami/review`, { form: form.trim(), from: 'cross-site' });
      const page = await browser.post(post.url, { form: { login: 'mira' } });
      expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Review</title>')]);
      const answer = await browser.post(`${bffUrl}/graphql`, {
        json: {
          query: 'query ($id: ID!) { viewer { login } launch(id: $id) { selected { id } } }',
          variables: { id: new URL(page.url).searchParams.get('launch') },
        },
        from: 'same-origin',
      });
      expect(JSON.parse(answer.body)).toMatchObject({
        data: { viewer: { login: 'mira' }, launch: { selected: [{ id: 1 }, { id: 2 }] } },
      });
    } finally {
      await server.stop();
      await Promise.all([site.close(), idp.close()]);
    }
  });
});
