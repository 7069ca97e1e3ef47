import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';

const ADA = { sub: 'sub-ada', preferred_username: 'ada', name: 'Ada Brandt', email: 'ada@lantern.example' };
const MIRA = { sub: 'sub-mira', preferred_username: 'mira', name: 'Mira Fischer' };

let bff: Bff;
let browser: BrowserClient;
beforeEach(async () => {
  bff = await startBff();
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

/** Where a button of the page leads. */
const buttonOf = (page: Visit, label: string): string => {
  const [, href = ''] = new RegExp(`href="([^"]+)"[^>]*>${label}<`, 'u').exec(page.body) ?? [];
  expect([label, href]).not.toEqual([label, '']);
  return `${bff.url}${href.replaceAll('&amp;', '&')}`;
};

describe('an account that is refused', () => {
  it.each<[string, () => void]>([
    ['is unknown to ShotGrid', () => undefined],
    ['is not active', () => void (bff.people['ada'] = { id: 36, name: 'Ada', refusal: 'USER_INACTIVE' })],
    [
      'may not be acted for',
      () => void (bff.people['ada'] = { id: 36, name: 'Ada', refusal: 'IMPERSONATION_REFUSED' }),
    ],
  ])('because it %s is named, and the person continues with another account', async (_, arrange) => {
    arrange();
    bff.idp.person = ADA;
    const refused = await browser.get(`${bff.url}/auth/login?returnTo=/apps/review/`);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('You signed in as Ada Brandt (ada@lantern.example).');
    bff.idp.person = MIRA;
    const arrived = await browser.get(buttonOf(refused, 'Use another account'));
    expect(arrived.url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.authorizations.at(-1)?.get('prompt')).toBe('select_account');
  });

  it('continues by itself once an administrator has added it', async () => {
    bff.idp.person = ADA;
    const refused = await browser.get(`${bff.url}/auth/login?returnTo=/apps/review/`);
    bff.people['ada'] = { id: 36, name: 'Ada Brandt' };
    expect((await browser.get(buttonOf(refused, 'Try again'))).url).toBe(`${bff.url}/apps/review/`);
  });

  it('is named on the page of a launch that it may not open, with a link to use another one', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const page = await browser.get(`${bff.url}/launch/${'x'.repeat(43)}`);
    expect(page.status).toBe(404);
    expect(page.body).toContain('You are signed in as Mira Fischer (mira).');
    expect(page.body).toContain('Sign out and continue');
  });
});

describe('a sign-in that was not strong enough', () => {
  it('is requested again by the button: single sign-on alone would give the same result', async () => {
    await bff.stop();
    bff = await startBff({
      change: (config) => ({
        ...config,
        oidc: { ...config.oidc, strength: { acrValues: ['mfa'], maxAgeMs: null } },
      }),
    });
    bff.idp.person = { ...MIRA, acr: 'pwd' };
    const refused = await browser.get(`${bff.url}/auth/login?returnTo=/apps/review/`);
    expect([refused.status, refused.body.includes('LOGIN_ACR')]).toEqual([403, true]);
    expect(refused.body).toContain('You signed in as Mira Fischer (mira).');
    // No session came of it, so its token ends.
    while (bff.idp.revoked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    bff.idp.person = { ...MIRA, acr: 'mfa' };
    const arrived = await browser.get(buttonOf(refused, 'Sign in again'));
    expect(arrived.url).toBe(`${bff.url}/apps/review/`);
    expect(bff.idp.authorizations.at(-1)?.get('prompt')).toBe('login');
  });
});

describe('an outage of the provider', () => {
  it('mentions a kept launch only where there is one', async () => {
    bff.idp.fault = (path, response) => {
      if (!path.startsWith('/.well-known')) return false;
      response.writeHead(502).end();
      return true;
    };
    const plain = await browser.get(`${bff.url}/auth/login`);
    expect([plain.status, /launch/iu.test(plain.body)]).toEqual([503, false]);
    const clicked = await browser.post(`${bff.url}/ami/review`, { form: bff.amiBody() });
    expect([clicked.status, clicked.body.includes('Your launch is kept.')]).toEqual([503, true]);
  });
});

describe('HEAD', () => {
  it.each(['/', '/auth/session', '/healthz'])('of %s is answered as GET, without a body', async (path) => {
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => browser.visit(`${bff.url}${path}`, { method })),
    );
    expect([head!.status, head!.body]).toEqual([get!.status, '']);
    expect(head!.headers.get('content-type')).toBe(get!.headers.get('content-type'));
  });
});
