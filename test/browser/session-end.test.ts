import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import { LISTED_ONLY } from '../support/review-page.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const IDLE_SECONDS = 28_800;
/** Sooner than the server would look by itself. */
const TOLD_WITHIN_MS = 14_000;

describe('the pages of a session, in a real browser', () => {
  let studio: Studio;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    studio = await startStudio({ ...LISTED_ONLY, SHOTGRAPH_SESSION_IDLE_SECONDS: String(IDLE_SECONDS) });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  /** A tab with the review app; Mira signs in where nobody is. */
  const openTab = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/apps/review/`);
    const signIn = page.locator('[data-testid="sign-in"]');
    const rows = page.locator('[data-testid="version-row"]').first();
    await signIn.or(rows).first().waitFor();
    if (await signIn.isVisible()) {
      await signIn.click();
      await page.click('button:has-text("Mira Okafor")');
    }
    await rows.waitFor();
    return page;
  };
  const isTold = (page: Page): Promise<void> =>
    page.locator('text=Your session has ended').waitFor({ timeout: TOLD_WITHIN_MS });
  /** Ends the session in this browser without any page of the app knowing of it. */
  const endSession = async (): Promise<void> => {
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/`);
    await page.click('button:has-text("Sign out")');
    // The provider has ended its session, too.
    await page.locator('text=You are not signed in').waitFor();
  };

  it('learn of its end through one shared stream, which the next page takes over when a page closes (D15)', async () => {
    let streams = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/auth/session/events')) streams += 1;
    });
    const [first, second, third] = [await openTab(), await openTab(), await openTab()];
    expect(streams).toBe(1);
    const [taken] = await Promise.all([
      context.waitForEvent('request', (request) => request.url().endsWith('/auth/session/events')),
      first.close(),
    ]);
    await taken.response();
    await endSession();
    await Promise.all([second, third].map(isTold));
    await second.locator('[data-testid="sign-in"]').click();
    await second.click('button:has-text("Mira Okafor")');
    await second.locator('[data-testid="version-row"]').first().waitFor();
  });

  it('are signed in again after its end: both work, and a change of the person is reported', async () => {
    const [first, second] = [await openTab(), await openTab()];
    await endSession();
    const tabs = [first, second];
    await Promise.all(tabs.map(isTold));
    for (const tab of tabs) {
      const signIn = tab.locator('[data-testid="sign-in"]');
      const clicked = signIn.click();
      clicked.catch(() => undefined);
      // A page asks who is signed in once it is looked at: after the first tab the button may be gone before the click.
      await Promise.race([clicked, signIn.waitFor({ state: 'detached' })]);
      const mira = tab.locator('button:has-text("Mira Okafor")');
      const rows = tab.locator('[data-testid="version-row"]').first();
      await mira.or(rows).first().waitFor();
      if (await mira.isVisible()) await mira.click();
      await rows.waitFor();
    }
    // A sign-in beside them, as of a front end that does not ask first.
    const beside = await context.newPage();
    await beside.goto(`${studio.bffUrl}/auth/login?returnTo=/apps/review/`);
    await beside.locator('[data-testid="version-row"]').first().waitFor();
    for (const tab of tabs) {
      await tab.locator('[data-testid="version-row"]').first().click();
      await tab.locator('aside.panel').waitFor();
      expect(await tab.locator('[data-testid="sign-in"]').count()).toBe(0);
    }
    await beside.goto(`${studio.bffUrl}/auth/login?prompt=login&returnTo=/apps/review/`);
    await beside.click('button:has-text("João Almeida")');
    await beside.locator('[data-testid="version-row"]').first().waitFor();
    for (const tab of tabs) await tab.locator('text=João Almeida has signed in at this browser').waitFor();
  });

  it('are warned before its end, and can prolong it', async () => {
    const page = await openTab();
    await page.clock.setFixedTime(Date.now() + (IDLE_SECONDS - 115) * 1000);
    await page.locator('[data-testid="session-end"]').waitFor();
    await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith('/graphql') && answer.ok()),
      page.click('button:has-text("Stay signed in")'),
    ]);
  });
});
