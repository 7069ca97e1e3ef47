import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

const whoIs = (client: BrowserClient) => client.get(`${bff.url}/auth/session`, { from: 'same-origin' });

/** From here to the provider and back, up to the callback's address, which is not asked yet. */
const toCallback = async (
  client: BrowserClient,
  path = '/auth/login?returnTo=/apps/review/',
): Promise<string> => {
  const left = await client.get(`${bff.url}${path}`, { redirects: 'stop' });
  const back = await client.get(left.headers.get('location') ?? '', { redirects: 'stop' });
  return back.headers.get('location') ?? '';
};

describe('signing in', () => {
  it('returns to the page where the person was, and shows their name', async () => {
    const arrived = await browser.get(`${bff.url}/auth/login?returnTo=%2Fapps%2Freview%2F%3Fq%3D1`);
    expect(arrived.url).toBe(`${bff.url}/apps/review/?q=1`);
    const session = await whoIs(browser);
    expect(session.status).toBe(200);
    expect(JSON.parse(session.body)).toMatchObject({
      login: 'mira',
      displayName: 'Mira Fischer',
      person: { type: 'HumanUser', id: 34 },
      permissionRole: 'Artist',
      expiresAt: expect.any(String),
    });
  });

  it.each(['//evil.example', '/%2f/evil.example'])('never leads to %s (C17)', async (evil) => {
    const arrived = await browser.get(`${bff.url}/auth/login?returnTo=${encodeURIComponent(evil)}`);
    expect(arrived.url).toBe(`${bff.url}/`);
    expect(arrived.body).toContain('Mira Fischer');
  });

  it('sends our configured address to the provider, whatever the headers contain (C20, E16)', async () => {
    await browser.get(`${bff.url}/auth/login`, {
      redirects: 'stop',
      headers: {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'host=evil.example',
      },
    });
    const visit = await browser.get(`${bff.url}/auth/login`, { redirects: 'stop' });
    const asked = new URL(visit.headers.get('location') ?? '');
    expect(asked.searchParams.get('redirect_uri')).toBe(`${bff.url}/auth/callback`);
  });

  it('passes a claims request of the provider back to it, and nothing else in its place (G14)', async () => {
    const claims = '{"id_token":{"acr":{"essential":true,"value":"mfa"}}}';
    const asked = await browser.get(`${bff.url}/auth/login?claims=${encodeURIComponent(claims)}`);
    expect(asked.url).toBe(`${bff.url}/`);
    expect(bff.idp.authorizations.at(-1)?.get('claims')).toBe(claims);
    for (const wrong of ['{', '{"prompt":"none"}', '', `${claims}&claims=${claims}`]) {
      const refused = await browser.get(`${bff.url}/auth/login?claims=${wrong}`);
      expect([refused.status, refused.body.includes('loginUrl')]).toEqual([400, true]);
    }
  });

  it('does not reuse a session that was there before (C15)', async () => {
    const known = 'k'.repeat(43);
    browser.setCookie(bff.url, '__Host-sid', known);
    await browser.get(`${bff.url}/auth/login`);
    expect(browser.cookies(bff.url).get('__Host-sid')).not.toBe(known);
    const first = browser.cookies(bff.url).get('__Host-sid') ?? '';
    await browser.get(`${bff.url}/auth/login`);
    const old = new BrowserClient();
    old.setCookie(bff.url, '__Host-sid', first);
    expect((await whoIs(old)).status).toBe(401);
  });

  it('as another person ends the session that was there (C23)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const mirasToken = browser.cookies(bff.url).get('__Host-sid') ?? '';
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await browser.get(`${bff.url}/auth/login`);
    expect(JSON.parse((await whoIs(browser)).body)).toMatchObject({ login: 'joao' });
    const old = new BrowserClient();
    old.setCookie(bff.url, '__Host-sid', mirasToken);
    expect((await whoIs(old)).status).toBe(401);
  });

  it('in more browsers than allowed ends the oldest session of the person (D31)', async () => {
    const browsers = Array.from({ length: 4 }, () => new BrowserClient());
    for (const each of browsers) await each.get(`${bff.url}/auth/login`);
    const statuses = await Promise.all(browsers.map(async (each) => (await whoIs(each)).status));
    expect(statuses).toEqual([401, 200, 200, 200]);
  });
});

