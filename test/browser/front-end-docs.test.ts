import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Cookie, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { pipelineToken } from '../support/pipeline-token.ts';
import { startChromiumProfile } from '../support/chromium.ts';
import { writeCacheFiles } from '../support/counted-clients.ts';
import { filesOfDoc } from '../support/doc-files.ts';
import { freePort } from '../support/free-port.ts';
import { type OverlayHost, startOverlayHost } from '../support/overlay-host.ts';
import { API_AUDIENCE, startStudio, type Studio } from '../support/studio.ts';

const run = promisify(execFile);

let files: ReadonlyMap<string, string>;
let folder: string;
let elsewhere: Awaited<ReturnType<typeof startElsewhere>>;
let host: OverlayHost;
let studio: Studio;
let context: BrowserContext;
/** Where a server renders pages. */
let pages: string;

beforeAll(async () => {
  files = await filesOfDoc('docs/front-end.md');
  // Inside the tree, so that a bundler finds the libraries.
  await mkdir(join(ROOT, 'test', 'artefacts'), { recursive: true });
  folder = await mkdtemp(join(ROOT, 'test', 'artefacts', 'front-end-'));
  elsewhere = await startElsewhere();
  host = await startOverlayHost();
  pages = `http://localhost:${await freePort()}`;
  await writeApps();
  studio = await startStudio({
    SHOTGRAPH_CONFIG: join(folder, 'shotgraph.yml'),
    SHOTGRAPH_SITE_PUBLIC_URL: host.origin,
    SHOTGRAPH_BEARER_AUDIENCE: API_AUDIENCE,
    SHOTGRAPH_BEARER_SCOPE: 'shotgraph',
  });
  context = await startChromiumProfile({ blocksThirdPartyCookies: true });
});
afterAll(async () => {
  await context?.close();
  await studio?.stop();
  await host?.stop();
  await elsewhere?.stop();
  await rm(folder, { recursive: true, force: true });
});

const code = (name: string): string => files.get(name) ?? '';

/** Beside the page without a framework. */
const SCRIPTS = ['tool.js', 'watch.js', 'sign-out.js'];
const LIBRARIES = ['apollo', 'urql', 'client'];

/** The page as the docs have it, and the examples of libraries as a bundler makes them. */
async function writeApps(): Promise<void> {
  await mkdir(join(folder, 'minimal'));
  for (const name of ['index.html', ...SCRIPTS]) await writeFile(join(folder, 'minimal', name), code(name));
  for (const library of LIBRARIES) await bundle(library);
  await writeFile(join(folder, 'page-server.js'), code('page-server.js'));
  await writeFile(
    join(folder, 'shotgraph.yml'),
    `amis:
  review: { secrets: ['\${SHOTGRAPH_AMI_SECRET_REVIEW}'], opens: /apps/minimal/ }
apps:
  minimal: { directory: minimal }
  apollo: { directory: apollo-built }
  urql: { directory: urql-built }
  client: { directory: client-built }
  tools: { origin: '${elsewhere.origin}' }
  other: { origin: '${elsewhere.otherSite}' }
  pages: { origin: '${pages}' }
`,
  );
}

async function bundle(library: string): Promise<void> {
  const source = join(folder, library);
  await mkdir(source);
  await writeCacheFiles(source);
  await writeFile(join(source, `${library}.js`), code(`${library}.js`));
  const page = `<!doctype html><title>Tool</title><script type="module" src="${library}.js"></script>`;
  await writeFile(join(source, 'index.html'), page);
  const bundler = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const places = ['--base', `/apps/${library}/`, '--outDir', join(folder, `${library}-built`)];
  await run(process.execPath, [bundler, 'build', source, ...places, '--logLevel', 'error']);
}

