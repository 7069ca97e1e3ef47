import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromiumProfile } from '../support/chromium.ts';
import { openOverlayIn, signInWindow } from '../support/overlay-browser.ts';
import { type OverlayHost, startOverlayHost } from '../support/overlay-host.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** Screenshots are artefacts of the run: looked at, never committed. */
const ARTEFACTS = join(ROOT, 'test', 'artefacts');
const ADA = 'Ada';

describe('Ada, for whom ShotGrid lets no script act, in a real browser', () => {
  let host: OverlayHost;
  let context: BrowserContext;
  let studio: Studio | undefined;
  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    host = await startOverlayHost();
    context = await startChromiumProfile({ blocksThirdPartyCookies: true });
  });
  afterEach(async () => {
    await Promise.all(context.pages().map((page) => page.close()));
    await context.clearCookies();
    await studio?.stop();
  });
  afterAll(async () => {
    await context?.close();
    await host?.stop();
  });

  const begin = async (policy: string): Promise<Studio> => {
    studio = await startStudio({
      SHOTGRAPH_ACTING_POLICY: policy,
      SHOTGRAPH_SITE_PUBLIC_URL: host.origin,
    });
    return studio;
  };
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(ARTEFACTS, `own-account-${name}.png`) });

  /** Ada's overlay, and the window in which she has signed in at the provider. */
  const signIn = async (at: Studio) => {
    const opened = await openOverlayIn(context, host, { studio: at, login: 'ada' });
    return { ...opened, window: await signInWindow(opened.page, opened.frame, ADA) };
  };

  it('is refused with a page that states the reason, whom to ask and which box to tick', async () => {
    const { page, frame, window } = await signIn(await begin('deny'));
    await window.locator('text=can_impersonate_this_user').waitFor();
    expect(await window.locator('main').innerText()).toContain('ShotGrid administrator');
    await picture(window, 'refused');
    await frame.locator('h1', { hasText: 'Nothing was opened' }).waitFor();
    await picture(page, 'refused-overlay');
  });

  it('links her own account in the window, and everything she does is hers in the event log', async () => {
    const at = await begin('own-credentials');
    const { page, frame, window } = await signIn(at);
    await window.locator('h1', { hasText: 'Link your ShotGrid account' }).waitFor();
    await picture(window, 'link');
    await window.click('summary');
    await window.fill('input[name="passphrase"]', 'not-hers');
    await window.click('button:has-text("Link")');
    await window.locator('[role="alert"]').waitFor();
    await window.fill('input[name="passphrase"]', 'ada-passphrase');
    const closed = window.waitForEvent('close');
    await window.click('button:has-text("Link")');
    await closed;
    await frame.locator('[data-testid="version-row"]').nth(1).waitFor();
    await frame.locator('[data-testid="status-chip"]').first().click();
    await frame.click('[data-testid="status-option-apr"]');
    await frame.locator('[data-testid="status-chip"]').first().filter({ hasText: 'Approved' }).waitFor();
    await picture(page, 'overlay');
    const log = await context.newPage();
    await log.goto(`${at.siteUrl}/page/Version`);
    await log.click('form:has(input[value="ada"]) button');
    await log.goto(`${at.siteUrl}/events`);
    const row = log.locator('table.log tbody tr', { hasText: 'sg_status_list' }).first();
    expect(await row.innerText()).toContain(ADA);
    expect(await row.innerText()).not.toContain('shotgraph');
    await picture(log, 'event-log');
  });
});
