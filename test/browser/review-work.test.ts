import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import {
  LISTED_ONLY,
  cards,
  cardsOf,
  focusOf,
  holdOperation,
  openReview,
  signInAs,
} from '../support/review-page.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const SEND = '[data-testid="note-form"] button[type="submit"]';

describe('what a person has begun in the review app', () => {
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
  afterEach(() => context.close());

  const openCard = async (page: Page, index: number): Promise<void> => {
    const card = cards(page).nth(index);
    await card.locator('.picture').click();
    await page.locator(`.panel[aria-label="${await card.getAttribute('aria-label')}"]`).waitFor();
  };
  const writeNote = async (page: Page, subject: string, content: string): Promise<void> => {
    await page.fill('[data-testid="note-form"] input', subject);
    await page.fill('[data-testid="note-form"] textarea', content);
  };
  const subjectOf = (page: Page): Promise<string> => page.inputValue('[data-testid="note-form"] input');
  /** Ends the session in this browser without any page of the app knowing of it. */
  const endSession = async (): Promise<void> => {
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/`);
    await page.click('button:has-text("Sign out")');
    // By way of the provider, which is signed out as well.
    await page.locator('text=You are not signed in').waitFor();
    await page.close();
  };
  const notesCalled = async (subject: string): Promise<number> => {
    const page = await openReview(studio, context);
    const answer = await page.request.post(`${studio.bffUrl}/graphql`, {
      data: {
        query: 'query ($subject: String!) { notes(filter: { subject: { is: $subject } }) { totalCount } }',
        variables: { subject },
      },
      // This question of the test is on no list.
      headers: { origin: studio.bffUrl, 'x-shotgraph-explorer': '1' },
    });
    await page.close();
    const { data } = (await answer.json()) as { data: { notes: { totalCount: number } } };
    return data.notes.totalCount;
  };

  it('a half-written note survives the end of the session, only for the same person', async () => {
    const page = await openReview(studio, context);
    await openCard(page, 1);
    await writeNote(page, 'Half', 'The left edge');
    await endSession();
    await page.locator('text=Your session has ended').waitFor();
    await signInAs(page, 'joao');
    await openCard(page, 1);
    expect(await subjectOf(page)).toBe('');
    expect(await page.content()).not.toContain('The left edge');
    await endSession();
    await page.locator('text=Your session has ended').waitFor();
    await signInAs(page, 'mira');
    await page.locator('[data-testid="note-form"]').waitFor();
    expect(await subjectOf(page)).toBe('Half');
    expect(await page.inputValue('[data-testid="note-form"] textarea')).toBe('The left edge');
  });

  it('a note that is being sent is shown wherever the person looks, and is sent once', async () => {
    const page = await openReview(studio, context);
    const held = await holdOperation(page, 'WriteNote');
    await openCard(page, 0);
    await writeNote(page, 'Only once', 'Look at the edge.');
    await page.click(SEND);
    await openCard(page, 1);
    expect(await subjectOf(page)).toBe('');
    await writeNote(page, 'Another', 'Of another Version.');
    await openCard(page, 0);
    await page.locator(SEND, { hasText: 'Sending' }).waitFor();
    await page.locator(SEND).click({ force: true });
    await page.press('[data-testid="note-form"] input', 'Enter');
    await held.letGo();
    await page.waitForSelector('[data-testid="note-sent"]');
    expect(held.sent).toHaveLength(1);
    expect(await subjectOf(page)).toBe('');
    await openCard(page, 1);
    expect(await subjectOf(page)).toBe('Another');
    expect(await notesCalled('Only once')).toBe(1);
  });

  it('a refusal that arrives while another card is open is shown at its own card', async () => {
    const page = await openReview(studio, context);
    const held = await holdOperation(page, 'WriteNote');
    await openCard(page, 0);
    await writeNote(page, 'Lost on the way', 'Look at the edge.');
    await page.click(SEND);
    await openCard(page, 1);
    await held.breakOff();
    await cards(page)
      .first()
      .locator('[data-testid="note-unsent"]', { hasText: 'may not have arrived' })
      .waitFor();
    expect(await page.locator('[data-testid="note-refusal"]').count()).toBe(0);
    await openCard(page, 0);
    // A connection that breaks does not say whether the note is there.
    expect(await page.innerText('[data-testid="note-refusal"]')).toContain('Look in ShotGrid before');
    expect(await subjectOf(page)).toBe('Lost on the way');
  });

  it('a note that was being sent when the page was closed is not shown as unsent', async () => {
    const page = await openReview(studio, context);
    await holdOperation(page, 'WriteNote');
    await openCard(page, 0);
    await writeNote(page, 'Left', 'Look at the edge.');
    await page.click(SEND);
    await page.locator(SEND, { hasText: 'Sending' }).waitFor();
    await page.reload();
    // A browser may break the request off, and let the page keep that, before the page is gone.
    expect(await page.innerText('[data-testid="note-refusal"]')).toMatch(
      /left while the note was being sent|There was no answer/u,
    );
    expect(await subjectOf(page)).toBe('Left');
  });

  it('statuses are written one at a time, and the last one chosen remains', async () => {
    const page = await openReview(studio, context);
    const held = await holdOperation(page, 'SetStatus');
    const card = cardsOf(page, 'Mira Okafor').first();
    const choose = async (code: string): Promise<void> => {
      await card.locator('[data-testid="status-chip"]').click();
      await page.click(`[data-testid="status-option-${code}"]`);
    };
    await choose('na');
    await choose('vwd');
    await choose('fin');
    expect(held.sent).toHaveLength(1);
    await card.locator('[data-testid="status-chip"]', { hasText: 'Final' }).waitFor();
    await held.letGo();
    await card.locator('[data-testid="status-chip"][aria-busy="false"]').waitFor();
    expect(held.sent.map((variables) => (variables as { status: string }).status)).toEqual(['na', 'fin']);
    expect(held.mostAtOnce()).toBe(1);
    await page.reload();
    await card.locator('[data-testid="status-chip"]', { hasText: 'Final' }).waitFor();
  });

  it('the focus stays at the element that the person uses', async () => {
    const page = await openReview(studio, context);
    const card = cardsOf(page, 'Mira Okafor').first();
    await card.focus();
    await page.keyboard.press('s');
    await page.locator('[role="menuitemradio"][aria-checked="true"]:focus').waitFor();
    await page.keyboard.press('Escape');
    expect(await focusOf(page)).toBe('version-row');
    await page.keyboard.press('s');
    await page.locator('[role="menuitemradio"][aria-checked="true"]:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await focusOf(page)).toBe('version-row');
    await card.locator('[data-testid="status-chip"]').click();
    await page.locator('[role="menuitemradio"][aria-checked="true"]:focus').waitFor();
    await page.keyboard.press('Escape');
    expect(await focusOf(page)).toBe('status-chip');
    await card.focus();
    await page.keyboard.press('Enter');
    await writeNote(page, 'Focus', 'Stays.');
    await page.focus(SEND);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="note-sent"]');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Send');
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    expect(await focusOf(page)).toBe('version-row');
  });

  it('an element that disappears passes its focus to the element around it', async () => {
    const page = await openReview(studio, context);
    const card = cardsOf(page, 'Mira Okafor').first();
    await card.locator('.picture').click();
    await page.route(`${new URL(studio.siteUrl).protocol}//127.0.0.1:*/**`, (route) =>
      route.request().method() === 'PUT' ? undefined : route.continue(),
    );
    await page.focus('[data-testid="movie-form"] input');
    await page.setInputFiles('[data-testid="movie-form"] input', {
      name: 'take.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.from('ftypqt'),
    });
    await page.waitForSelector('[data-testid="upload-progress"]');
    expect(await focusOf(page)).toBe('movie-form');
    await page.focus('[data-testid="upload-progress"] button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="upload-cancelled"]');
    expect(await focusOf(page)).toBe('movie-form');
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
  });
});