/** A web server of the studio at an origin of its own; the name of the host is the same, as for sister hosts. */
async function startElsewhere() {
  const server = createServer((request, response) => {
    const name = SCRIPTS.find((each) => request.url?.endsWith(`/${each}`)) ?? 'index.html';
    response.setHeader(
      'content-type',
      name === 'index.html' ? 'text/html; charset=utf-8' : 'text/javascript',
    );
    response.end(code(name).replace('content=""', `content="${studio.bffUrl}"`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    /** The same server by a name that browsers take for another site. */
    otherSite: `http://127.0.0.1:${port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const inFreshBrowser = async (visit: (page: Page) => Promise<void>): Promise<void> => {
  await context.clearCookies();
  const page = await context.newPage();
  await visit(page);
  await page.close();
};

const signIn = (page: Page): Promise<void> => page.click('button:has-text("Mira Okafor")');

describe('docs/front-end.md', () => {
  it('the page without a framework signs in and returns, also to deep links', () =>
    inFreshBrowser(async (page) => {
      await page.goto(`${studio.bffUrl}/apps/minimal/?from=bookmark`);
      await signIn(page);
      await page.locator('#versions li').nth(4).waitFor();
      expect(await page.locator('#viewer').innerText()).toBe('Mira Okafor (mira)');
      expect(page.url()).toBe(`${studio.bffUrl}/apps/minimal/?from=bookmark`);
    }));

  it('the same page at another configured origin signs in and returns', () =>
    inFreshBrowser(async (page) => {
      await page.goto(`${elsewhere.origin}/shots/12?tab=notes`);
      await signIn(page);
      await page.locator('#versions li').nth(4).waitFor();
      expect(await page.locator('#viewer').innerText()).toBe('Mira Okafor (mira)');
      expect(page.url()).toBe(`${elsewhere.origin}/shots/12?tab=notes`);
    }));

  it('the same page at another site leads to a page with the reason, in one navigation (C26)', () =>
    inFreshBrowser(async (page) => {
      const navigations: string[] = [];
      page.on('request', (request) => {
        if (request.isNavigationRequest()) navigations.push(new URL(request.url()).pathname);
      });
      await page.goto(`${elsewhere.otherSite}/shots/12`);
      await page.locator('text=This front end cannot sign you in').waitFor();
      expect(navigations).toEqual(['/shots/12', '/auth/login']);
      expect(page.url().startsWith(`${studio.bffUrl}/auth/login?`)).toBe(true);
      const warned = studio.logLines.filter((line) => line.includes('front_end.other_site'));
      expect(warned).toEqual([expect.stringContaining(elsewhere.otherSite)]);
    }));

  it.each([
    ['served here', () => `${studio.bffUrl}/apps/minimal/`],
    ['at another origin', () => `${elsewhere.origin}/`],
  ])('a page %s signs out here and at the provider with the address from the server (D35)', (_, url) =>
    inFreshBrowser(async (page) => {
      await page.goto(url());
      await signIn(page);
      await page.locator('#versions li').first().waitFor();
      // The script leaves the page that it was added to.
      void page.addScriptTag({ url: 'sign-out.js', type: 'module' }).catch(() => undefined);
      await page.locator('text=You are not signed in').waitFor();
      expect(page.url()).toBe(`${studio.bffUrl}/`);
      await page.goto(url());
      await page.locator('button:has-text("Mira Okafor")').waitFor();
    }),
  );

  it.each([
    ['served here', () => `${studio.bffUrl}/apps/minimal/`],
    ['at another origin', () => `${elsewhere.origin}/`],
  ])('a page %s that listens learns when its session will end, and when it ends', (_, url) =>
    inFreshBrowser(async (page) => {
      await page.goto(url());
      await signIn(page);
      await page.locator('#versions li').first().waitFor();
      await page.addScriptTag({ url: 'watch.js', type: 'module' });
      await page.waitForSelector('body[data-expires]');
      const cookies = await context.cookies(studio.bffUrl);
      await signOutElsewhere('__Host-sid', cookies);
      await page.waitForSelector('body[data-ended="true"]');
    }),
  );

  it('the same page in the overlay signs in again in place when its session has ended', () =>
    inFreshBrowser(async (page) => {
      const body = studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2));
      await page.goto(host.pageFor(`${studio.bffUrl}/ami/review`, body));
      const frame = page.frameLocator('iframe');
      await frame.locator('#sign-in').waitFor();
      const [window] = await Promise.all([page.waitForEvent('popup'), frame.locator('#sign-in').click()]);
      await signIn(window);
      await frame.locator('#versions li').nth(4).waitFor();
      await endSessionOf(page);
      // The provider knows the person: the window comes and goes.
      await frame.locator('#sign-in').click();
      await frame.locator('#versions li').nth(4).waitFor();
      expect(await frame.locator('#viewer').innerText()).toBe('Mira Okafor (mira)');
    }));

  it.each(LIBRARIES)('the example of %s signs in and sends a query', (library) =>
    inFreshBrowser(async (page) => {
      await page.goto(`${studio.bffUrl}/apps/${library}/?from=bookmark`);
      await signIn(page);
      await page.waitForSelector('body[data-viewer="mira"]', { state: 'attached' });
      expect(page.url()).toBe(`${studio.bffUrl}/apps/${library}/?from=bookmark`);
    }),
  );

  it('the page fits the screen of a phone, and signs in there', () =>
    inFreshBrowser(async (page) => {
      const screen = { width: 390, height: 844, deviceScaleFactor: 3, mobile: true };
      const device = await context.newCDPSession(page);
      await device.send('Emulation.setDeviceMetricsOverride', screen);
      await page.goto(`${studio.bffUrl}/apps/minimal/`);
      await signIn(page);
      await page.locator('#versions li').nth(4).waitFor();
      expect(await page.evaluate('innerWidth')).toBe(390);
    }));

  it('the server that renders pages shows each person their own rows, and asks visitors to sign in', () =>
    inFreshBrowser(async (page) => {
      const renderer = spawn(process.execPath, [join(folder, 'page-server.js')], {
        env: { SHOTGRAPH_URL: studio.bffUrl, PAGES_URL: pages, PORT: new URL(pages).port },
      });
      try {
        await until(() => fetch(pages, { redirect: 'manual' }));
        await page.goto(`${pages}/desk?shot=12`);
        await signIn(page);
        await page.waitForURL(`${pages}/desk?shot=12`);
        expect(await page.locator('body').innerText()).toMatch(/^Mira Okafor sees [1-9]\d* versions\.\s*$/u);
      } finally {
        renderer.kill();
        await once(renderer, 'exit');
      }
    }));

  it('the Python script prints the rows that its person may see, or the reason for a refusal', async () => {
    const script = join(folder, 'versions.py');
    await writeFile(script, code('versions.py'));
    const ask = (token: string) =>
      run('python3', [script], { env: { SHOTGRAPH_URL: studio.bffUrl, SHOTGRAPH_TOKEN: token } });
    const { stdout } = await ask(await pipelineToken(studio.issuer, 'mira'));
    expect(stdout).toMatch(/^mira\n(?:\d+ \S+\n){3}$/u);
    await expect(ask(await pipelineToken(studio.issuer, 'nobody'))).rejects.toMatchObject({
      stderr: expect.stringContaining('(NO_SHOTGUN_USER)'),
    });
    await expect(ask('made-up')).rejects.toMatchObject({
      stderr: expect.stringContaining('(UNAUTHENTICATED)'),
    });
  });
});

/** As after a long lunch: the frame's cookie is there, its session is not. */
async function endSessionOf(page: Page): Promise<void> {
  const cookies = await context.cookies(studio.bffUrl);
  await signOutElsewhere('__Host-sid_m', cookies);
  await page.frames().at(-1)!.evaluate('location.reload()');
}

/** Ends the session of a cookie; no page of the browser has any part in it. */
async function signOutElsewhere(name: string, cookies: readonly Cookie[]): Promise<void> {
  const token = cookies.find((cookie) => cookie.name === name)?.value ?? '';
  await fetch(`${studio.bffUrl}/auth/logout`, {
    method: 'POST',
    headers: { cookie: `${name}=${token}`, origin: studio.bffUrl },
  });
}

/** The server may still be starting. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (
      await attempt().then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
