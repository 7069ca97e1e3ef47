import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { loadDataset } from '../../studio/site/load-dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { hasLemonLdap, startLemonLdap } from '../support/lemonldap.ts';
import { type LocalRegistry, startLocalRegistry } from '../support/local-registry.ts';
import { SITE_SCHEMA } from '../support/recordings.ts';
import { Transcript, transcriptInDocs } from '../support/transcript.ts';

const run = promisify(execFile);
const PAGE = join(ROOT, 'docs', 'getting-started.md');
const SECRET = 'demo-client-secret';
const MINUTES_MS = 300_000;
const withLemonLdap = hasLemonLdap() ? it : it.skip;

/** A pipeline developer on a Monday morning: what they type, and what they read. docs/getting-started.md shows it. */
describe('from an empty folder to rows on a page', () => {
  let place: string;
  let folder: string;
  let registry: LocalRegistry;
  let browser: Browser;
  let words: Transcript;
  let closing: (() => Promise<unknown>)[];
  let bffUrl: string;

  beforeAll(async () => {
    registry = await startLocalRegistry();
    browser = await startChromium();
    place = await mkdtemp(join(tmpdir(), 'shotgraph-morning-'));
    // The gate has built everything before; the script of packing would build it again.
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', place];
    await run('npm', pack, { cwd: ROOT });
    await run('npm', [...pack, '--workspace', 'studio'], { cwd: ROOT });
    await writeFile(join(place, 'script-key'), 'demo-script-key\n');
    await writeFile(join(place, 'client-secret'), `${SECRET}\n`);
  }, MINUTES_MS);
  afterAll(async () => {
    await browser.close();
    await registry.close();
    await rm(place, { recursive: true, force: true });
  });
  beforeEach(async () => {
    closing = [];
    folder = join(place, 'studio-tools');
    await mkdir(folder);
    bffUrl = `http://localhost:${await freePort()}`;
    words = new Transcript(folder, {
      PATH: process.env['PATH'],
      HOME: place,
      npm_config_registry: registry.url,
      npm_config_cache: join(place, 'cache'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_progress: 'false',
      SHOTGRAPH_SITE_SCRIPT_KEY_FILE: '../script-key',
      SHOTGRAPH_OIDC_CLIENT_SECRET_FILE: '../client-secret',
    });
  });
  afterEach(async () => {
    for (const close of closing.toReversed()) await close();
    await rm(folder, { recursive: true, force: true });
  });

  interface Story {
    readonly site: string;
    readonly issuer: string;
    readonly item: string;
    readonly title: string;
    /** Starts the site and the provider, once the packages are there. */
    signIn(page: Page): Promise<string>;
  }

  const seconds = (sinceMs: number): string => `${Math.round((performance.now() - sinceMs) / 1000)} s`;

  async function installed(...files: readonly string[]): Promise<void> {
    words.note('$ mkdir studio-tools && cd studio-tools');
    words.note(
      '$ export SHOTGRAPH_SITE_SCRIPT_KEY_FILE=../script-key SHOTGRAPH_OIDC_CLIENT_SECRET_FILE=../client-secret',
    );
    await words.type(`npm i ${files.map((file) => `../${file}-0.1.0.tgz`).join(' ')}`);
  }

  /** `init`, `dev`, a click, a sign-in. @returns the rows of the page */
  async function opened(
    beganMs: number,
    { site, issuer, item, title, signIn }: Story,
  ): Promise<readonly string[]> {
    const answers = [
      `--site ${site}`,
      `--issuer ${issuer}`,
      `--public-url ${bffUrl}`,
      `--type Shot --item ${item}`,
    ];
    await words.type(`npx --no-install shotgraph init --yes ${answers.join(' ')} --create-menu-item`);
    const before = await filesOf(folder);
    const dev = await words.typeUntil(
      'npm run dev',
      /server\.started[\s\S]*Watching|Watching[\s\S]*server\.started/u,
    );
    closing.push(() => dev.interrupt());
    const context = await browser.newContext();
    closing.push(() => context.close());
    const page = await context.newPage();
    await page.goto(`${site}/page/Shot`);
    await page.click('form:has(input[value="mira"]) button');
    await page.goto(`${site}/page/Shot`);
    const rows = page.locator('#rows tbody tr[data-id]');
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['Control'] });
    await rows.nth(1).click({ button: 'right' });
    const [tool] = await Promise.all([
      page.waitForEvent('popup'),
      page.click(`#menu button:has-text("${title}")`),
    ]);
    const account = await signIn(tool);
    await tool.waitForSelector('#rows td');
    words.note(`[browser] ${site}/page/Shot as mira: two rows selected, right-click, "${title}"`);
    words.note(`[browser] ${issuer}: ${account}`);
    words.note(`[browser] ${new URL(tool.url()).origin}${new URL(tool.url()).pathname}`);
    const cells = await tool
      .locator('#rows tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.children].map((cell) => cell.textContent ?? '').join(' | ')),
      );
    words.note(`  ${await tool.locator('#viewer').innerText()}`);
    for (const line of cells) words.note(`  ${line}`);
    words.note(`Rows on the page after ${seconds(beganMs)}.`);
    expect(await filesOf(folder)).toEqual(before);
    await dev.interrupt();
    await expect(fetch(bffUrl)).rejects.toThrow('fetch failed');
    return cells;
  }

  it(
    'the studio in a box, whose two commands are of the other package',
    async () => {
      const beganMs = performance.now();
      await installed('shotgraph', 'shotgrid-studio');
      const program = 'npx --no-install shotgrid-studio';
      const beside = new Transcript(folder, { PATH: process.env['PATH'], HOME: place });
      const site = await beside.typeUntil(`${program} site --port 0 --server ${bffUrl}`, /ready at (\S+)/u);
      closing.push(() => site.interrupt());
      const idp = await beside.typeUntil(`${program} idp --port 0 --server ${bffUrl}`, /issuer ([^,\s]+),/u);
      closing.push(() => idp.interrupt());
      const rows = await opened(beganMs, {
        site: site.told[1] ?? '',
        issuer: idp.told[1] ?? '',
        item: 'dailies',
        title: 'Dailies in Shotgraph',
        async signIn(tool) {
          await tool.waitForURL(/\/interaction\//u);
          await tool.click('button:has-text("Mira Okafor")');
          return 'the account "Mira Okafor" is chosen';
        },
      });
      expect(rows).toHaveLength(3);
      const { kept, made } = await transcriptInDocs(PAGE, 'first morning', words.text);
      expect(made).toBe(kept);
    },
    MINUTES_MS,
  );

  withLemonLdap(
    'a site of 105 types, with LemonLDAP::NG as its provider',
    async () => {
      const { HumanUser = [], PermissionRuleSet = [], Project = [] } = demoDataset().rows;
      const project = { type: 'Project', id: 1 };
      const Shot = [
        { id: 7, code: 'lantern_010', description: 'Dusk', project },
        { id: 8, code: 'lantern_020', description: 'Night', project },
      ];
      const dataset = await loadDataset({ schemaDirectory: SITE_SCHEMA });
      const rowsThere = { HumanUser, PermissionRuleSet, Project, Shot };
      const site = await startSite({ port: 0, dataset: { ...dataset, rows: rowsThere } });
      closing.push(() => site.close());
      const provider = await startLemonLdap({ bffUrl, clientSecret: SECRET, people: ['mira'] });
      closing.push(() => provider.close());
      const beganMs = performance.now();
      await installed('shotgraph');
      const rows = await opened(beganMs, {
        site: site.url,
        issuer: provider.issuer,
        item: 'shots',
        title: 'Shots in Shotgraph',
        async signIn(tool) {
          await tool.fill('input[name="user"]', 'mira');
          await tool.fill('input[name="password"]', 'mira');
          await tool.click('button[type="submit"]');
          return 'login and password of mira are typed';
        },
      });
      expect(rows).toEqual([
        expect.stringContaining('name'),
        expect.stringContaining('lantern_020'),
        expect.stringContaining('lantern_010'),
      ]);
      const { kept, made } = await transcriptInDocs(PAGE, 'first morning elsewhere', words.text);
      expect(made).toBe(kept);
    },
    MINUTES_MS,
  );
});

/** Every file that somebody could have edited. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((path) => !path.startsWith('node_modules')).toSorted();
}
