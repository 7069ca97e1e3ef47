import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import { cards, openReview } from '../support/review-page.ts';
import { startStudio, type Studio } from '../support/studio.ts';
import { ROOT } from '../rules/source-files.ts';

/** The demo's own settings, whose menu item names what the review app asks first. */
const DEMO = { SHOTGRAPH_CONFIG: join(ROOT, 'shotgraph.yml') };
/** What is asked at a click by a person who is signed in: the right to write for the launch, and what its page asks first. */
const AT_THE_CLICK = ['Status', 'Version', 'self', 'token'];

describe('the review app, opened by a click', () => {
  let studio: Studio;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    studio = await startStudio(DEMO);
    browser = await startChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    return () => context.close();
  });

  const asked = async (): Promise<string[]> => {
    const requests = await studio.siteRequests();
    const names = requests.map(({ path }) => {
      if (path.endsWith('/access_token')) return 'token';
      return path.includes('HumanUser') ? 'self' : (/entity\/(\w+)/u.exec(path)?.[1] ?? path);
    });
    return names.toSorted();
  };

  /** Keeps the code of the page back until the site has answered this, and forgets it then. */
  async function codeAfter(answered: readonly string[]): Promise<{ readonly isThere: boolean }> {
    const code = { isThere: false };
    await context.route('**/assets/*.js', async (route) => {
      if (!code.isThere) await untilAsked(answered);
      if (!code.isThere) await studio.forgetSiteRequests();
      code.isThere = true;
      await route.continue();
    });
    return code;
  }
  async function untilAsked(answered: readonly string[]): Promise<void> {
    while (JSON.stringify(await asked()) !== JSON.stringify(answered))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** A click on a menu item for the first two of Mira's Versions. */
  async function click(page: Page): Promise<void> {
    const body = new URLSearchParams(studio.amiBody('mira', studio.mirasVersionIds.slice(0, 2)));
    const fields = [...body].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    await page.setContent(
      `<form method="post" action="${studio.bffUrl}/ami/review">${fields.join('')}<button>Open</button></form>`,
    );
    await page.click('button');
  }

  it('shows the rows without a call to the site that begins after its code is there', async () => {
    const page = await openReview(studio, context);
    await studio.forgetSiteRequests();
    const code = await codeAfter(AT_THE_CLICK);
    await click(page);
    await cards(page).nth(1).waitFor();
    expect(await cards(page).count()).toBe(2);
    expect(code.isThere).toBe(true);
    expect(await asked()).toEqual([]);
  });
});
