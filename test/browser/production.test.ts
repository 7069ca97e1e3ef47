import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { type Production, startProduction } from '../support/production.ts';

describe('behind TLS, with the settings of production, which are the default (G26)', () => {
  let studio: Production;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    [studio, browser] = await Promise.all([startProduction(), startChromium()]);
    // The authority is the studio's own; what the server thinks of it is not softened.
    context = await browser.newContext({ ignoreHTTPSErrors: true });
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });

  it('a click in ShotGrid opens the tool, signed in', async () => {
    const page = await context.newPage();
    await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=1`);
    await page.click('form:has(input[value="mira"]) button');
    await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=1`);
    await page.locator('#rows tbody tr').first().click();
    await page.locator('#rows tbody tr').first().click({ button: 'right' });
    const [tool] = await Promise.all([
      page.waitForEvent('popup'),
      page.click('#menu button:has-text("Review in Shotgraph")'),
    ]);
    await tool.waitForURL(/\/interaction\//u);
    await tool.click('button:has-text("Mira Okafor")');
    await tool.waitForSelector('[data-testid="version-row"]');
    expect(await tool.locator('[data-testid="version-row"]').count()).toBe(1);
    expect(new URL(tool.url()).origin).toBe(studio.bffUrl);
  });

  it('the session cookie is sent over TLS only, and browsers are told to use nothing else (D1)', async () => {
    const cookies = (await context.cookies(studio.bffUrl)).filter(({ name }) => name === '__Host-sid');
    expect(cookies).toMatchObject([{ secure: true, httpOnly: true, sameSite: 'Lax', path: '/' }]);
    const answer = await context.request.get(`${studio.bffUrl}/auth/session`);
    expect(answer.status()).toBe(200);
    expect(answer.headers()['strict-transport-security']).toMatch(/max-age=\d{8}/u);
  });

  it('nothing reveals the schema, and there is no explorer', async () => {
    const ask = (query: string) =>
      context.request.post(`${studio.bffUrl}/graphql`, {
        data: { query },
        headers: { origin: studio.bffUrl },
      });
    const introspection = await ask('{ __schema { types { name } } }');
    expect(introspection.status()).toBe(400);
    const misspelt = await ask('{ shotz { id } }');
    expect(await misspelt.text()).not.toMatch(/did you mean|shots/iu);
    const explorer = await context.request.get(`${studio.bffUrl}/graphql`, {
      headers: { accept: 'text/html' },
    });
    expect(explorer.status()).not.toBe(200);
    expect(await explorer.text()).not.toMatch(/graphiql|sandbox/iu);
    for (const path of ['/', '/graphql', '/graphql/explorer/index.html', '/apps/review/']) {
      const answer = await context.request.get(`${studio.bffUrl}${path}`);
      expect(answer.headers()['content-security-policy']).not.toMatch(/apollo/iu);
    }
  });

  it('the doctor finds no problem', async () => {
    const { code, output } = await doctor(studio.environment);
    expect([output.split('\n').filter((line) => line.startsWith('fail')), code]).toEqual([[], 0]);
  });
});

async function doctor(environment: Readonly<Record<string, string>>) {
  const command = spawn(process.execPath, [join(ROOT, 'dist', 'src', 'main.js'), 'doctor'], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  let output = '';
  for (const stream of [command.stdout, command.stderr])
    stream.on('data', (text) => (output += String(text)));
  const code = await new Promise((resolve) => command.once('exit', resolve));
  return { code, output };
}
