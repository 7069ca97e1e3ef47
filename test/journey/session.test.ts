import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

const whoIs = (client: BrowserClient) => client.get(`${bff.url}/auth/session`, { from: 'same-origin' });

describe('a session', () => {
  it('ends after an hour without a request; the session endpoint does not prolong it (D6)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    bff.advance(1_800_000);
    expect((await whoIs(browser)).status).toBe(200);
    bff.advance(1_801_000);
    expect((await whoIs(browser)).status).toBe(401);
  });

  it('is prolonged by requests, up to eight hours (D6)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const query = () =>
      browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' });
    for (let halfHours = 0; halfHours < 15; halfHours += 1) {
      bff.advance(1_800_000);
      expect((await query()).status).toBe(200);
    }
    bff.advance(1_800_000);
    expect((await query()).status).toBe(401);
  });

  it('is stored only in a form that cannot be used (D4)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const token = browser.cookies(bff.url).get('__Host-sid') ?? '';
    expect(bff.logLines.join('\n')).not.toContain(token);
    expect(await bff.store.get(`session:${token}`)).toBeUndefined();
  });
});

describe('while the store is unavailable (D25)', () => {
  it('a session neither ends nor counts as missing, and a launch is refused', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const { get, add } = bff.store;
    const fail = (): Promise<never> => Promise.reject(new AppError('UNAVAILABLE'));
    Object.assign(bff.store, { get: fail, add: fail });
    const asked = await whoIs(browser);
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await browser.post(`${bff.url}/ami/review`, { form: bff.amiBody() })).status).toBe(503);
    expect((await browser.get(`${bff.url}/healthz`)).status).toBe(200);
    expect(browser.cookies(bff.url).has('__Host-sid')).toBe(true);
    Object.assign(bff.store, { get, add });
    expect((await whoIs(browser)).status).toBe(200);
  });
});

const logoutUrlOf = ({ body }: Visit): string => (JSON.parse(body) as { logoutUrl: string }).logoutUrl;

describe('signing out', () => {
  it('ends the session here and at the provider (D15)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const token = browser.cookies(bff.url).get('__Host-sid') ?? '';
    const answer = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(answer.status).toBe(200);
    const left = await browser.get(logoutUrlOf(answer), { redirects: 'stop' });
    expect([left.status, left.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(new RegExp(`^${bff.idp.issuer}/end\\?.*id_token_hint=ey`, 'u')),
    ]);
    expect(browser.cookies(bff.url).has('__Host-sid')).toBe(false);
    expect(bff.idp.revoked).toHaveLength(1);
    const old = new BrowserClient();
    old.setCookie(bff.url, '__Host-sid', token);
    expect((await whoIs(old)).status).toBe(401);
  });

  it('as a form leads to the provider, or home without a session (D17)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const led = await browser.post(`${bff.url}/auth/logout`, {
      form: { returnTo: '//evil.example' },
      redirects: 'stop',
    });
    expect(led.status).toBe(303);
    expect(led.headers.get('location')).toContain(`${bff.idp.issuer}/end?`);
    const again = await browser.post(`${bff.url}/auth/logout`, { form: {}, redirects: 'stop' });
    expect(again.headers.get('location')).toBe('/');
  });

  it('gives pages an address of this server without the ID token, which works once and only in this browser (D35)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const out = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    const logoutUrl = logoutUrlOf(out);
    expect(logoutUrl).toMatch(new RegExp(`^${bff.url}/auth/logout/[\\w-]{43}$`, 'u'));
    expect(`${out.body}${bff.logLines.join('')}`).not.toMatch(/id_token|eyJ/u);
    const goThere = async (client: BrowserClient, headers: Readonly<Record<string, string>> = {}) => {
      const { status, headers: answered } = await client.get(logoutUrl, { headers, redirects: 'stop' });
      return [status, answered.get('location')];
    };
    // None of these uses it up.
    expect(await goThere(new BrowserClient())).toEqual([303, '/']);
    expect(await goThere(browser, { 'sec-fetch-dest': 'empty' })).toEqual([400, null]);
    expect(await goThere(browser, { 'sec-fetch-dest': 'iframe' })).toEqual([400, null]);
    expect(await goThere(browser, { 'sec-purpose': 'prefetch' })).toEqual([503, null]);
    expect((await browser.visit(logoutUrl, { method: 'HEAD' })).status).toBe(405);
    expect(await goThere(browser)).toEqual([303, expect.stringContaining(`${bff.idp.issuer}/end?`)]);
    expect(browser.cookies(bff.url).has('__Host-out')).toBe(false);
    expect(await goThere(browser)).toEqual([303, '/']);
  });

  it('gives an address that expires after five minutes, and the home page without a session (D35)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const out = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    const kept = browser.cookies(bff.url).get('__Host-out') ?? '';
    bff.advance(300_000);
    browser.setCookie(bff.url, '__Host-out', kept);
    expect((await browser.get(logoutUrlOf(out))).url).toBe(`${bff.url}/`);
    const again = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(logoutUrlOf(again)).toBe(`${bff.url}/`);
  });

  it('gives no way to the provider to a script that requests a page (D35)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const headers = { accept: 'text/html', 'sec-fetch-dest': 'empty' };
    const out = await browser.post(`${bff.url}/auth/logout`, { headers, redirects: 'stop' });
    expect([out.status, logoutUrlOf(out).startsWith(`${bff.url}/auth/logout/`)]).toEqual([200, true]);
  });

  it('works while the provider is down (D16)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    await bff.idp.stop();
    const answer = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect(answer.status).toBe(200);
    expect((await whoIs(browser)).status).toBe(401);
  });

  it.each([
    ['a picture of another site', { method: 'GET' }, 405],
    ['a form of another site', { method: 'POST', from: 'cross-site' as const }, 403],
    ['a form of a sister site', { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } }, 403],
  ])('is refused for %s (D14)', async (_, options, status) => {
    await browser.get(`${bff.url}/auth/login`);
    expect((await browser.visit(`${bff.url}/auth/logout`, options)).status).toBe(status);
    expect((await whoIs(browser)).status).toBe(200);
  });
});

describe('sign-ins started by one address', () => {
  it('have to wait when there are too many; signed-in people are not affected', async () => {
    const strict = await startBff({
      change: (config) => ({ ...config, session: { ...config.session, loginsPerMinute: 2 } }),
    });
    const client = new BrowserClient();
    await client.get(`${strict.url}/auth/login`);
    await client.get(`${strict.url}/auth/login`);
    const refused = await client.get(`${strict.url}/auth/login`);
    expect(refused.status).toBe(429);
    // In words too: people do not see the header.
    expect(refused.body).toContain(`Try again in ${refused.headers.get('retry-after')} seconds.`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await client.get(`${strict.url}/auth/session`, { from: 'same-origin' })).status).toBe(200);
    await strict.stop();
  });
});
