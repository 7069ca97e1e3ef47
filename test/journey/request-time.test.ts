import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { WITHOUT_LISTS } from '../support/operation-lists.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const QUERY = '{ viewer { login } versions(first: 2) { nodes { code } } }';
/** Not the search of before: an equal one would join it as long as it is under way. */
const ANOTHER = '{ viewer { login } versions(first: 3) { nodes { code } } }';
const NEVER_MS = 600_000;

/** A site that does not answer: how long a request may take, and what becomes of it when its client leaves. */
describe('a request to a site that does not answer', () => {
  let studio: Studio;
  let browser: BrowserClient;
  beforeAll(async () => {
    studio = await startStudio({
      ...WITHOUT_LISTS,
      SHOTGRAPH_GRAPHQL_TIMEOUT_SECONDS: '1',
      SHOTGRAPH_SITE_TIMEOUT_SECONDS: '300',
      SHOTGRAPH_SITE_MAX_CONNECTIONS: '1',
    });
    browser = new BrowserClient();
    await studio.launch(browser, 'mira', studio.mirasVersionIds);
  });
  afterEach(() => studio.clearFaults());
  afterAll(() => studio.stop());
  const stuck = (): Promise<void> =>
    studio.fault({ match: { path: '*/entity/Version/_search' }, delayMs: NEVER_MS, times: 1 });

  const askAs = (signal: AbortSignal, query: string): Promise<Response> =>
    fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
        cookie: browser.cookieHeader(studio.bffUrl),
      },
      body: JSON.stringify({ query }),
      signal,
    });

  it('is answered at its time limit, with the results so far', async () => {
    await stuck();
    const { data, errors } = await studio.ask(browser, QUERY);
    expect(data).toEqual({ viewer: { login: 'mira' }, versions: null });
    expect(errors).toMatchObject([{ path: ['versions'], extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
  });

  it('is cancelled when its client disconnects, and holds no connection to the site (F23)', async () => {
    await stuck();
    await studio.forgetSiteRequests();
    const leave = new AbortController();
    const answer = askAs(leave.signal, QUERY);
    while (!(await studio.siteRequests()).some(({ path }) => path.endsWith('/Version/_search'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    leave.abort();
    await expect(answer).rejects.toThrow('abort');
    // There is one connection: were it still waiting, this would have to wait as well.
    const { errors } = await studio.ask(browser, ANOTHER);
    expect(errors).toBeUndefined();
  });

  it('has the status 499 in the log when its client disconnects, and is not a failure of ShotGrid', async () => {
    await stuck();
    await studio.forgetSiteRequests();
    const from = studio.logLines.length;
    const leave = new AbortController();
    const answer = askAs(leave.signal, 'query Left { versions(first: 2) { nodes { code } } }');
    while (!(await studio.siteRequests()).some(({ path }) => path.endsWith('/Version/_search'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    leave.abort();
    await expect(answer).rejects.toThrow('abort');
    await studio.ask(browser, ANOTHER);
    const lines = studio.logLines.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ operation }) => operation === 'Left')).toMatchObject({
      ...{ event: 'http.request', status: 499, siteCalls: 1, way: 'sudo' },
    });
    expect(lines.filter(({ event }) => event === 'graphql.error')).toEqual([
      expect.objectContaining({ level: 'info', code: 'CLIENT_LEFT' }),
    ]);
    expect(lines.map(({ level }) => level)).not.toContain('warn');
  });
});
