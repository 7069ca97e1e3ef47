import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { demoFiles, type StoredFile } from '../../studio/storage/files.ts';
import { startStorage, type Storage } from '../../studio/storage/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { FARM_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

interface Shown {
  readonly path: string;
  readonly version: { readonly id: number; readonly code: string } | null;
}

/** The classes of the demo's storage, which knows versions by their codes and nothing of who may see which. */
describe('The storage behind the classes of the demo', () => {
  const files: StoredFile[] = demoFiles(demoDataset());
  let folder: string;
  let studio: Studio;
  let storage: Storage;
  const browsers = new Map<string, BrowserClient>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-storage-'));
    const port = await freePort();
    await writeFile(
      join(folder, 'shotgraph.yml'),
      `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/review/ }
apps: { review: { directory: . } }
systems:
  storage:
    baseUrl: http://127.0.0.1:${port}
    token: { way: token-exchange, audience: '${FARM_AUDIENCE}' }
extensions: ['${join(ROOT, 'studio/storage/extension.ts')}']
`,
    );
    studio = await startStudio({ SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml') });
    storage = await startStorage({ port, issuer: studio.issuer, audience: FARM_AUDIENCE, files });
    for (const login of ['mira', 'joao']) {
      const browser = new BrowserClient();
      const page = await browser.get(`${studio.bffUrl}/auth/login?returnTo=/`);
      await browser.post(page.url, { form: { login } });
      browsers.set(login, browser);
    }
  });
  afterAll(async () => {
    await studio?.stop();
    await storage?.close();
    await rm(folder, { recursive: true });
  });

  const ask = (login: string, query: string, variables: Record<string, unknown> = {}) =>
    studio.ask(browsers.get(login) ?? new BrowserClient(), query, { variables });
  const searches = async (): Promise<number> => {
    const made = await studio.siteRequests();
    await studio.forgetSiteRequests();
    return made.filter(({ path }) => path.endsWith('/_search')).length;
  };

  /** What the storage was asked since the last time, and by whom. */
  const asked = async (): Promise<string[]> => {
    const requests = `${storage.url}/__studio/requests`;
    const seen = (await (await fetch(requests)).json()) as { method: string; path: string; person: string }[];
    await fetch(requests, { method: 'DELETE' });
    return seen.map(({ method, path, person }) => `${method} ${path} ${person}`);
  };

  it('reads the files of a page in one call, by codes that the page does not select, without a further search', async () => {
    const ids = studio.mirasVersionIds.slice(0, 50);
    const page = (fields: string) =>
      ask('mira', `query ($ids: [Int!]!) { versionsByIds(ids: $ids) { id ${fields} } }`, { ids });
    await page('id');
    await searches();
    await page('createdAt');
    const alone = await searches();
    await asked();
    const { data, errors } = await page('storedFiles { path version { code } }');
    expect(errors).toBeUndefined();
    expect(await searches()).toBe(alone);
    expect(await asked()).toEqual(['POST /files/search mira']);
    const shown = (data?.['versionsByIds'] ?? []) as { id: number; storedFiles: Shown[] }[];
    expect(shown.every((version) => Object.keys(version).join() === 'id,storedFiles')).toBe(true);
    for (const { storedFiles } of shown) {
      const [{ version } = { version: null }] = storedFiles;
      expect(storedFiles.map(({ path }) => path)).toEqual(
        files.filter(({ code }) => code === version?.code).map(({ path }) => path),
      );
    }
    expect(shown).toHaveLength(ids.length);
  });

  it('shows a person who may not see half of the versions the files of the others alone', async () => {
    const largest = files
      .toSorted((one, other) => other.megabytes - one.megabytes || (one.path < other.path ? -1 : 1))
      .slice(0, 60);
    const codes = largest.map(({ code }) => code);
    for (const login of ['mira', 'joao']) {
      const { data, errors } = await ask(login, '{ largestFiles(first: 60) { path version { id code } } }');
      expect(errors).toBeUndefined();
      const shown = (data?.['largestFiles'] ?? []) as Shown[];
      const visible = await ask(
        login,
        'query ($codes: [String!]) { versions(first: 100, filter: { code: { in: $codes } }) { nodes { code } } }',
        { codes },
      );
      const seen = visible.data?.['versions'] as { nodes: { code: string }[] };
      const mayBeSeen = new Set(seen.nodes.map(({ code }) => code));
      expect(shown.map(({ path }) => path)).toEqual(
        largest.filter(({ code }) => mayBeSeen.has(code)).map(({ path }) => path),
      );
      expect(shown.every(({ path, version }) => version !== null && path.includes(version.code))).toBe(true);
      expect(shown.length).toBeGreaterThan(5);
      expect(shown.length).toBeLessThan(55);
    }
  });

  it('lets managers archive a file, and makes no call to the storage for anybody else', async () => {
    const [file] = files;
    const archive = (login: string) =>
      ask(login, 'mutation ($path: String!) { archiveFile(path: $path) }', { path: file?.path });
    await asked();
    const refused = await archive('mira');
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(await asked()).toEqual([]);
    expect((await archive('joao')).data).toEqual({ archiveFile: true });
    expect(await asked()).toEqual(['POST /archive joao']);
    expect(file?.archivedBy).toBe('joao');
  });

  it('is in the settings of the demo, beside what shotgraph.yml has', async () => {
    const read = async (path: string) =>
      parse(await readFile(join(ROOT, path), 'utf8')) as Record<string, never>;
    const [plain, demo] = [await read('shotgraph.yml'), await read('studio/demo.yml')];
    expect(demo['amis']).toEqual(plain['amis']);
    expect(Object.keys(demo['systems'] ?? {})).toEqual([...Object.keys(plain['systems'] ?? {}), 'storage']);
    expect(demo['extensions']).toEqual(['dist/src/storage/extension.js']);
  });
});