describe('a callback', () => {
  it('opened twice redeems its code once; the second request finds the person signed in (C2)', async () => {
    const callback = await toCallback(browser);
    await browser.get(callback);
    const again = await browser.get(callback);
    expect(again.url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.tokenRequests).toHaveLength(1);
  });

  it('opened twice in the same moment redeems its code once (C2)', async () => {
    const callback = await toCallback(browser);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.get(callback, { redirects: 'stop' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303]);
    expect(bff.idp.tokenRequests).toHaveLength(1);
  });

  it('opened again after signing out is refused: nothing proves any more that it was this browser’s (C2)', async () => {
    const callback = await toCallback(browser);
    await browser.get(callback);
    await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    const refused = await browser.get(callback);
    expect([refused.status, refused.body.includes('Start again')]).toEqual([400, true]);
    expect(bff.idp.tokenRequests).toHaveLength(1);
  });

  it('after eleven minutes starts a second sign-in and succeeds, but never a third (C22)', async () => {
    const callback = await toCallback(browser);
    bff.advance(660_000);
    const restart = await browser.get(callback, { redirects: 'stop' });
    expect(restart.status).toBe(303);
    const back = await browser.get(restart.headers.get('location') ?? '', { redirects: 'stop' });
    const second = back.headers.get('location') ?? '';
    const late = new BrowserClient();
    bff.advance(660_000);
    expect((await late.get(second)).status).toBe(400);
    bff.advance(-660_000);
    expect((await browser.get(second)).url).toBe(`${bff.url}/apps/review/`);
  });

  it.each([
    ['without state', (query: URLSearchParams) => query.delete('state')],
    ['with a made-up state', (query: URLSearchParams) => query.set('state', 'x'.repeat(43))],
  ])('%s is refused without a call to the provider (C1)', async (_, bend) => {
    const callback = new URL(await toCallback(browser));
    bend(callback.searchParams);
    const refused = await browser.get(callback.href);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('Start again');
    expect(bff.idp.tokenRequests).toHaveLength(0);
    expect([...browser.cookies(bff.url).keys()].join()).toContain('__Host-tx.');
  });

  it("in a victim's browser does not sign the victim in as the attacker (C14)", async () => {
    const callback = await toCallback(new BrowserClient());
    const victim = new BrowserClient();
    await toCallback(victim);
    expect((await victim.get(callback)).status).toBe(400);
    expect(victim.cookies(bff.url).has('__Host-sid')).toBe(false);
    expect(bff.idp.tokenRequests).toHaveLength(0);
  });

  it('as a form post is not accepted (C21)', async () => {
    const callback = new URL(await toCallback(browser));
    const refused = await browser.post(`${bff.url}/auth/callback`, { form: callback.search.slice(1) });
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('GET');
  });

  it.each([
    ['access_denied', 403],
    ['login_required', 401],
    ['temporarily_unavailable', 503],
    ['<script>alert(1)</script>', 403],
  ])('with error=%s shows a page that does not repeat the provider’s text (C10)', async (error, status) => {
    bff.idp.bendCallback = (query) => {
      query.delete('code');
      query.set('error', error);
      query.set('error_description', '<script>canary-description</script>');
    };
    const refused = await browser.get(`${bff.url}/auth/login`);
    expect(refused.status).toBe(status);
    expect(refused.body).not.toContain('canary');
    expect(refused.body).not.toContain('<script>');
    expect([...browser.cookies(bff.url).keys()]).toEqual([]);
  });
});

describe('a sign-in is refused', () => {
  it.each<[string, () => void, string, string]>([
    ['is unknown to ShotGrid (B7)', () => delete bff.people['mira'], 'NO_SHOTGUN_USER', 'Nobody in ShotGrid'],
    [
      'is not active (B9)',
      () => void (bff.people['mira']!.refusal = 'USER_INACTIVE'),
      'USER_INACTIVE',
      'not active',
    ],
    [
      'cannot be impersonated',
      () => void (bff.people['mira']!.refusal = 'IMPERSONATION_REFUSED'),
      'IMPERSONATION_REFUSED',
      'Can be impersonated',
    ],
  ])(
    'to a person who %s, with a page that explains it and without a session',
    async (_, arrange, code, text) => {
      arrange();
      const refused = await browser.get(`${bff.url}/auth/login`);
      expect(refused.status).toBe(403);
      expect(refused.body).toContain(text);
      expect(refused.body).toContain(code);
      expect(refused.body).toMatch(/request [0-9a-f-]{36}/u);
      expect([...browser.cookies(bff.url).keys()]).toEqual([]);
      // The person does not wait for it.
      while (bff.idp.revoked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  );

  it('where the account now maps to another person (B11)', async () => {
    await browser.get(`${bff.url}/auth/login`);
    bff.idp.person = { sub: 'sub-mira', preferred_username: 'joao' };
    const refused = await new BrowserClient().get(`${bff.url}/auth/login`);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('MAPPING_CHANGED');
    expect((await whoIs(browser)).status).toBe(200);
  });
});

it('no log line and no cookie contains a secret, a token or a code', async () => {
  await browser.get(`${bff.url}/auth/login`);
  await browser.post(`${bff.url}/ami/review`, { form: bff.amiBody() });
  await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
  const seen = [...bff.logLines, ...browser.setCookies].join('\n');
  expect(bff.logLines.length).toBeGreaterThan(4);
  expect(seen).not.toMatch(/canary|code-\d/u);
});
