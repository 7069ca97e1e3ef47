import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../rules/source-files.ts';
import { freePort } from '../support/free-port.ts';
import { startStudioProcess } from '../support/studio-process.ts';

const run = promisify(execFile);
const MAX_BYTES = 20_000_000;
const MINUTES_MS = 300_000;
const SETTINGS = `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps:
  review: { directory: app }
`;

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string }[];
  }[];
}

/** Every package below a folder `node_modules`, with its version; packages inside packages, too. */
async function packagesBelow(modules: string): Promise<readonly string[]> {
  const names = (await readdir(modules).catch(() => [])).filter((name) => !name.startsWith('.'));
  const scoped = await Promise.all(
    names.map(async (name) =>
      name.startsWith('@') ? (await readdir(join(modules, name))).map((each) => join(name, each)) : [name],
    ),
  );
  const found = await Promise.all(
    scoped.flat().map(async (name) => {
      const manifest = await readFile(join(modules, name, 'package.json'), 'utf8');
      const { version } = JSON.parse(manifest) as { version: string };
      return [`${name}@${version}`, ...(await packagesBelow(join(modules, name, 'node_modules')))];
    }),
  );
  return [...new Set(found.flat())].toSorted();
}

/** A studio whose network is closed: the file was carried in, and no registry answers. */
describe('the offline bundle, installed where no registry can be reached', () => {
  let folder: string;
  let closed: string;
  const npm = (...args: readonly string[]) =>
    run('npm', args, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        npm_config_registry: closed,
        npm_config_cache: join(folder, 'cache'),
        npm_config_fetch_retries: '0',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
        npm_config_update_notifier: 'false',
      },
    });
  const installed = (...path: readonly string[]) => join(folder, 'node_modules', 'shotgraph', ...path);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-bundle-test-'));
    closed = `http://127.0.0.1:${await freePort()}`;
    const { stdout } = await run('npm', ['run', '-s', 'bundle', '--', join(folder, 'carried')], {
      cwd: ROOT,
    });
    expect(stdout).toContain('-offline.tgz');
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-studio', private: true }));
    await writeFile(join(folder, '.npmrc'), 'package-lock=false\n');
  }, MINUTES_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'installs whole and again, while the registry of its npm is a closed port',
    async () => {
      await expect(npm('install', 'express')).rejects.toThrow('ECONNREFUSED');
      const names = await readdir(join(folder, 'carried'));
      const [file = ''] = names.filter((name) => name.endsWith('.tgz'));
      expect(names.toSorted()).toEqual([file.replace('.tgz', '.cdx.json'), file]);
      expect((await stat(join(folder, 'carried', file))).size).toBeLessThan(MAX_BYTES);
      await npm('install', `./carried/${file}`);
      await rm(join(folder, 'node_modules'), { recursive: true });
      await npm('install');
      const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
        dependencies: object;
      };
      const there = (await packagesBelow(installed('node_modules'))).map((each) =>
        each.replace(/@[^@]+$/u, ''),
      );
      expect(there).toEqual(expect.arrayContaining(Object.keys(dependencies)));
      expect(there.filter((name) => /^(?:vitest|vite|typescript|oidc-provider)$/u.test(name))).toEqual([]);
    },
    MINUTES_MS,
  );

  it('has a CycloneDX list of exactly the packages that are in it, each with its hash', async () => {
    const [list = ''] = (await readdir(join(folder, 'carried'))).filter((name) => name.endsWith('.cdx.json'));
    const bom = JSON.parse(await readFile(join(folder, 'carried', list), 'utf8')) as Bom;
    expect([bom.bomFormat, bom.metadata.component.name]).toEqual(['CycloneDX', 'shotgraph']);
    const listed = bom.components.map(({ name, version }) => `${name}@${version}`).toSorted();
    expect(listed).toEqual(await packagesBelow(installed('node_modules')));
    for (const { purl, hashes } of bom.components) {
      expect([purl, hashes?.map(({ alg }) => alg)]).toEqual([
        expect.stringMatching(/^pkg:npm\//u),
        ['SHA-512'],
      ]);
    }
  });

  it('starts the server from what was installed', async () => {
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app', 'index.html'), '<!doctype html><title>Review</title>');
    await writeFile(join(folder, 'shotgraph.yml'), SETTINGS);
    await cp(join(ROOT, 'schema', 'site'), join(folder, 'schema', 'site'), { recursive: true });
    const studio = await startStudioProcess(
      { SHOTGRAPH_CONFIG: 'shotgraph.yml', SHOTGRAPH_SCHEMA_DIRECTORY: 'schema/site' },
      { command: [process.execPath, installed('bin', 'shotgraph.js'), 'start'], folder },
    );
    try {
      const page = await fetch(`${studio.bffUrl}/apps/review/`, { headers: { accept: 'text/html' } });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Review')]);
    } finally {
      await studio.stop();
    }
  });
});
