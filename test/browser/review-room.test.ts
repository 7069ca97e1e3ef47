import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import { LISTED_ONLY, cards, cardsOf, openLaunch, openReview } from '../support/review-page.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const STATUS_READS = { match: { path: '*/entity/Status/_search' }, status: 503 };

describe('what the review app shows', () => {
  let studio: Studio;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    studio = await startStudio(LISTED_ONLY);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(async () => {
    await studio.clearFaults();
    await context.close();
  });

  const chipTexts = (page: Page): Promise<string[]> =>
    page.locator('[data-testid="status-chip"]').allInnerTexts();

  it('after an outage, "Try again" reads everything again that failed', async () => {
    const page = await openReview(studio, context);
    const whole = await chipTexts(page);
    await studio.fault({ match: { path: '/api/v1/entity/*' }, status: 503 });
    await page.reload();
    const again = page.locator('button', { hasText: 'Try again' });
    await again.waitFor();
    await studio.clearFaults();
    await again.click();
    await cards(page).first().waitFor();
    expect(await chipTexts(page)).toEqual(whole);
  });

  it('statuses that could not be read are reported, and can be read again without the rest', async () => {
    const page = await openReview(studio, context);
    const whole = await chipTexts(page);
    await studio.fault(STATUS_READS);
    await page.reload();
    const told = page.locator('[data-testid="statuses-failed"]');
    await told.waitFor();
    expect(await chipTexts(page)).not.toEqual(whole);
    await studio.clearFaults();
    await told.locator('button').click();
    await told.waitFor({ state: 'detached' });
    expect(await chipTexts(page)).toEqual(whole);
  });

  it('a picture that failed to load is not shown as missing, and loads when it is requested again', async () => {
    const review = await openReview(studio, context);
    await review.route(/\.(?:png|jpe?g)|thumbnail|image/u, (route) =>
      route.request().resourceType() === 'image' ? route.abort() : route.fallback(),
    );
    await review.reload();
    const failed = review.locator('[data-testid="picture-failed"]').first();
    await failed.waitFor();
    const card = review.locator('[data-testid="version-row"]', {
      has: review.locator('[data-testid="picture-failed"]'),
    });
    const name = await card.first().getAttribute('aria-label');
    await review.unrouteAll();
    await failed.locator('button').click();
    await review.locator(`[data-testid="version-row"][aria-label="${name}"] img`).waitFor();
    expect(await review.locator('.panel').count()).toBe(0);
  });

  it('a card opens by a click anywhere on it except its status', async () => {
    const page = await openReview(studio, context);
    for (const place of ['.picture', 'h2', '.place', '.facts']) {
      await cards(page).nth(1).locator(place).click();
      await page.locator('.panel').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.panel').waitFor({ state: 'detached' });
    }
    await cards(page).nth(1).locator('[data-testid="status-chip"]').click();
    await page.locator('[data-testid="status-menu"] button').first().waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.panel').count()).toBe(0);
  });

  it('a status that ShotGrid has refused for a Version is not offered for it again', async () => {
    const page = await openReview(studio, context);
    const card = cards(page).filter({ hasNotText: 'Mira Okafor' }).first();
    const chip = card.locator('[data-testid="status-chip"]');
    const before = await chip.innerText();
    await chip.click();
    const other = page.locator('[data-testid="status-menu"] [aria-checked="false"]').first();
    await other.click();
    await card.locator('[data-testid="status-refusal"]').waitFor();
    expect(await chip.innerText()).toBe(before);
    await chip.click();
    expect(await page.innerText('[data-testid="status-reason"]')).toContain('does not let you');
    const offered = page.locator('[data-testid="status-menu"] button');
    expect(await offered.count()).toBeGreaterThan(3);
    for (const option of await offered.all()) expect(await option.getAttribute('aria-disabled')).toBe('true');
  });

  it('statuses that a project hides are not offered there, and a role that may not change a status is offered none', async () => {
    const page = await openReview(studio, context);
    await page.route('**/graphql', async (route) => {
      const { operationName } = route.request().postDataJSON() as { operationName?: string };
      if (operationName !== 'StatusChoices') return route.fallback();
      const answer = await route.fetch();
      const body = (await answer.json()) as {
        data: { fieldInfo: { editable: boolean; choices: { value: string; hidden: boolean }[] } };
      };
      for (const choice of body.data.fieldInfo.choices) if (choice.value === 'omt') choice.hidden = true;
      body.data.fieldInfo.editable = false;
      return route.fulfill({ response: answer, json: body });
    });
    await cardsOf(page, 'Mira Okafor').first().locator('[data-testid="status-chip"]').click();
    await page.locator('[data-testid="status-option-apr"][aria-disabled="true"]').waitFor();
    expect(await page.innerText('[data-testid="status-reason"]')).toContain('status of Versions');
    expect(await page.locator('[data-testid="status-option-omt"]').count()).toBe(0);
  });

  it('a notice that nothing was selected, and the rows of the page in their order', async () => {
    const ids = [...studio.mirasVersionIds].slice(0, 3).reverse();
    const page = await openLaunch(studio, context, { changes: { ids: ids.join(',') } });
    await cards(page).first().waitFor();
    expect(await page.innerText('[data-testid="nothing-selected"]')).toContain('3 of the 3 Versions');
    const shown = await cards(page).evaluateAll((all) =>
      all.map((card) => card.getAttribute('data-version-id')),
    );
    expect(shown).toEqual(ids.map(String));
  });

  it.each([
    ['nothing selected on an empty page', { ids: '' }, [], 'had no rows either'],
    ['only rows that the person may not see', {}, [999_999], 'does not show you the selected Version'],
  ])('%s: the reason', async (_case, changes, ids, said) => {
    const page = await openLaunch(studio, context, { ids, changes });
    await page.locator('[data-testid="message"]').waitFor();
    expect(await page.innerText('[data-testid="message"]')).toContain(said);
  });
});
