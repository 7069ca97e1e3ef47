import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromiumProfile } from '../support/chromium.ts';
import { openOverlayIn, signInWindow } from '../support/overlay-browser.ts';
import { type HostPageOptions, type OverlayHost, startOverlayHost } from '../support/overlay-host.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Screenshots are artefacts of the run: looked at, never committed. */
const ARTEFACTS = join(ROOT, 'test', 'artefacts');

let host: OverlayHost;
let studio: Studio;

beforeAll(async () => {
  mkdirSync(ARTEFACTS, { recursive: true });
  host = await startOverlayHost();
  studio = await startStudio({ SHOTGRAPH_SITE_PUBLIC_URL: host.origin });
});
afterAll(async () => {
  await studio?.stop();
  await host?.stop();
});

describe.each([
  ['allows', false],
  ['blocks', true],
])(
  'an overlay and its windows, in a browser that %s third-party cookies',
  (word, blocksThirdPartyCookies) => {
    let context: BrowserContext;
    beforeAll(async () => {
      context = await startChromiumProfile({ blocksThirdPartyCookies });
    });
    afterAll(() => context?.close());
    afterEach(async () => {
      await Promise.all(context.pages().map((page) => page.close()));
      await context.clearCookies();
    });

    const openOverlay = (options: HostPageOptions = {}) => openOverlayIn(context, host, { studio, options });
    const picture = (page: Page, name: string) =>
      page.screenshot({ path: join(ARTEFACTS, `overlay-${name}-${word}.png`) });

    it('has a session separate from those of tabs (E12)', async () => {
      const { page, frame } = await openOverlay();
      await signInWindow(page, frame);
      await frame.locator('[data-testid="version-row"]').first().waitFor();
      const tab = await context.newPage();
      expect((await tab.goto(`${studio.bffUrl}/auth/session`))?.status()).toBe(401);
    });

    it('offers its button again after the window was closed, and after nobody signed in for too long', async () => {
      const { page, frame } = await openOverlay();
      await frame.locator('#sign-in').waitFor();
      const [closed] = await Promise.all([page.waitForEvent('popup'), frame.click('#sign-in')]);
      await closed.close();
      await frame.locator('#sign-in', { hasText: 'Open the window again' }).waitFor();
      const [another] = await Promise.all([page.waitForEvent('popup'), frame.click('#sign-in')]);
      await page.clock.setFixedTime(Date.now() + 301_000);
      await frame.locator('h1', { hasText: 'This took too long' }).waitFor();
      expect(await frame.locator('#number').isVisible()).toBe(false);
      await another.close();
      await frame.click('#sign-in');
      await frame.locator('#sign-in', { hasText: /^Sign in$/u }).waitFor();
      await signInWindow(page, frame);
      await frame.locator('[data-testid="version-row"]').first().waitFor();
    });

    it('explains how to continue if ShotGrid does not let the frame open a window', async () => {
      const pagesBefore = context.pages().length;
      const { page, frame } = await openOverlay({
        frame: 'sandbox="allow-scripts allow-same-origin allow-forms"',
      });
      await frame.locator('#sign-in').waitFor();
      await frame.click('#sign-in');
      await frame.locator('#text', { hasText: 'or a new tab' }).waitFor();
      await frame.click('#new-tab');
      await frame.locator('#text', { hasText: 'Copy the address of the link' }).waitFor();
      expect(context.pages()).toHaveLength(pagesBefore + 1);
      await picture(page, 'no-windows');
      const address = await frame.locator('#new-tab').getAttribute('href');
      const tab = await context.newPage();
      await tab.goto(new URL(address ?? '', studio.bffUrl).href);
      await tab.waitForURL(/\/interaction\//u);
      await tab.click('button:has-text("Mira Okafor")');
      await tab.locator('[data-testid="version-row"]').nth(1).waitFor();
    });

    it('offers only the new tab in a sandbox without an origin', async () => {
      const { frame } = await openOverlay({ frame: 'sandbox="allow-scripts allow-forms allow-popups"' });
      await frame.locator('h1', { hasText: 'Open this in a new tab' }).waitFor();
      expect(await frame.locator('#sign-in').isVisible()).toBe(false);
      expect(await frame.locator('#new-tab').isVisible()).toBe(true);
    });
  },
);
