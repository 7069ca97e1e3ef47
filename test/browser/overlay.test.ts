import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromiumProfile } from '../support/chromium.ts';
import { type HostPageOptions, type OverlayHost, startOverlayHost } from '../support/overlay-host.ts';
import { openOverlayIn, signInWindow } from '../support/overlay-browser.ts';
import { untilPicturesAreThere } from '../support/picture.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Screenshots are artefacts of the run: looked at, never committed. */
const ARTEFACTS = join(ROOT, 'test', 'artefacts');

let host: OverlayHost;
let studio: Studio;
let cuttingStudio: Studio;

beforeAll(async () => {
  mkdirSync(ARTEFACTS, { recursive: true });
  host = await startOverlayHost();
  const places = { SHOTGRAPH_SITE_PUBLIC_URL: host.origin };
  studio = await startStudio(places);
  cuttingStudio = await startStudio(places, { cutsOpener: true });
});
afterAll(async () => {
  await studio?.stop();
  await cuttingStudio?.stop();
  await host?.stop();
});

describe.each([
  ['allows', false],
  ['blocks', true],
])('an overlay in a browser that %s third-party cookies', (word, blocksThirdPartyCookies) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await startChromiumProfile({ blocksThirdPartyCookies });
  });
  afterAll(() => context?.close());
  afterEach(async () => {
    await Promise.all(context.pages().map((page) => page.close()));
    await context.clearCookies();
  });

  const openOverlay = (options: HostPageOptions = {}, of = studio) =>
    openOverlayIn(context, host, { studio: of, options });

  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(ARTEFACTS, `overlay-${name}-${word}.png`) });

  const cookieNames = async (of = studio): Promise<string[]> => {
    const cookies = await context.cookies(of.bffUrl);
    return cookies.map(({ name }) => name).filter((name) => name.startsWith('__Host-sid'));
  };

  it('is what its name says', async () => {
    const page = await context.newPage();
    await page.goto(host.pageFor('about:blank', ''));
    await page.evaluate(
      `new Promise((resolve) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.onload = resolve;
        frame.src = '${host.evilOrigin}/nothing';
      })`,
    );
    const inner = page.frames().find((frame) => frame.url().endsWith('/nothing'))!;
    await inner.evaluate(`document.cookie = 'third=party; SameSite=None; Secure; path=/'`);
    expect(await inner.evaluate('document.cookie')).toBe(blocksThirdPartyCookies ? '' : 'third=party');
  });

  it('signs Mira in in a window, shows her selection, lets her work, and signs her out for good', async () => {
    const { page, frame } = await openOverlay();
    await frame.locator('#sign-in').waitFor();
    await picture(page, 'before');
    const window = await signInWindow(page, frame);
    if (!window.isClosed()) await window.waitForEvent('close');
    await frame.locator('[data-testid="version-row"]').nth(1).waitFor();
    expect(await frame.locator('[data-testid="version-row"]').count()).toBe(2);
    expect(await frame.locator('[data-testid="viewer"]').innerText()).toContain('Mira Okafor');
    await untilPicturesAreThere(frame);
    await picture(page, 'review');
    const width = await frame.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect((width as number[])[0]).toBeLessThanOrEqual((width as number[])[1]!);

    await frame.locator('[data-testid="status-chip"]').first().click();
    await frame.click('[data-testid="status-option-apr"]');
    await frame.locator('[data-testid="status-chip"]').first().filter({ hasText: 'Approved' }).waitFor();
    expect(await cookieNames()).toEqual(['__Host-sid_m']);

    await frame.click('[data-testid="sign-out"]');
    await frame.locator('[data-testid="signed-out"]').waitFor();
    expect(await cookieNames()).toEqual([]);
    await picture(page, 'signed-out');
    await frame.evaluate('location.reload()');
    await frame.locator('[data-testid="sign-in"]').waitFor();
    expect(await cookieNames()).toEqual([]);
  });

  it('needs no second sign-in for the next menu item, also in another tab', async () => {
    const first = await openOverlay();
    await signInWindow(first.page, first.frame);
    await first.frame.locator('[data-testid="version-row"]').first().waitFor();
    const second = await openOverlay();
    await second.frame.locator('[data-testid="version-row"]').first().waitFor();
    expect(await second.frame.locator('[data-testid="version-row"]').count()).toBe(2);
  });

  it('continues with a click in the window if the provider cuts the window off', async () => {
    const { page, frame } = await openOverlay({}, cuttingStudio);
    const window = await signInWindow(page, frame);
    await window.locator('#continue').waitFor();
    expect(await window.evaluate('window.opener')).toBeNull();
    expect(await window.locator('.number').innerText()).toBe(await frame.locator('#number').innerText());
    await picture(window, 'window');
    // A click that does not arrive is no reason to begin again.
    await window.route('**/auth/handover/approve', (route) => route.abort(), { times: 1 });
    await window.click('#continue');
    await window.locator('#text', { hasText: 'Try again' }).waitFor();
    await window.click('#continue');
    await frame.locator('[data-testid="version-row"]').first().waitFor();
    expect(await cookieNames(cuttingStudio)).toEqual(['__Host-sid_m']);
  });

  it('continues with a click in the window if ShotGrid cuts its own windows off', async () => {
    const { page, frame } = await openOverlay({
      headers: { 'cross-origin-opener-policy': 'same-origin' },
    });
    await frame.locator('#sign-in').waitFor();
    const [window] = await Promise.all([context.waitForEvent('page'), frame.click('#sign-in')]);
    await window.waitForURL(/\/interaction\//u);
    await window.click('button:has-text("Mira Okafor")');
    await window.click('#continue');
    await frame.locator('[data-testid="version-row"]').first().waitFor();
    expect(page.isClosed()).toBe(false);
  });

  it('refuses a person who did not click, with the reason in window and frame', async () => {
    const { page, frame } = await openOverlay();
    const window = await signInWindow(page, frame, 'João Almeida');
    await window.locator('h1', { hasText: 'Signed in as a different person' }).waitFor();
    await frame.locator('h1', { hasText: 'Nothing was opened' }).waitFor();
    expect(await frame.locator('#new-tab').isVisible()).toBe(false);
    expect(await cookieNames()).toEqual([]);
    await picture(page, 'refused');
  });

  it('opens in a new tab with the selection', async () => {
    const { page, frame } = await openOverlay();
    const [tab] = await Promise.all([context.waitForEvent('page'), frame.click('#new-tab')]);
    await tab.click('button:has-text("Mira Okafor")');
    await tab.locator('[data-testid="version-row"]').nth(1).waitFor();
    expect(await tab.locator('[data-testid="version-row"]').count()).toBe(2);
    expect(await cookieNames()).toEqual(['__Host-sid']);
    expect(page.isClosed()).toBe(false);
  });

  it('still offers the new tab if the frame keeps no cookie', async () => {
    const { page, frame } = await openOverlay();
    await context.clearCookies();
    await frame.goto(frame.url());
    await frame.locator('h1', { hasText: 'Open this in a new tab' }).waitFor();
    await picture(page, 'blocked');
    const [tab] = await Promise.all([context.waitForEvent('page'), frame.click('#new-tab')]);
    await tab.click('button:has-text("Mira Okafor")');
    await tab.locator('[data-testid="version-row"]').nth(1).waitFor();
  });

  it('cannot be framed by any other site, nor by ShotGrid inside one (E1)', async () => {
    const { frame } = await openOverlay();
    const address = frame.url();
    const page = await context.newPage();
    const evil = host.pageFor('about:blank', '').replace(host.origin, host.evilOrigin);
    await page.goto(evil);
    await page.evaluate(`document.querySelector('iframe').src = '${address}'`);
    await errorFrameOf(page);
    const outer = await context.newPage();
    const nested = host.pageFor(
      `${studio.bffUrl}/ami/review`,
      studio.amiBody('mira', studio.mirasVersionIds),
    );
    await outer.goto(evil);
    await outer.evaluate(`document.querySelector('iframe').src = '${nested}'`);
    await errorFrameOf(outer);
  });

  it('reveals nothing to a hostile frame beside it, which can send its cookie but not forge its origin (E10, E22)', async () => {
    const { page, frame } = await openOverlay();
    await signInWindow(page, frame);
    await frame.locator('[data-testid="version-row"]').first().waitFor();
    await studio.forgetSiteRequests();
    const evilPage = host.pageFor('about:blank', '').replace(host.origin, host.evilOrigin);
    await page.evaluate(
      `new Promise((resolve) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.onload = resolve;
        frame.src = '${evilPage}';
      })`,
    );
    const sibling = page.frames().find((each) => each.url() === evilPage)!;
    const before = studio.logLines.length;
    for (const attacker of [sibling, page.mainFrame()]) {
      await attacker.evaluate(
        `Promise.allSettled(['/auth/logout', '/graphql', '/auth/handover/redeem'].map((path) =>
          fetch('${studio.bffUrl}' + path, {
            method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"query":"{ viewer { login } }"}',
          })))`,
      );
    }
    const answers = studio.logLines
      .slice(before)
      .map((line) => JSON.parse(line) as { event: string; status?: number })
      .filter(({ event }) => event === 'http.request');
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    await frame.evaluate('location.reload()');
    await frame.locator('[data-testid="version-row"]').first().waitFor();
    expect(await cookieNames()).toEqual(['__Host-sid_m']);
  });

  it('ignores messages that are not from its own window (E22)', async () => {
    const { page, frame } = await openOverlay();
    await frame.locator('#sign-in').waitFor();
    let redeemed = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/auth/handover/redeem')) redeemed += 1;
    });
    const [window] = await Promise.all([page.waitForEvent('popup'), frame.click('#sign-in')]);
    await page.evaluate(
      `frames[0].postMessage({ type: 'shotgraph-handover', handover: 'x', code: '${'c'.repeat(43)}' }, '*')`,
    );
    await frame.evaluate(
      `postMessage({ type: 'shotgraph-handover', handover: 'made-up', code: 'x' }, location.origin)`,
    );
    await window.click('button:has-text("Mira Okafor")');
    await frame.locator('[data-testid="version-row"]').first().waitFor();
    expect(redeemed).toBe(1);
  });
});

/** The frame in which the browser refused to show what was asked for. */
async function errorFrameOf(page: Page): Promise<Frame> {
  const find = (): Frame | undefined =>
    page.frames().find((frame) => frame.url().startsWith('chrome-error:'));
  for (let frame = find(); ; frame = find()) {
    if (frame !== undefined) return frame;
    await page.waitForTimeout(50);
  }
}
