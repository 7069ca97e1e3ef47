import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { launchForm, loginOf, type Stage } from '../stage.ts';
import { callName, type Span, type TimeLine } from './time-line.ts';

/** What the page itself says of its times; the first is that of its clock in milliseconds since 1970. */
const TIMES = `({
  originMs: performance.timeOrigin,
  codeMs: performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/tool.js')).responseEnd,
  rowsMs: performance.getEntriesByName('rows')[0].startTime,
})`;
/** The first write of the launch, to what was written before. */
const WRITE = `fetch('/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-shotgraph-launch': new URLSearchParams(location.search).get('launch') },
  body: JSON.stringify({
    query: 'mutation Write($id: Int!) { updateVersion(id: $id, input: { description: "written by the bench" }) { id } }',
    variables: { id: VERSION },
  }),
}).then((answer) => answer.json())`;
const SHOWN = 'body[data-shown]';
/** Longer than a call of the site takes: what nobody waits for ends too, and does not disturb the next click. */
const QUIET_MS = 400;

/** Somebody with a browser profile of their own. */
export class Person {
  readonly #stage: Stage;
  readonly #context: BrowserContext;
  readonly #number: number;
  readonly #ids: readonly number[];

  private constructor(stage: Stage, context: BrowserContext, number: number, ids: readonly number[]) {
    this.#stage = stage;
    this.#context = context;
    this.#number = number;
    this.#ids = ids;
  }

  /** Signs in, and opens the tool once: what a browser keeps of it is kept from then on. */
  static async signIn(
    stage: Stage,
    browser: Browser,
    number: number,
    ids: readonly number[],
  ): Promise<Person> {
    const person = new Person(stage, await browser.newContext(), number, ids);
    await person.click();
    return person;
  }

  /** Clicks at the site, and waits for the rows. @param url of the server; its first process by default */
  async click(url: string = this.#stage.url): Promise<TimeLine> {
    const { tab, line } = await this.#open(url);
    await tab.close();
    return line;
  }

  /** Makes the first write of a launch. @returns what the site was asked for it */
  async write(url: string = this.#stage.url): Promise<Pick<TimeLine, 'calls' | 'rowsMs'>> {
    const { tab } = await this.#open(url);
    const answer = await tab.evaluate(WRITE.replace('VERSION', String(this.#ids[0])));
    const rowsMs = Date.now();
    if (JSON.stringify(answer).includes('"errors"')) throw new Error(JSON.stringify(answer));
    await tab.close();
    return { calls: await this.#stage.takeSiteCalls(), rowsMs };
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  async #open(url: string): Promise<{ readonly tab: Page; readonly line: TimeLine }> {
    const requests: Request[] = [];
    const note = (request: Request): void => void requests.push(request);
    const page = await this.#context.newPage();
    await page.setContent(
      formOf(url, launchForm({ person: this.#number, ids: this.#ids, selectedIds: this.#ids })),
    );
    await this.#stage.takeSiteCalls();
    this.#context.on('requestfinished', note);
    const [tab] = await Promise.all([this.#context.waitForEvent('page'), page.click('button')]);
    await this.#passProvider(tab);
    await tab.waitForSelector(SHOWN, { state: 'attached' });
    const shown = await tab.getAttribute('body', 'data-shown');
    if (shown !== String(this.#ids.length)) throw new Error(`The tool shows ${shown}.`);
    const clickMs = Number(await page.evaluate('window.clickedMs'));
    const times = (await tab.evaluate(TIMES)) as Record<'originMs' | 'codeMs' | 'rowsMs', number>;
    await tab.waitForTimeout(QUIET_MS);
    this.#context.off('requestfinished', note);
    await page.close();
    const calls = await this.#stage.takeSiteCalls();
    const back = requests.find((request) => request.url().includes('/auth/callback'));
    const line = {
      clickMs,
      backMs: back === undefined ? null : back.timing().startTime,
      codeMs: times.originMs + times.codeMs,
      rowsMs: times.originMs + times.rowsMs,
      spans: [...requests.map(spanOf), ...calls.map(siteSpan)],
      calls,
    };
    return { tab, line };
  }

  /** The first time the provider asks who it is; from then on it knows. */
  async #passProvider(tab: Page): Promise<void> {
    const button = `button:has-text("${loginOf(this.#number)} ${loginOf(this.#number)}")`;
    const asked = tab.waitForSelector(button).then(() => true);
    const shown = tab.waitForSelector(SHOWN, { state: 'attached' }).then(() => false);
    // The one that loses rejects once the tab is closed.
    asked.catch(() => undefined);
    shown.catch(() => undefined);
    if (await Promise.race([asked, shown])) await tab.click(button);
  }
}

/** The site's page posts a form into a new tab. */
function formOf(url: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return `<form method="post" target="_blank" action="${url}/ami/review">${inputs.join('')}<button>Review</button></form>
<script>document.forms[0].addEventListener('submit', () => { window.clickedMs = performance.timeOrigin + performance.now(); });</script>`;
}

function spanOf(request: Request): Span {
  const { startTime, responseEnd } = request.timing();
  const { pathname } = new URL(request.url());
  const span = { startMs: startTime, endMs: startTime + Math.max(0, responseEnd) };
  if (pathname.endsWith('/graphql')) return { lane: 'GraphQL', name: 'Room', ...span };
  if (request.resourceType() === 'script') return { lane: 'code', name: 'tool.js', ...span };
  const steps = pathname.split('/').slice(1, 3).join('/');
  return { lane: 'page', name: `/${steps.replace(/^launch\/.+/u, 'launch/…')}`, ...span };
}

const siteSpan = (call: TimeLine['calls'][number]): Span => ({
  lane: 'site',
  name: callName(call),
  startMs: call.startedAtMs,
  endMs: call.startedAtMs + call.ms,
});
