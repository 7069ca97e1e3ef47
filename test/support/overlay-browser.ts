import type { BrowserContext, Frame, Page } from 'playwright-core';
import type { HostPageOptions, OverlayHost } from './overlay-host.ts';
import type { Studio } from './studio.ts';

export interface OpenedOverlay {
  readonly page: Page;
  readonly frame: Frame;
}

export interface OverlayOptions {
  readonly studio: Studio;
  /** Who clicks; Mira by default. */
  readonly login?: string;
  readonly options?: HostPageOptions;
}

/** Somebody clicks "Review" with two of Mira's Versions selected; the overlay opens. */
export async function openOverlayIn(
  context: BrowserContext,
  host: OverlayHost,
  { studio, login = 'mira', options = {} }: OverlayOptions,
): Promise<OpenedOverlay> {
  const page = await context.newPage();
  const body = studio.amiBody(login, studio.mirasVersionIds.slice(0, 2));
  await page.goto(host.pageFor(`${studio.bffUrl}/ami/review`, body, options));
  const find = (): Frame | undefined => page.frames().find((frame) => frame.url().includes('/overlay/'));
  // ShotGrid's post may not have been answered yet.
  if (find() === undefined) await page.waitForEvent('framenavigated', (frame) => frame === find());
  return { page, frame: find()! };
}

/** The person clicks "Sign in", chooses an account in the window, and the window is returned. */
export async function signInWindow(page: Page, frame: Frame, name = 'Mira Okafor'): Promise<Page> {
  await frame.locator('#sign-in').waitFor();
  const [window] = await Promise.all([page.waitForEvent('popup'), frame.click('#sign-in')]);
  await window.waitForURL(/\/interaction\//u);
  await window.click(`button:has-text("${name}")`);
  return window;
}
