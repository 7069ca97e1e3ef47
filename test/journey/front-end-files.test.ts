import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { plainApp } from '../support/bff-config.ts';
import { BrowserClient } from '../support/browser-client.ts';

const SITE = 'https://studio.shotgrid.example';
const SYSTEM = 'https://farm.studio.example';
const PORTAL = 'https://portal.studio.example';
const STORAGE = 'https://bucket.storage.example';

let bff: Bff;
let browser: BrowserClient;
let files: string;

beforeEach(async () => {
  files = mkdtempSync(join(tmpdir(), 'shotgraph-app-'));
  mkdirSync(join(files, 'assets'));
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>Review</title>');
  for (const name of [
    'assets/index-B7s0kQzA.js',
    'assets/app-icon-512.png',
    'studio-settings.json',
    'assets/app.js',
  ]) {
    writeFileSync(join(files, name), 'export {};');
  }
  mkdirSync(join(files, '.vite'));
  const made = { file: 'assets/index-B7s0kQzA.js', css: ['assets/app.js'] };
  writeFileSync(join(files, '.vite', 'manifest.json'), JSON.stringify({ 'index.html': made }));
  writeFileSync(join(files, '.secret'), 'canary');
  bff = await startBff({
    change: (config) => ({
      ...config,
      apps: [
        plainApp(files),
        {
          ...{ name: 'wide', directory: files },
          pages: { connect: [SYSTEM], wasm: true, workers: true, framedBy: [PORTAL] },
        },
      ],
      site: { ...config.site, publicUrl: SITE, storageOrigins: [STORAGE] },
    }),
  });
  browser = new BrowserClient(() => bff.now());
});
afterEach(async () => {
  await bff.stop();
  rmSync(files, { recursive: true, force: true });
});

describe('a front end', () => {
  it('is served without a session, with a policy and without caching its page', async () => {
    const page = await browser.get(`${bff.url}/apps/review/`);
    expect(page.body).toContain('<title>Review</title>');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('has its own paths, and its hashed files may be cached for ever', async () => {
    expect((await browser.get(`${bff.url}/apps/review/shots/12?launch=x`)).body).toContain('Review');
    const file = await browser.get(`${bff.url}/apps/review/assets/index-B7s0kQzA.js`);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const without = await browser.get(`${bff.url}/apps/review?launch=x`);
    expect(without.url).toBe(`${bff.url}/apps/review/?launch=x`);
  });

  it.each(['assets/app-icon-512.png', 'studio-settings.json', 'assets/app.js'])(
    'has ordinary files, which are never cached: %s',
    async (name) => {
      const file = await browser.get(`${bff.url}/apps/review/${name}`);
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect((await browser.get(`${bff.url}/apps/review/.vite/manifest.json`)).status).toBe(404);
    },
  );

  it('may load images and films only from the site and its storage (F30)', async () => {
    const page = await browser.get(`${bff.url}/apps/review/`);
    const policy = page.headers.get('content-security-policy') ?? '';
    const [pictures, films] = ['img-src', 'media-src'].map((name) =>
      policy.split('; ').find((each) => each.startsWith(`${name} `)),
    );
    const sources = `'self' data: blob: ${SITE} ${STORAGE}`;
    expect([pictures, films]).toEqual([`img-src ${sources}`, `media-src ${sources}`]);
  });

  it('has the rights of its settings, and another app has none of them', async () => {
    const policyOf = async (path: string) => {
      const { headers } = await browser.get(`${bff.url}${path}`);
      const policy = (headers.get('content-security-policy') ?? '').split('; ');
      const named = ['script-src', 'worker-src', 'connect-src', 'frame-ancestors'].map((name) =>
        policy.find((each) => each.startsWith(`${name} `))?.slice(name.length + 1),
      );
      return [...named, headers.get('x-frame-options')];
    };
    const self = "'self'";
    expect(await policyOf('/apps/wide/')).toEqual([
      ...[`${self} 'wasm-unsafe-eval'`, `${self} blob:`, `${self} ${STORAGE} ${SYSTEM}`, PORTAL, null],
    ]);
    expect(await policyOf('/overlay/apps/wide/')).toEqual([
      ...[`${self} 'wasm-unsafe-eval'`, `${self} blob:`, `${self} ${STORAGE} ${SYSTEM}`, SITE, null],
    ]);
    expect(await policyOf('/apps/review/')).toEqual([self, self, `${self} ${STORAGE}`, "'none'", 'DENY']);
  });

  it('opens at any path of its own, also with dots in the last part', async () => {
    for (const path of ['shots/bridge_0040.v007', 'files/plate.mov', 'a.js', 'x?a=1?b=2.c']) {
      const page = await browser.get(`${bff.url}/apps/review/${path}`);
      expect([page.status, page.body.includes('<title>Review</title>')]).toEqual([200, true]);
    }
    const script = await browser.get(`${bff.url}/apps/review/missing.js`, { headers: { accept: '*/*' } });
    expect(script.status).toBe(404);
  });

  it('resolves paths as other web servers do', async () => {
    expect((await browser.get(`${bff.url}/apps/revie%77/`)).body).toContain('<title>Review</title>');
    const without = await browser.get(`${bff.url}/apps/review?a=1?b=2`);
    expect(without.url).toBe(`${bff.url}/apps/review/?a=1?b=2`);
  });

  it.each([
    '/apps/review/.git/config',
    '/apps/review/%2egit/config',
    '/apps/nope/',
    '/apps/review/..%2f..%2fetc%2fpasswd.txt',
    '/apps/review/.secret',
  ])('%s does not exist', async (path) => {
    const answer = await browser.get(`${bff.url}${path}`);
    expect([answer.status, answer.body.includes('canary')]).toEqual([404, false]);
  });
});
