import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { appDocument } from '../support/app-documents.ts';
import { startChromium } from '../support/chromium.ts';
import { type Production, startProduction } from '../support/production.ts';
import { LISTED_ONLY } from '../support/review-page.ts';

interface Sent {
  readonly documentId?: string;
  readonly query?: string;
  readonly operationName: string;
  readonly variables?: object;
}

/** The review app as a studio runs it in production, where listed documents alone are run. */
describe('the review app in production, under documents: only', () => {
  let studio: Production;
  let browser: Browser;
  let context: BrowserContext;
  const sent: { body: Sent; bytes: number }[] = [];
  beforeAll(async () => {
    [studio, browser] = await Promise.all([startProduction(LISTED_ONLY), startChromium()]);
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.on('request', (request) => {
      if (!request.url().endsWith('/graphql')) return;
      const text = request.postData() ?? '';
      sent.push({ body: JSON.parse(text) as Sent, bytes: Buffer.byteLength(text) });
    });
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });

  /** What these requests would send with the texts of their operations. */
  const bytesByText = (): number =>
    sent
      .map(({ body: { operationName, variables } }) =>
        Buffer.byteLength(JSON.stringify({ operationName, variables, query: appDocument(operationName) })),
      )
      .reduce((sum, bytes) => sum + bytes, 0);
  const bytesSent = (): number => sent.reduce((sum, { bytes }) => sum + bytes, 0);

  /** Selects the first row of the site's page, and opens the menu item. */
  const openTool = async (): Promise<Page> => {
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
    return tool;
  };

  it('opens a launch, changes a status and writes a note with document ids only, and the docs state the saving', async () => {
    const tool = await openTool();
    const names = () => sent.map(({ body }) => body.operationName).toSorted();
    expect(names()).toEqual(['OpenedLaunch', 'Statuses']);
    const opening = [bytesByText(), bytesSent()];
    const card = tool.locator('[data-testid="version-row"]').first();
    await card.locator('[data-testid="status-chip"]').click();
    await tool.locator('[data-testid="status-option-apr"]').click();
    await card.locator('[data-testid="status-chip"]', { hasText: /approved/iu }).waitFor();
    await card.locator('.picture').click();
    await tool.fill('[data-testid="note-form"] input', 'Horizon');
    await tool.fill('[data-testid="note-form"] textarea', 'A little lower.');
    await tool.click('[data-testid="note-form"] button[type="submit"]');
    await tool.locator('[data-testid="note-form"] .sent').waitFor();
    expect(names()).toEqual([
      ...['OpenedLaunch', 'RenderJobs', 'SetStatus', 'StatusChoices', 'Statuses', 'WriteNote'],
    ]);
    expect(sent.filter(({ body }) => body.query !== undefined || !body.documentId)).toEqual([]);
    const docs = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const told = [
      ...docs.matchAll(/^\| (?:Opening a launch|The same, a changed).*\| (\d+) +\| (\d+) +\|$/gmu),
    ];
    expect(told.map(([, ...bytes]) => bytes.map(Number))).toEqual([opening, [bytesByText(), bytesSent()]]);
  });

  it.each(['/graphql', '/apps/review/graphql'])('refuses a query typed by hand at %s', async (path) => {
    const asked = context.pages().at(-1)!.evaluate(`fetch('${path}', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { displayName } }' }),
    }).then(async (answer) => [answer.status, (await answer.json()).errors[0].extensions.code])`);
    expect(await asked).toEqual([400, 'DOCUMENT_UNKNOWN']);
  });
});
