import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ROOT } from '../rules/source-files.ts';
import { startChromium } from '../support/chromium.ts';
import { tasksOf } from '../support/doc-queries.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const TASKS = tasksOf(readFileSync(join(ROOT, 'docs', 'graphql.md'), 'utf8'));
/** Those whose variables come from an answer before, or whose row one of the others has to make. */
const NEED_OTHERS = new Set(['BeginMovie', 'LinkMovie']);

describe('the explorer, in a real browser', () => {
  let studio: Studio;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    studio = await startStudio();
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

  const signIn = (page: Page, name: string): Promise<void> => page.click(`button:has-text("${name}")`);
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`${studio.bffUrl}/graphql`);
    return page;
  };
  const who = (page: Page, text: string): Promise<void> =>
    page.locator('[data-testid="who"]', { hasText: text }).waitFor();
  /** Runs what is in the editor, and gives the answer. */
  const runIn = async (page: Page) => {
    const [answer] = await Promise.all([
      page.waitForResponse((each) => each.url().endsWith('/graphql') && each.request().method() === 'POST'),
      page.click('.graphiql-execute-button'),
    ]);
    return (await answer.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  };
  const openTask = async (page: Page, name: string): Promise<void> => {
    await page.selectOption('select', name);
    await page.click('button:has-text("Open")');
    await page.locator('.graphiql-tab-active', { hasText: name }).waitFor();
  };
  const typed = (page: Page): Promise<string> =>
    page.locator('.graphiql-query-editor .view-lines').innerText();

  it('shows who is signed in, and offers another account and signing out', async () => {
    const page = await open();
    await who(page, 'Nobody is signed in.');
    await page.click('a:has-text("Sign in")');
    await signIn(page, 'Mira Okafor');
    await who(page, 'You ask as Mira Okafor, artist.');
    await page.click('a:has-text("Use another account")');
    await signIn(page, 'João Almeida');
    await who(page, 'You ask as João Almeida, manager.');
    await page.click('button:has-text("Sign out")');
    await page.locator('text=You are not signed in.').waitFor();
    await page.click('a:has-text("GraphQL explorer")');
    await who(page, 'Nobody is signed in.');
  });

  it('runs the tasks of docs/graphql.md in GraphiQL', async () => {
    const page = await open();
    await page.click('a:has-text("Sign in")');
    await signIn(page, 'João Almeida');
    await who(page, 'João Almeida');
    const offered = await page
      .locator('select option')
      .evaluateAll((all) => all.map((each) => each.getAttribute('value')));
    expect(offered).toEqual(TASKS.map(({ title }) => title));
    for (const { title } of TASKS.filter((task) => !NEED_OTHERS.has(task.title))) {
      await openTask(page, title);
      expect([title, (await runIn(page)).errors]).toEqual([title, undefined]);
    }
  });

  it('shows the advice for a refused change', async () => {
    const page = await open();
    await page.click('a:has-text("Sign in")');
    await signIn(page, 'Mira Okafor');
    await openTask(page, 'LinkMovie');
    const code = (await runIn(page)).errors?.[0]?.extensions.code ?? '';
    const row = new RegExp(`\\| \`${code}\` \\| \\d+ \\| (?<told>.*) \\|`, 'u').exec(
      readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8'),
    );
    await page
      .locator('[data-testid="advice"]', { hasText: row?.groups?.['told'] ?? 'no such code' })
      .waitFor();
  });

  it('learns of a sign-out in another tab, and still has the typed text after signing in again', async () => {
    const page = await open();
    await page.click('a:has-text("Sign in")');
    await signIn(page, 'Mira Okafor');
    await openTask(page, 'Find');
    await page.locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# half a thought');
    const home = await context.newPage();
    await home.goto(`${studio.bffUrl}/`);
    await home.click('button:has-text("Sign out")');
    await page.locator('text=Your session has ended.').waitFor();
    // The provider ends its own session after ours; a sign-in that begins before would be lost there.
    await home.locator('text=You are not signed in.').waitFor();
    await page.click('a:has-text("Sign in")');
    await signIn(page, 'Mira Okafor');
    await who(page, 'You ask as Mira Okafor, artist.');
    await page.locator('.graphiql-tab-active', { hasText: 'Find' }).waitFor();
    await page.locator('.graphiql-query-editor', { hasText: 'half' }).waitFor();
    expect((await typed(page)).replaceAll('\u00a0', ' ')).toContain('# half a thought');
    expect((await runIn(page)).errors).toBeUndefined();
  });

  it('loads nothing that its own policy blocks, and names every control', async () => {
    const problems: string[] = [];
    const page = await context.newPage();
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('401')) problems.push(line.text());
    });
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('request', (each) => {
      const { protocol, origin } = new URL(each.url());
      if (protocol.startsWith('http') && ![studio.bffUrl, studio.issuer].includes(origin))
        problems.push(each.url());
    });
    await page.goto(`${studio.bffUrl}/auth/login?returnTo=/graphql`);
    await signIn(page, 'Mira Okafor');
    await openTask(page, 'Choices');
    await runIn(page);
    expect(problems).toEqual([]);
    const unnamed = await page.locator('button, a, select, input, iframe').evaluateAll((all) =>
      all
        .filter((each) => !each.closest('.monaco-editor'))
        .filter(
          (each) =>
            !`${each.textContent ?? ''}${each.getAttribute('aria-label') ?? ''}${each.getAttribute('title') ?? ''}`.trim(),
        )
        .filter((each) => each.closest('label') === null)
        .map((each) => each.outerHTML.slice(0, 200)),
    );
    expect(unnamed).toEqual([]);
  });
});
