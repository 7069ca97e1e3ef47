import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';

const POLL_MS = 50;
const ATTEMPTS = 3;

/** A screenshot for people to look at. A busy Chromium sometimes has none at once. */
export async function picture(page: Page, path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.screenshot({ path });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await page.waitForTimeout(200);
    }
  }
}

/**
 * Waits until the pictures of the page have come, or those of a part of it: pictures that load once they are scrolled to
 * never come. Playwright's own `waitForFunction` asks again by `eval`, which the page's policy refuses.
 */
export async function untilPicturesAreThere(frame: Pick<Frame, 'evaluate'>, selector = 'img'): Promise<void> {
  const isThere = `[...document.querySelectorAll(${JSON.stringify(selector)})].every((image) => image.complete)`;
  while ((await frame.evaluate(isThere)) !== true) await delay(POLL_MS);
}
