import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromiumProfile } from '../support/chromium.ts';
import { untilPicturesAreThere } from '../support/picture.ts';
import { LISTED_ONLY } from '../support/review-page.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Screenshots are artefacts of the run: looked at, never committed. */
const ARTEFACTS = join(ROOT, 'test', 'artefacts');

describe('the story in the overlay of the emulated site', () => {
  let studio: Studio;
  let context: BrowserContext;
  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    studio = await startStudio(LISTED_ONLY);
    context = await startChromiumProfile({ blocksThirdPartyCookies: true });
  });
  afterAll(async () => {
    await context?.close();
    await studio?.stop();
  });

  const overlayOf = (page: Page): Frame => page.frames().find((frame) => frame.name() === 'overlay')!;

  /** Mira selects two rows and chooses the menu item that opens in an overlay. */
  const openOverlay = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=1`);
    const account = page.locator('form:has(input[value="mira"]) button');
    if (await account.isVisible()) {
      await account.click();
      await page.goto(`${studio.siteUrl}/page/Version?mine=1&project=1`);
    }
    const rows = page.locator('#rows tbody tr');
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['Control'] });
    await rows.nth(1).click({ button: 'right' });
    await page.click('#menu button:has-text("Review in an overlay")');
    return page;
  };

  it('Mira reviews inside ShotGrid, and signing out in one overlay signs out the other', async () => {
    const site = await openOverlay();
    const frame = site.frameLocator('iframe[name="overlay"]');
    await frame.locator('#sign-in').waitFor();
    const [window] = await Promise.all([site.waitForEvent('popup'), frame.locator('#sign-in').click()]);
    await window.click('button:has-text("Mira Okafor")');
    await frame.locator('[data-testid="version-row"]').nth(1).waitFor();
    await frame.locator('[data-testid="status-chip"]').first().click();
    await frame.locator('[data-testid="status-option-apr"]').click();
    await frame.locator('[data-testid="status-chip"]').first().filter({ hasText: 'Approved' }).waitFor();
    await untilPicturesAreThere(overlayOf(site));
    await site.screenshot({ path: join(ARTEFACTS, 'overlay-story.png') });

    const other = await openOverlay();
    const otherFrame = other.frameLocator('iframe[name="overlay"]');
    await otherFrame.locator('[data-testid="version-row"]').first().waitFor();
    await otherFrame.locator('[data-testid="sign-out"]').click();
    await otherFrame.locator('[data-testid="signed-out"]').waitFor();
    await frame.locator('[data-testid="sign-in"]').waitFor();
    const log = await context.newPage();
    await log.goto(`${studio.siteUrl}/events`);
    const rows = await log
      .locator('table.log tbody tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    const approved = rows.find((cells) => cells[3] === 'Version_Change' && cells[5] === 'sg_status_list');
    expect(approved?.slice(1, 3)).toEqual(['Mira Okafor', 'shotgraph 1.0']);
  });
});
