import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { picture as takePicture, untilPicturesAreThere } from '../support/picture.ts';
import { LISTED_ONLY } from '../support/review-page.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/** Screenshots are artefacts of the run: looked at, never committed. */
const ARTEFACTS = join(ROOT, 'test', 'artefacts');

describe('the story, in a real browser', () => {
  let studio: Studio;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    studio = await startStudio(LISTED_ONLY);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });

  const picture = (page: Page, name: string) => takePicture(page, join(ARTEFACTS, `${name}.png`));

  /** Signs in at the site, shows the person's own rows and selects three of them. */
  const selectThree = async (context: BrowserContext, login: string, project: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=${project}`);
    await page.click(`form:has(input[value="${login}"]) button`);
    await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=${project}`);
    const rows = page.locator('#rows tbody tr');
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['Control'] });
    await rows.nth(2).click({ modifiers: ['Control'] });
    return page;
  };

  const openMenuItem = async (page: Page): Promise<Page> => {
    await page.locator('#rows tbody tr').nth(1).click({ button: 'right' });
    const [opened] = await Promise.all([
      page.waitForEvent('popup'),
      page.click('#menu button:has-text("Review in Shotgraph")'),
    ]);
    return opened;
  };

  it('Mira selects three Versions, reviews them without typing a password, and both writes are hers', async () => {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    const seen = watch(context);
    const site = await selectThree(context, 'mira', '1');
    const selectedIds = await site
      .locator('#rows tr[aria-selected="true"]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
    await picture(site, 'site-page');
    const review = await openMenuItem(site);
    await review.waitForURL(/\/interaction\//u);
    await review.click('button:has-text("Mira Okafor")');
    await review.waitForSelector('[data-testid="version-row"]');
    expect(new URL(review.url()).pathname).toBe('/apps/review/');
    const cards = review.locator('[data-testid="version-row"]');
    expect(await cards.count()).toBe(3);
    const shownIds = await cards.evaluateAll((rows) =>
      rows.map((row) => row.getAttribute('data-version-id')),
    );
    expect([...shownIds].sort()).toEqual([...selectedIds].sort());
    expect(await review.locator('[data-testid="viewer"]').innerText()).toMatch(
      /Mira Okafor[\s\S]*mira · artist/u,
    );
    await untilPicturesAreThere(review);
    await picture(review, 'review-app');

    await review.locator('[data-testid="status-chip"]').first().click();
    await review.click('[data-testid="status-option-apr"]');
    await review.locator('[data-testid="status-chip"]').first().filter({ hasText: 'Approved' }).waitFor();
    await review.locator('.picture').first().click();
    await review.fill('[data-testid="note-form"] input', 'Edges');
    await review.fill('[data-testid="note-form"] textarea', 'The left edge sizzles.');
    await review.click('[data-testid="note-form"] button[type="submit"]');
    await review.waitForSelector('[data-testid="note-sent"]');
    await picture(review, 'review-app-note');

    await site.locator('#live', { hasText: 'Mira Okafor' }).waitFor();
    await site.goto(`${studio.siteUrl}/events`);
    await picture(site, 'event-log');
    const log = await site
      .locator('table.log tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    const approved = log.find((cells) => cells[3] === 'Version_Change' && cells[5] === 'sg_status_list');
    const noted = log.find((cells) => cells[3] === 'Note_New');
    for (const cells of [approved, noted]) {
      expect(cells?.[1]).toBe('Mira Okafor');
      expect(cells?.[2]).toBe('shotgraph 1.0');
      expect(cells?.[8]).toMatch(/^[0-9a-f]{8}$/u);
    }
    await seen.assertNoSecret();
    await context.close();
  });

  it('João does the same in another profile and sees what a Manager sees', async () => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    const site = await selectThree(context, 'joao', '3');
    const review = await openMenuItem(site);
    await review.waitForURL(/\/interaction\//u);
    await review.click('button:has-text("João Almeida")');
    await review.waitForSelector('[data-testid="version-row"]');
    expect(await review.locator('[data-testid="viewer"]').innerText()).toMatch(
      /João Almeida[\s\S]*joao · manager/u,
    );
    await review.goto(`${studio.bffUrl}/apps/review/`);
    await review.waitForSelector('[data-testid="version-row"]');
    await review.locator('.picture').first().click();
    const project = await review.locator('.panel dd').nth(3).innerText();
    expect(['Nightjar', 'Tidefall']).toContain(project);
    await context.close();
  });

  it('a person who did not click is refused with the reason, and nothing opens', async () => {
    const context = await browser.newContext();
    const site = await selectThree(context, 'mira', '1');
    const review = await openMenuItem(site);
    await review.waitForURL(/\/interaction\//u);
    await review.click('button:has-text("João Almeida")');
    await review.waitForSelector('h1');
    expect(await review.locator('main').innerText()).toMatch(/João Almeida/u);
    await picture(review, 'wrong-person');
    expect((await context.cookies(studio.bffUrl)).map(({ name }) => name)).not.toContain('__Host-sid');
    await context.close();
  });

  it('the app works on a narrow screen, by keyboard, and signs out', async () => {
    const context = await browser.newContext({ viewport: { width: 400, height: 800 }, colorScheme: 'dark' });
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/apps/review/`);
    await page.click('[data-testid="sign-in"]');
    await page.click('button:has-text("Mira Okafor")');
    const first = page.locator('[data-testid="version-row"]').first();
    await first.waitFor();
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.panel');
    await untilPicturesAreThere(page, '.panel img');
    await picture(page, 'review-app-narrow');
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(400);
    await page.keyboard.press('Escape');
    await page.keyboard.press('s');
    await page.waitForSelector('[data-testid="status-menu"]');
    await page.keyboard.press('Escape');
    await page.click('button:has-text("Sign out")');
    await page.waitForURL((url) => url.origin === studio.bffUrl && !url.pathname.startsWith('/apps'));
    const session = await context.request.get(`${studio.bffUrl}/auth/session`);
    expect(session.status()).toBe(401);
    await context.close();
  });
});

/** Everything that reaches the browser from Shotgraph: bodies, headers, cookies, storage. */
function watch(context: BrowserContext) {
  const texts: Promise<string>[] = [];
  context.on('response', (response) => {
    // The stream that tells of the end of the session has no end while the page is open.
    if (/^(?:image\/|text\/event-stream)/u.test(response.headers()['content-type'] ?? '')) return;
    texts.push(
      response.text().then(
        (body) => `${JSON.stringify(response.headers())}\n${body}`,
        () => JSON.stringify(response.headers()),
      ),
    );
  });
  return {
    async assertNoSecret(): Promise<void> {
      const cookies = JSON.stringify(await context.cookies());
      const stored = await Promise.all(
        context
          .pages()
          .map((page) => page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')),
      );
      const all = [...(await Promise.all(texts)), cookies, ...stored.map(String)].join('\n');
      expect(all.length).toBeGreaterThan(10_000);
      for (const secret of Object.values(CANARIES)) expect(all).not.toContain(secret);
      expect(all).not.toMatch(/eyJhbGciOi/u);
    },
  };
}
