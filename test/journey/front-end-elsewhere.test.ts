import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const TOOLS = 'https://tools.studio.example';
const withTools = (config: Config): Config => ({
  ...config,
  frontEndOrigins: [TOOLS],
  http: { ...config.http, corsHeaders: ['x-studio-tool'] },
  amis: config.amis.map((ami) => ({ ...ami, opens: `${TOOLS}/review/` })),
});

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff({ change: withTools });
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

/** What a browser sends for `fetch` with credentials from a page of this origin. */
const from = (origin: string, site = 'same-site') => ({ origin, 'sec-fetch-site': site });
const signIn = () => browser.get(`${bff.url}/auth/login`, { redirects: 'follow' });
const corsHeadersOf = (headers: Headers): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('a front end at another origin that is configured', () => {
  it('sends requests with the person’s cookie and may read the answer', async () => {
    await signIn();
    const answer = await browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      headers: from(TOOLS),
    });
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('mira')]);
    expect(answer.headers.get('access-control-allow-origin')).toBe(TOOLS);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  it('may read that the visitor is not signed in, and may sign out, at the provider too (D35)', async () => {
    const options = { headers: from(TOOLS), from: 'same-origin' } as const;
    const unknown = await browser.get(`${bff.url}/auth/session`, options);
    expect([unknown.status, unknown.headers.get('access-control-allow-origin')]).toEqual([401, TOOLS]);
    await signIn();
    const out = await browser.post(`${bff.url}/auth/logout`, options);
    expect([out.status, out.headers.get('access-control-allow-origin')]).toEqual([200, TOOLS]);
    expect((await browser.get(`${bff.url}/auth/session`, options)).status).toBe(401);
    const { logoutUrl } = JSON.parse(out.body) as { logoutUrl: string };
    expect(logoutUrl.startsWith(`${bff.url}/auth/logout/`)).toBe(true);
    const navigation = {
      'sec-fetch-site': 'same-site',
      'sec-fetch-dest': 'document',
    };
    const left = await browser.get(logoutUrl, { headers: navigation, redirects: 'stop' });
    expect(left.headers.get('location')).toContain(`${bff.idp.issuer}/end?`);
  });

  it('learns from the preflight what it may send', async () => {
    const asked = await fetch(`${bff.url}/graphql`, {
      method: 'OPTIONS',
      headers: { ...from(TOOLS), 'access-control-request-method': 'POST' },
    });
    expect(asked.status).toBe(204);
    const allowed = asked.headers.get('access-control-allow-headers') ?? '';
    expect(allowed).toMatch(/content-type.*x-shotgraph-launch/u);
    // Of Apollo Client, of tracing, of older libraries, and of SHOTGRAPH_CORS_HEADERS.
    for (const name of [
      'apollographql-client-name',
      'apollographql-client-version',
      'traceparent',
      'tracestate',
    ])
      expect(allowed.split(', ')).toContain(name);
    for (const name of ['baggage', 'x-request-id', 'x-requested-with', 'x-studio-tool'])
      expect(allowed.split(', ')).toContain(name);
    expect(allowed).not.toMatch(/cookie|authorization|\*/u);
    expect(asked.headers.get('access-control-allow-methods')).toBe('GET, POST');
  });

  it('sends people to sign in, and they return to a page deep inside it', async () => {
    const deep = `${TOOLS}/shots/12?tab=notes#latest`;
    const began = await browser.get(`${bff.url}/auth/login?returnTo=${encodeURIComponent(deep)}`, {
      redirects: 'stop',
    });
    const provider = await browser.get(began.headers.get('location') ?? '', { redirects: 'stop' });
    const callback = provider.headers.get('location') ?? '';
    const back = await browser.get(callback, { redirects: 'stop' });
    expect(back.headers.get('location')).toBe(deep);
    // The Back button, while signed in.
    const again = await browser.get(callback, { redirects: 'stop' });
    expect(again.headers.get('location')).toBe(deep);
  });

  it('may be the last redirect of a form of our own pages', async () => {
    const page = await browser.get(`${bff.url}/`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(/form-action ([^;]*)/u.exec(policy)?.[1]).toContain(TOOLS);
  });

  it('opens with a launch', async () => {
    await signIn();
    const landed = await browser.post(`${bff.url}/ami/review`, { form: bff.amiBody(), redirects: 'stop' });
    const launch = await browser.get(new URL(landed.headers.get('location') ?? '', bff.url).href, {
      redirects: 'stop',
    });
    expect(launch.headers.get('location')).toMatch(
      /^https:\/\/tools\.studio\.example\/review\/\?launch=[\w-]{43}$/u,
    );
  });
});

