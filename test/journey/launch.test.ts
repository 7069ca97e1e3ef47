import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { impatient } from '../support/bff-config.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

const click = (client = browser, fields: Record<string, string> = {}): Promise<Visit> =>
  client.post(`${bff.url}/ami/review`, {
    form: bff.amiBody(fields),
    redirects: 'stop',
    headers: { 'sec-fetch-site': 'cross-site' },
  });

const launchUrl = (clicked: Visit): string => new URL(clicked.headers.get('location') ?? '', bff.url).href;
const launchIdOf = (url: string): string => url.split('/').pop() ?? '';

/** Follows a launch up to the identity provider's page, and no further. */
const toProvider = async (client: BrowserClient, url: string): Promise<string> => {
  const visit = await client.get(url, { redirects: 'stop' });
  expect(visit.status).toBe(303);
  return visit.headers.get('location') ?? '';
};

describe('Mira clicks a menu item', () => {
  it('is signed in on the way, and the review app opens with her launch', async () => {
    const clicked = await click();
    expect(clicked.status).toBe(303);
    const url = launchUrl(clicked);
    expect([...browser.cookies(bff.url).keys()]).toEqual([`__Host-l.${launchIdOf(url).slice(0, 8)}`]);

    const opened = await browser.get(url);
    expect(opened.url).toBe(`${bff.url}/apps/review/?launch=${launchIdOf(url)}`);
    expect([...browser.cookies(bff.url).keys()]).toEqual(['__Host-sid']);
    expect(browser.cookieAttributes(bff.url, '__Host-sid')).toMatchObject({
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
    });
    expect(browser.cookies(bff.url).get('__Host-sid')).toMatch(/^[\w-]{43}$/u);
    expect(bff.idp.authorizations[0]?.get('login_hint')).toBe('mira');
  });

  it('gets no cookie that a script, another path or another host could use (D1)', async () => {
    await browser.get(launchUrl(await click()));
    await browser.post(`${bff.url}/auth/logout`, { json: {}, from: 'same-origin' });
    const kinds = new Set(browser.setCookies.map((cookie) => /^__Host-(\w+)/u.exec(cookie)?.[1]));
    expect([...kinds].toSorted()).toEqual(['l', 'out', 'sid', 'sid_m', 'tx']);
    for (const cookie of browser.setCookies) {
      expect(cookie).toMatch(
        /; Path=\/; (?:Expires=[^;]*; )?HttpOnly; Secure; (?:Partitioned; )?SameSite=(?:Lax|None)$/u,
      );
      expect(cookie).not.toMatch(/domain=/iu);
    }
  });

  it('again and skips the provider (B15); a reload opens the same launch (A42, B5)', async () => {
    await browser.get(launchUrl(await click()));
    const url = launchUrl(await click());
    const opened = await browser.get(url);
    expect(opened.trail).toHaveLength(2);
    expect(bff.idp.authorizations).toHaveLength(1);
    expect((await browser.get(url)).url).toBe(opened.url);
  });

  it('leaves nothing readable at the provider but a random state (C18)', async () => {
    const url = launchUrl(await click());
    const address = await toProvider(browser, url);
    expect(address).not.toContain(launchIdOf(url));
    expect(address).not.toContain('launch');
  });

  it('and her browser prefetches the link, which has no effect (E23)', async () => {
    const url = launchUrl(await click());
    const ahead = await browser.get(url, { headers: { 'sec-purpose': 'prefetch;prerender' } });
    expect([ahead.status, ahead.body]).toEqual([503, '']);
    expect(bff.idp.authorizations).toHaveLength(0);
    expect((await browser.get(url)).url).toContain('/apps/review/?launch=');
  });

  it('and waits longer than the launch lasts: she is signed in, and reads that it has expired (B6)', async () => {
    const url = launchUrl(await click());
    const provider = await toProvider(browser, url);
    bff.advance(599_000);
    const back = await browser.get(provider, { redirects: 'stop' });
    bff.advance(2000);
    const arrived = await browser.get(back.headers.get('location') ?? '');
    expect(arrived.status).toBe(410);
    expect(arrived.body).toContain('expired');
  });
});

describe('several tabs at once', () => {
  it('open two launches, each in its own tab, in either order (B12, B13)', async () => {
    const urls = [launchUrl(await click()), launchUrl(await click())];
    const providers = [await toProvider(browser, urls[0]!), await toProvider(browser, urls[1]!)];
    const attempts = [...browser.cookies(bff.url).keys()].filter((name) => name.startsWith('__Host-tx.'));
    expect(attempts).toHaveLength(2);
    const second = await browser.get(providers[1]!);
    const first = await browser.get(providers[0]!);
    expect(second.url).toContain(launchIdOf(urls[1]!));
    expect(first.url).toContain(launchIdOf(urls[0]!));
  });

  it('open two launches that return at the same moment', async () => {
    const urls = [launchUrl(await click()), launchUrl(await click())];
    const providers = await Promise.all(urls.map((url) => toProvider(browser, url)));
    const opened = await Promise.all(providers.map((provider) => browser.get(provider)));
    expect(opened.map(({ url }) => launchIdOf(url))).toEqual(
      urls.map((url) => expect.stringContaining(launchIdOf(url))),
    );
  });

  it('keep at most 8 cookies of twenty sign-in pages, and the evicted ones start again (B14)', async () => {
    const urls: string[] = [];
    const providers: string[] = [];
    for (let tab = 0; tab < 20; tab += 1) {
      urls.push(launchUrl(await click()));
      providers.push(await toProvider(browser, urls[tab]!));
      bff.advance(10);
    }
    const cookies = [...browser.cookies(bff.url)];
    expect(cookies.filter(([name]) => name.startsWith('__Host-tx.'))).toHaveLength(8);
    const header = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
    expect(header.length).toBeLessThan(8000);
    for (const [tab, provider] of providers.entries()) {
      const opened = await browser.get(provider);
      expect(opened.url).toContain(`/apps/review/?launch=${launchIdOf(urls[tab]!)}`);
    }
    // No tab was sent to the provider more than twice.
    expect(bff.idp.authorizations.length).toBeLessThanOrEqual(40);
  });
});

