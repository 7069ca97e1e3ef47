import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { startCommand } from '../support/command-process.ts';
import { freePort } from '../support/free-port.ts';
import { type LocalRegistry, startLocalRegistry } from '../support/local-registry.ts';
import { CANARIES, environmentOf } from '../support/studio.ts';
import { startServerProcess } from '../support/studio-process.ts';

const run = promisify(execFile);
const MAX_BYTES = 3_000_000;
const MAX_STUDIO_BYTES = 500_000;
const MINUTES_MS = 300_000;
const SETTINGS = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], entityTypes: [Version], opens: /apps/review/ }
apps:
  review: { directory: app }
`;

/** A check of a connector, as docs/recipes/connector.md has one. */
const CHECK = `import { tryConnector } from 'shotgrid-studio/connector-kit';
const kit = await tryConnector({
  connector: new URL('reels.js', import.meta.url),
  answer: () => Response.json([7]),
});
const { data, errors } = await kit.ask('{ versions(first: 1) { nodes { reels } } }');
await kit.close();
console.log(JSON.stringify([data.versions.nodes[0].reels, errors.length]));
`;
const REELS = `/** @type {import('shotgraph/connector').Connector} */
export const connector = {
  typeDefs: 'extend type Version { reels: [Int] }',
  fields: { Version: { reels: async (rows, _args, { system }) => rows.map(() => system.get('/reels')) } },
};
`;

/** A pipeline developer installs both packages in an empty folder, with a registry that has neither. */
describe('the packages, installed from their files', () => {
  let folder: string;
  let registry: LocalRegistry;
  let file: string;
  let studioFile: string;
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
  const studio = (...args: readonly string[]): readonly [string, ...string[]] => [
    process.execPath,
    join(folder, 'node_modules/.bin/shotgrid-studio'),
    ...args,
  ];
  const shotgraph = async (...args: readonly string[]) =>
    (await inFolder('npx', '--no-install', 'shotgraph', ...args)).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-package-'));
    registry = await startLocalRegistry();
    // The gate has built everything before; the script of packing would build it again.
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    await run('npm', pack, { cwd: ROOT });
    await run('npm', [...pack, '--workspace', 'studio'], { cwd: ROOT });
    const files = (await readdir(folder)).toSorted();
    expect(files).toEqual(['shotgraph-0.1.0.tgz', 'shotgrid-studio-0.1.0.tgz']);
    [file = '', studioFile = ''] = files;
    const page = await readFile(join(ROOT, 'docs/installation.md'), 'utf8');
    const { overrides } = JSON.parse(/```json\n([\s\S]*?)```/u.exec(page)?.[1] ?? '{}') as {
      overrides: object;
    };
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'a-studio', private: true, type: 'module', overrides }),
    );
    await inFolder('npm', 'install', '--omit=dev', `./${file}`, `./${studioFile}`);
  }, MINUTES_MS);
  afterAll(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are small, and hold what runs: no sources, no tests, no settings', async () => {
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

  it('have the studio small too: its command, its pages, its test kit', async () => {
    expect((await stat(join(folder, studioFile))).size).toBeLessThan(MAX_STUDIO_BYTES);
    const held = (await inFolder('tar', '-tf', studioFile)).stdout.split('\n');
    expect(held).toEqual(
      expect.arrayContaining([
        'package/bin/shotgrid-studio.js',
        'package/README.md',
        'package/dist/app/index.html',
        'package/dist/site-web/site.js',
        'package/dist/src/connector-kit/connector-kit.d.ts',
        'package/site/web/views/layout.eta',
        'package/demo.yml',
      ]),
    );
    expect(held.filter((path) => /\.map$|(?<!\.d)\.ts$|\/test\/|node_modules|\.env/u.test(path))).toEqual([]);
  });

  it('ask a registry for their dependencies, and never for their own names', () => {
    expect(registry.asked.has('express')).toBe(true);
    expect(registry.asked.has('oidc-provider')).toBe(true);
    expect([...registry.asked].filter((name) => /shotgr/u.test(name))).toEqual([]);
  });

  it('try a connector by the kit of the studio, in the graph of the installed server', async () => {
    await writeFile(join(folder, 'reels.js'), REELS);
    await writeFile(join(folder, 'reels.check.js'), CHECK);
    expect(JSON.parse((await inFolder(process.execPath, 'reels.check.js')).stdout)).toEqual([[7], 0]);
  });

  it('export the connector contract, extensions and the test kit, and none of their own parts', async () => {
    await writeFile(
      join(folder, 'exported.js'),
      `const load = (name) => import(name).then((module) => 'Resolver' in module, (error) => error.code);
       const names = ['shotgraph/connector', 'shotgraph/extension', 'shotgraph', 'shotgraph/dist/src/app.js',
         'shotgraph/connector-kit', 'shotgrid-studio', 'shotgrid-studio/dist/src/usual.js'];
       console.log(JSON.stringify(await Promise.all(names.map(load))));`,
    );
    const refused = 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    expect(JSON.parse((await inFolder(process.execPath, 'exported.js')).stdout)).toEqual([
      ...[false, true],
      ...[refused, refused, refused],
      ...[refused, refused],
    ]);
  });

  it('serve a studio: the doctor finds nothing, and a click at the site leads through sign-in to rows', async () => {
    const bffPort = await freePort();
    const bffUrl = `http://localhost:${bffPort}`;
    const around = {
      cwd: folder,
      env: { ...environment(), STUDIO_CLIENT_SECRET: CANARIES.clientSecret },
    };
    const options = ['--port', '0', '--server', bffUrl];
    const site = await startCommand(studio('site', ...options), /ready at (\S+) .*files at (\S+)\)/u, around);
    const idp = await startCommand(studio('idp', ...options), /issuer ([^,\s]+),/u, around);
    const [[, siteUrl = '', storageUrl = ''], [, issuer = '']] = [site.told, idp.told];
    const places = { bffUrl, bffPort, siteUrl, storageUrl, issuer };
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
      expect(await Promise.all([site.stop(), idp.stop()])).toEqual([0, 0]);
    }
  });

  it('run the whole demo, whose server has the classes and the connectors of the studio', async () => {
    const ports = ['site', 'idp', 'farm', 'timesheets', 'storage'].flatMap((part) => [`--${part}-port`, '0']);
    const [port, metricsPort] = [await freePort(), await freePort()];
    const own = ['--port', String(port), '--metrics-port', String(metricsPort)];
    const demo = await startCommand(studio('demo', ...own, ...ports), /Shotgraph demo ready/u, {
      cwd: folder,
      env: environment(),
    });
    const findings = JSON.parse(await shotgraph('doctor', '--env', 'demo', '--json')) as { level: string }[];
    const page = await fetch(`http://localhost:${port}/apps/review/`, { headers: { accept: 'text/html' } });
    expect([await demo.stop(), page.status]).toEqual([0, 200]);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect((await readdir(folder)).includes('.env.demo')).toBe(false);
  });

  it('have a studio whose site and provider run alone, and whose demo says what it needs', async () => {
    await rename(join(folder, 'node_modules/shotgraph'), join(folder, 'shotgraph-put-aside'));
    const around = { cwd: folder, env: environment() };
    const site = await startCommand(studio('site', '--port', '0'), /ready at (\S+)/u, around);
    const answer = await fetch(`${site.told[1]}/api/v1`);
    const idp = await startCommand(studio('idp', '--port', '0'), /issuer ([^,\s]+),/u, around);
    const found = await fetch(`${idp.told[1]}/.well-known/openid-configuration`);
    expect([answer.status, found.status, await site.stop(), await idp.stop()]).toEqual([200, 200, 0, 0]);
    const [program, ...args] = studio('demo');
    await expect(inFolder(program, ...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^This needs the package shotgraph.*npm i \.\/shotgraph-0\.1\.0\.tgz .*\n$/u,
      ),
    });
    await rename(join(folder, 'shotgraph-put-aside'), join(folder, 'node_modules/shotgraph'));
  });
});
