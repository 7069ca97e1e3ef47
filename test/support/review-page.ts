import type { BrowserContext, Locator, Page, Route } from 'playwright-core';
import { join } from 'node:path';
import { ROOT } from '../rules/source-files.ts';
import type { Studio } from './studio.ts';

/** Under these settings the review app may ask what is on its list, and nothing else. */
export const LISTED_ONLY = { SHOTGRAPH_CONFIG: join(ROOT, 'test', 'fixtures', 'listed-only.yml') };

/** The review app with the newest Versions; the person signs in where nobody is. */
export async function openReview(studio: Studio, context: BrowserContext, login = 'mira'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${studio.bffUrl}/apps/review/`);
  const signIn = page.locator('[data-testid="sign-in"]');
  await signIn.or(cards(page).first()).first().waitFor();
  if (await signIn.isVisible()) await signInAs(page, login);
  return page;
}

/** From the app's page that offers it, to the cards. */
export async function signInAs(page: Page, login: string): Promise<void> {
  await page.locator('[data-testid="sign-in"]').click();
  await page.locator(`form:has(input[value="${login}"]) button`).click();
  await cards(page).first().waitFor();
}

/** A launch as the site's page posts it, opened by the person who clicked. */
export async function openLaunch(
  studio: Studio,
  context: BrowserContext,
  { login = 'mira', ids = [], changes = {} }: LaunchOfTest,
): Promise<Page> {
  const page = await context.newPage();
  const body = new URLSearchParams(studio.amiBody(login, ids, changes));
  const field = (name: string, value: string): string =>
    `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`;
  const fields = [...body].map(([name, value]) => field(name, value)).join('');
  await page.setContent(
    `<form method="post" action="${studio.bffUrl}/ami/review">${fields}<button>Open</button></form>`,
  );
  await page.click('button');
  await page.locator(`form:has(input[value="${login}"]) button`).click();
  return page;
}

interface LaunchOfTest {
  readonly login?: string;
  readonly ids?: readonly number[];
  /** Fields of the post that differ. */
  readonly changes?: Readonly<Record<string, string>>;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

export const cards = (page: Page): Locator => page.locator('[data-testid="version-row"]');

/** Cards of Versions whose artist has the name. */
export const cardsOf = (page: Page, artist: string): Locator => cards(page).filter({ hasText: artist });

/** Holds what the page asks under this name until it is let go, and counts how many are on their way at once. */
export async function holdOperation(page: Page, name: string) {
  const held: Route[] = [];
  const sent: unknown[] = [];
  let isHolding = true;
  let most = 0;
  let now = 0;
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as { operationName?: string; variables?: unknown };
    if (body.operationName !== name) return route.fallback();
    sent.push(body.variables);
    now += 1;
    most = Math.max(most, now);
    const end = (): void => void (now -= 1);
    void route.request().response().then(end, end);
    if (isHolding) held.push(route);
    else await route.continue();
  });
  return {
    sent,
    mostAtOnce: () => most,
    async letGo() {
      isHolding = false;
      await Promise.all(held.splice(0).map((route) => route.continue()));
    },
    /** The connection breaks for what is held. */
    async breakOff() {
      isHolding = false;
      await Promise.all(held.splice(0).map((route) => route.abort('connectionreset')));
    },
  };
}

/** What has the focus, by its test id, its name or its element. */
export const focusOf = (page: Page): Promise<string> =>
  page.evaluate<string>(
    '(({ dataset, name, localName }) => dataset.testid ?? (name || localName))(document.activeElement)',
  );
