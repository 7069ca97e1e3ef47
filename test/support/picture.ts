import type { Page } from 'playwright-core';

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