describe('a front end that cannot get the cookie (C26)', () => {
  const elsewhere = { headers: { 'sec-fetch-site': 'cross-site' } };
  const login = (options = {}, more = '') =>
    browser.get(`${bff.url}/auth/login?returnTo=${encodeURIComponent(`${TOOLS}/page`)}${more}`, {
      redirects: 'stop',
      ...options,
    });

  it('at another site is told so, by its requests and by the page that it sends people to', async () => {
    const asked = await browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      headers: from(TOOLS, 'cross-site'),
    });
    expect([asked.status, asked.body, asked.headers.get('access-control-allow-origin')]).toEqual([
      401,
      expect.stringContaining('"OTHER_SITE"'),
      TOOLS,
    ]);
    const page = await login(elsewhere);
    expect([page.status, page.trail.length]).toEqual([401, 1]);
    expect(page.body).toContain('This front end cannot sign you in');
    expect(browser.cookies(bff.url).size).toBe(0);
  });

  it('is stopped at its second round, with a way on, also after a click', async () => {
    await signIn();
    await browser.get(`${bff.url}/auth/login`);
    const callback = await browser.get((await login()).headers.get('location') ?? '', { redirects: 'stop' });
    const back = await browser.get(callback.headers.get('location') ?? '', { redirects: 'stop' });
    expect(back.headers.get('location')).toBe(`${TOOLS}/page`);
    const second = await login();
    expect([second.status, second.body]).toEqual([403, expect.stringContaining('SIGN_IN_LOOP')]);
    expect(second.body).toContain(`href="${TOOLS}/page"`);
    expect((await login({ headers: { 'sec-fetch-user': '?1' } })).status).toBe(403);
    const asking = async (prompt: string): Promise<number> => (await login({}, `&prompt=${prompt}`)).status;
    expect([await asking('none'), await asking('rubbish')]).toEqual([403, 403]);
    expect([await asking('login'), await asking('select_account')]).toEqual([303, 303]);
    bff.advance(30_000);
    expect((await login()).status).toBe(303);
  });
});

describe('any other origin (E2)', () => {
  it.each([
    'https://evil.example',
    'null',
    'http://tools.studio.example',
    'https://tools.studio.example.evil.example',
    'https://tools.studio.example:8443',
    'https://TOOLS.studio.example',
  ])('%s is refused and reads nothing', async (origin) => {
    await signIn();
    const answer = await browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      headers: from(origin),
    });
    expect([answer.status, corsHeadersOf(answer.headers)]).toEqual([403, []]);
    const out = await browser.post(`${bff.url}/auth/logout`, { headers: from(origin) });
    expect([out.status, corsHeadersOf(out.headers)]).toEqual([403, []]);
    const asked = await fetch(`${bff.url}/graphql`, { method: 'OPTIONS', headers: from(origin) });
    expect([asked.status, corsHeadersOf(asked.headers)]).toEqual([405, []]);
    const peeked = await browser.get(`${bff.url}/auth/session`, { headers: from(origin) });
    expect(corsHeadersOf(peeked.headers)).toEqual([]);
  });

  it('is never the target of a sign-in, and the page says why (C17)', async () => {
    for (const evil of [
      'https://tools.studio.example.evil.example/',
      'https://tools.studio.example@evil.example/',
      'https://tools.studio.example:8443/',
      'https://tools.studio.example//evil.example',
      'https://tools.studio.example/\\evil.example',
      'https://tools.studio.example/%09/evil',
      'http://tools.studio.example/',
    ]) {
      const arrived = await browser.get(`${bff.url}/auth/login?returnTo=${encodeURIComponent(evil)}`);
      expect([arrived.status, new URL(arrived.url).origin]).toEqual([400, bff.url]);
      expect(arrived.body).toContain('RETURN_TO');
      expect(arrived.body).not.toContain('evil');
    }
    expect(browser.cookies(bff.url).size).toBe(0);
  });

  it('is never the target of a sign-out or of a link either, and the person stays signed in', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const returnTo = 'https://tools.studio.example.evil.example/';
    const visits = [
      await browser.get(`${bff.url}/auth/link?${new URLSearchParams({ returnTo }).toString()}`),
      await browser.post(`${bff.url}/auth/logout`, { form: { returnTo }, from: 'same-origin' }),
    ];
    for (const { status, body } of visits) {
      expect([status, body]).toEqual([400, expect.stringContaining('RETURN_TO')]);
      expect(body).not.toContain('evil');
    }
    expect((await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status).toBe(200);
  });

  it('gets no headers for a path that does not serve front ends', async () => {
    const answer = await browser.get(`${bff.url}/healthz`, { headers: from(TOOLS) });
    expect(corsHeadersOf(answer.headers)).toEqual([]);
  });
});
