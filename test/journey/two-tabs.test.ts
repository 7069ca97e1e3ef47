import { setImmediate as immediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { freePort } from '../support/free-port.ts';
import { type HeldLine, startHeldLine } from '../support/held-line.ts';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const PAGE = 'query Page { versions(first: 3) { nodes { code } } }';

/** The whole way by HTTP: the searches for Versions are held between the server and the site. */
describe('two tabs of one session with the same page', () => {
  let studio: Studio;
  let line: HeldLine;
  let browser: BrowserClient;
  let metricsUrl: string;
  let from = 0;
  beforeAll(async () => {
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    const isHeld = (path: string) => path.endsWith('/Version/_search');
    studio = await startStudio(
      { SHOTGRAPH_METRICS_PORT: String(metricsPort), ...WITHOUT_LISTS },
      {},
      { line: async (siteUrl) => (line = await startHeldLine(siteUrl, isHeld)).url },
    );
    await line.open();
    browser = await signedIn('mira');
  });
  afterAll(async () => {
    await studio.stop();
    await line.close();
  });
  beforeEach(() => {
    line.hold();
    from = line.calls.length;
  });
  afterEach(async () => {
    await studio.clearFaults();
    await line.open();
  });

  const signedIn = async (login: string): Promise<BrowserClient> => {
    const another = new BrowserClient();
    await studio.launch(another, login, studio.mirasVersionIds.slice(0, 1));
    return another;
  };
  const joined = async (): Promise<number> => {
    const metrics = await (await fetch(metricsUrl)).text();
    const count = /^shotgraph_site_joined_reads_total\{kind="search"\} (?<count>\d+)$/mu.exec(metrics);
    return Number(count?.groups?.['count'] ?? 0);
  };
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    for (;;) {
      if (await isSo()) return;
      await immediate();
    }
  };
  /** Asks in two tabs, and waits until the second one waits for the call of the first one. */
  const inTwoTabs = async () => {
    const before = await joined();
    const tabs = [studio.ask(browser, PAGE), studio.ask(browser, PAGE)];
    await until(async () => (await joined()) === before + 1);
    return tabs;
  };
  const pageLines = () =>
    studio.logLines
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter(({ event, operation }) => event === 'http.request' && operation === 'Page');

  it('are answered by one search, and their lines in the log tell who sent it', async () => {
    const before = pageLines().length;
    const tabs = await inTwoTabs();
    await (await line.call(from)).answer();
    const [one, other] = await Promise.all(tabs);
    expect(one?.data).toMatchObject({ versions: { nodes: [{}, {}, {}] } });
    expect(other?.data).toEqual(one?.data);
    expect(line.calls).toHaveLength(from + 1);
    await until(async () => pageLines().length === before + 2);
    const told = pageLines()
      .slice(before)
      .map(({ siteCalls, joinedCalls = 0 }) => [siteCalls, joinedCalls])
      .sort();
    expect(told).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('have an error each, with the id of its own request', async () => {
    const tabs = await inTwoTabs();
    await studio.fault({ match: { path: '*/entity/Version/_search' }, status: 500, times: 9 });
    await (await line.call(from)).answer();
    await line.open();
    const errors = (await Promise.all(tabs)).map((answer) => answer.errors?.[0]);
    for (const error of errors) expect(error).toMatchObject({ path: ['versions'] });
    const ids = errors.map((error) => (error?.extensions as { readonly requestId?: string }).requestId);
    expect(ids).toEqual([expect.any(String), expect.any(String)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('share nothing with another session of that person, nor with another person', async () => {
    const others = await Promise.all(['mira', 'joao'].map(async (login) => signedIn(login)));
    const before = await joined();
    const asked = [browser, ...others].map((each) => studio.ask(each, PAGE));
    await line.call(from + 2);
    await line.open();
    for (const { errors } of await Promise.all(asked)) expect(errors).toBeUndefined();
    expect(await joined()).toBe(before);
  });

  it('see a note of what the first one has written: a write ends the sharing', async () => {
    const id = studio.mirasVersionIds[0];
    const ONE = `{ version(id: ${id}) { description } }`;
    const old = studio.ask(browser, ONE);
    await (await line.call(from)).pass();
    const written = studio.ask(
      browser,
      `mutation { updateVersion(id: ${id}, input: { description: "seen at once" }) { id } }`,
    );
    expect((await written).errors).toBeUndefined();
    const seen = studio.ask(browser, ONE);
    await line.call(from + 1);
    await line.open();
    expect((await seen).data).toEqual({ version: { description: 'seen at once' } });
    expect((await old).data).not.toEqual((await seen).data);
  });
});
