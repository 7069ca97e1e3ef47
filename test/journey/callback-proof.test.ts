import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const LIMIT = 5;

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff({
    change: (config) => ({ ...config, session: { ...config.session, loginsPerMinute: LIMIT } }),
  });
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

/** From here to the provider and back, up to the callback's address, which is not asked yet. */
async function toCallback(client: BrowserClient, path: string): Promise<string> {
  const left = await client.get(new URL(path, bff.url).href, { redirects: 'stop' });
  const back = await client.get(left.headers.get('location') ?? '', { redirects: 'stop' });
  return back.headers.get('location') ?? '';
}

async function launchPath(client: BrowserClient): Promise<string> {
  const clicked = await client.post(`${bff.url}/ami/review`, { form: bff.amiBody(), redirects: 'stop' });
  return clicked.headers.get('location') ?? '';
}

const used = async (callback: string): Promise<unknown> => browser.get(callback);
const late = async (): Promise<unknown> => bff.advance(660_000);
const nothing = async (): Promise<unknown> => undefined;

describe.each([
  ['open', nothing],
  ['used', used],
  ['late', late],
])('the address of a callback whose state is %s, opened by another browser', (state, arrange) => {
  it.each([
    ['without a cookie', async () => new BrowserClient()],
    [
      'that is signed in',
      async () => {
        const client = new BrowserClient();
        await client.get(`${bff.url}/auth/login`);
        return client;
      },
    ],
    [
      'with a sign-in of its own under way',
      async () => {
        const client = new BrowserClient();
        await toCallback(client, '/auth/login');
        return client;
      },
    ],
  ])('%s starts nothing and passes nothing on', async (_, open) => {
    const path = await launchPath(browser);
    const callback = await toCallback(browser, path);
    const other = await open();
    await arrange(callback);
    const begun = bff.idp.authorizations.length;
    for (let tries = 0; tries < 3; tries += 1) {
      const refused = await other.get(callback, { redirects: 'stop' });
      const isBlocked = state === 'open' && other.cookies(bff.url).size === 0;
      expect(refused.status).toBe(isBlocked ? 403 : 400);
      expect(refused.body).toContain(isBlocked ? 'COOKIES_BLOCKED' : 'LOGIN_STATE');
      expect(refused.body).not.toContain(path);
      expect(refused.headers.getSetCookie()).toEqual([]);
    }
    expect(bff.idp.authorizations).toHaveLength(begun);
  });
});

describe('the rate limit covers each start of a sign-in', () => {
  it.each([
    ['a login', async () => '/auth/login'],
    ['a launch', () => launchPath(browser)],
  ])('%s', async (_, path) => {
    const address = new URL(await path(), bff.url).href;
    const statuses: number[] = [];
    for (let tries = 0; tries <= LIMIT; tries += 1) {
      statuses.push((await browser.get(address, { redirects: 'stop' })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: LIMIT }, () => 303), 429]);
    expect(bff.idp.authorizations).toHaveLength(0);
  });

  it('a late callback, again and again', async () => {
    const callbacks: string[] = [];
    for (let tries = 0; tries < LIMIT; tries += 1) callbacks.push(await toCallback(browser, '/auth/login'));
    await late();
    const statuses: number[] = [];
    for (const callback of callbacks) {
      statuses.push((await browser.get(callback, { redirects: 'stop' })).status);
    }
    // The limit counts by the clock of the machine, for which all this is one minute.
    expect(statuses).toEqual(callbacks.map(() => 429));
  });
});

describe('a browser without cookies', () => {
  it('gets a page about cookies when the click in ShotGrid leads to a launch, whether it exists or not', async () => {
    const path = await launchPath(browser);
    for (const address of [path, `/launch/${'x'.repeat(43)}`]) {
      const blocked = await new BrowserClient().get(`${bff.url}${address}`, {
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      expect([blocked.status, blocked.body.includes('COOKIES_BLOCKED')]).toEqual([403, true]);
    }
  });

  it('opens the launch by the button of that page, once cookies are allowed', async () => {
    const path = await launchPath(browser);
    const allowed = new BrowserClient();
    const blocked = await allowed.get(`${bff.url}${path}`, { headers: { 'sec-fetch-site': 'cross-site' } });
    const [, again = ''] = /href="(\/auth\/login[^"]+)"/u.exec(blocked.body) ?? [];
    const opened = await allowed.get(`${bff.url}${again}`);
    expect(opened.url).toBe(`${bff.url}/apps/review/?launch=${path.split('/').pop()}`);
  });

  it('gets a page about cookies when it returns from the provider', async () => {
    const callback = await toCallback(browser, '/auth/login');
    const blocked = await new BrowserClient().get(callback);
    expect([blocked.status, blocked.body.includes('COOKIES_BLOCKED')]).toEqual([403, true]);
    expect(bff.idp.tokenRequests).toHaveLength(0);
  });
});

describe('a cookie of this server that is sent twice', () => {
  it.each(['__Host-sid', '__Host-sid_m', '__Host-tx.12345678'])('%s is refused', async (name) => {
    await browser.get(`${bff.url}/auth/login`);
    const good = browser.cookies(bff.url).get('__Host-sid') ?? '';
    for (const cookie of [`${name}=${good}; ${name}=${'x'.repeat(43)}`, `${name}=x; a=b; ${name}=${good}`]) {
      const answer = await new BrowserClient().get(`${bff.url}/auth/session`, { headers: { cookie } });
      expect(answer.status).toBe(400);
    }
    const others = { headers: { cookie: `a=1; a=2; __Host-sid=${good}` } };
    expect((await new BrowserClient().get(`${bff.url}/auth/session`, others)).status).toBe(200);
  });
});