describe('another person', () => {
  it('sees the same page for a real and for an invented launch URL (B3)', async () => {
    const url = launchUrl(await click());
    const stranger = new BrowserClient();
    const stolen = await stranger.get(url);
    const invented = await stranger.get(`${bff.url}/launch/${'x'.repeat(43)}`);
    expect(stolen.status).toBe(404);
    const anonymous = (visit: Visit): string => visit.body.replace(/[0-9a-f-]{36}/u, '');
    expect(anonymous(stolen)).toBe(anonymous(invented));
  });

  it('signs in at the provider: nothing opens, no session; the launch waits for the person who clicked (B1, B2)', async () => {
    const url = launchUrl(await click());
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    const refused = await browser.get(url);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('João Lima');
    expect(refused.body).not.toContain('mira');
    expect(refused.body).toContain('prompt=select_account');
    expect([...browser.cookies(bff.url).keys()]).toEqual([`__Host-l.${launchIdOf(url).slice(0, 8)}`]);

    // The advice of the page helps.
    const [, advice = ''] = /href="(\/auth\/login[^"]+)">Use another account/u.exec(refused.body) ?? [];
    bff.idp.person = { sub: 'sub-mira', preferred_username: 'mira' };
    const opened = await browser.get(`${bff.url}${advice.replaceAll('&amp;', '&')}`);
    expect(opened.url).toContain(`/apps/review/?launch=${launchIdOf(url)}`);
    expect(bff.idp.authorizations.at(-1)?.get('prompt')).toBe('select_account');
  });

  it('is signed in already when the launch arrives: they keep the session and are asked to sign out (B16)', async () => {
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await browser.get(`${bff.url}/auth/login`);
    const session = browser.cookies(bff.url).get('__Host-sid');
    const url = launchUrl(await click());
    const refused = await browser.get(url);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('Sign out and continue');
    expect(browser.cookies(bff.url).get('__Host-sid')).toBe(session);

    bff.idp.person = { sub: 'sub-mira', preferred_username: 'mira' };
    const opened = await browser.post(`${bff.url}/auth/logout`, {
      form: { returnTo: new URL(url).pathname },
    });
    expect(opened.url).toContain(`/apps/review/?launch=${launchIdOf(url)}`);
    expect(bff.idp.authorizations.at(-1)?.get('prompt')).toBe('select_account');
  });

  it('opens a launch that was claimed (B5)', async () => {
    const url = launchUrl(await click());
    await browser.get(url);
    const joao = new BrowserClient();
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await joao.get(`${bff.url}/auth/login`);
    expect((await joao.get(url)).status).toBe(404);
  });
});

describe('a launch survives', () => {
  it.each<[string, number, (path: string) => boolean]>([
    ['a provider that is down', 503, (path) => path.startsWith('/.well-known')],
    ['a token endpoint that is down', 503, (path) => path === '/token'],
  ])('%s', async (_, status, isBroken) => {
    const url = launchUrl(await click());
    bff.idp.fault = (path, response) => {
      if (!isBroken(path)) return false;
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      return true;
    };
    for (let tries = 0; tries < 4; tries += 1) {
      const failed = await browser.get(url);
      expect(failed.status).toBe(status);
      expect(failed.body).toContain('Try again');
      expect(failed.body).toContain('Your launch is kept.');
      expect(failed.headers.get('retry-after')).toBeTruthy();
    }
    bff.idp.fault = undefined;
    bff.advance(1000);
    expect((await browser.get(url)).url).toContain('/apps/review/?launch=');
  });

  it('a provider that hangs', async () => {
    await bff.stop();
    bff = await startBff({ change: impatient });
    const url = launchUrl(await click());
    bff.idp.fault = (path) => path === '/token';
    expect((await browser.get(url)).status).toBe(504);
    bff.idp.fault = undefined;
    expect((await browser.get(url)).url).toContain('/apps/review/?launch=');
  });

  it('an outage of ShotGrid during the look-up of the person', async () => {
    const url = launchUrl(await click());
    bff.people['mira'] = { id: 34, name: 'Mira Fischer', refusal: 'UPSTREAM_UNAVAILABLE' };
    expect((await browser.get(url)).status).toBe(503);
    bff.people['mira'] = { id: 34, name: 'Mira Fischer' };
    expect((await browser.get(url)).url).toContain('/apps/review/?launch=');
  });

  it('a browser without sign-in cookies is stopped instead of redirected for ever (C19)', async () => {
    const clicked = await click();
    const url = launchUrl(clicked);
    const cookie = (clicked.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const visits: Visit[] = [];
    for (let round = 0; round < 3; round += 1) {
      visits.push(await new BrowserClient().get(url, { redirects: 'stop', headers: { cookie } }));
    }
    expect(visits.map(({ status }) => status)).toEqual([303, 303, 403]);
    expect(visits.at(-1)?.body).toContain('COOKIES_BLOCKED');
    // Once they are allowed, the next try passes at once.
    expect((await browser.get(url)).url).toContain('/apps/review/?launch=');
  });
});
