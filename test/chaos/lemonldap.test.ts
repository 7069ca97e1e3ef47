import { afterAll, beforeAll, expect, it } from 'vitest';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { hasLemonLdap, type LemonLdap, startLemonLdap } from '../support/lemonldap.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/**
 * LemonLDAP::NG 2.16 as Debian has it: claims in userinfo only, sign-outs in frames only, and a page of its own for each
 * step. Without its packages these stories are skipped, which the run tells.
 */
const story = hasLemonLdap() ? it : it.skip;
const WHO = '{ viewer { login } }';
const HOUR_MS = 3_600_000;

let provider: LemonLdap;
let studio: Studio;
let passedMs = 0;

beforeAll(async () => {
  if (!hasLemonLdap()) return;
  const startProvider = async (bffUrl: string): Promise<LemonLdap> => {
    provider = await startLemonLdap({
      bffUrl,
      clientSecret: CANARIES.clientSecret,
      people: ['mira', 'joao'],
    });
    return provider;
  };
  studio = await startStudio({}, {}, { startProvider, now: () => Date.now() + passedMs });
});
afterAll(() => studio?.stop());

const hiddenFields = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<input[^>]* type="hidden" name="(\w+)"(?: value="([^"]*)")?/gu)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );

async function launched(login: string): Promise<{ browser: BrowserClient; page: Visit }> {
  const browser = new BrowserClient(() => Date.now() + passedMs);
  const form = studio.amiBody(login, studio.mirasVersionIds.slice(0, 2));
  const signIn = await browser.post(`${studio.bffUrl}/ami/review`, {
    form,
    from: 'cross-site',
    headers: { accept: 'text/html' },
  });
  expect(signIn.url.startsWith(`${provider.issuer}/`)).toBe(true);
  const account = { ...hiddenFields(signIn.body), user: login, password: login };
  return { browser, page: await browser.post(signIn.url, { form: account }) };
}

const who = async (browser: BrowserClient): Promise<unknown> => (await studio.ask(browser, WHO)).data;

/** The frames of the provider's page, opened as a browser does that sends no cookie into them. */
const openFrames = (page: Visit): Promise<Response[]> =>
  Promise.all(
    [...page.body.matchAll(/<iframe src="([^"]+)"/gu)].map(([, url = '']) =>
      fetch(url.replaceAll('&amp;', '&')),
    ),
  );

story('a click in ShotGrid opens the tool as the person whom LemonLDAP::NG names in userinfo', async () => {
  const { browser, page } = await launched('mira');
  expect(page.url.startsWith(`${studio.bffUrl}/apps/review/?launch=`)).toBe(true);
  expect(await who(browser)).toEqual({ viewer: { login: 'mira' } });
  expect(await provider.count('GET', '/oauth2/userinfo')).toBe(1);
});

story('an access token is renewed once before it ends, and the person notices nothing', async () => {
  const { browser } = await launched('mira');
  const before = await provider.count('POST', '/oauth2/token');
  passedMs += HOUR_MS - 20_000;
  expect(await who(browser)).toEqual({ viewer: { login: 'mira' } });
  while ((await provider.count('POST', '/oauth2/token')) === before) await who(browser);
  expect(await who(browser)).toEqual({ viewer: { login: 'mira' } });
  expect(await provider.count('POST', '/oauth2/token')).toBe(before + 1);
});

story('who signs out here is signed out at the provider as well', async () => {
  const { browser } = await launched('mira');
  const answer = await browser.post(`${studio.bffUrl}/auth/logout`, { json: {}, from: 'same-origin' });
  const { logoutUrl } = JSON.parse(answer.body) as { logoutUrl: string };
  const left = await browser.get(logoutUrl);
  expect(left.trail[1]).toMatch(new RegExp(`^${provider.issuer}/oauth2/logout`, 'u'));
  expect(await who(browser)).toBeUndefined();
  const again = await browser.get(`${studio.bffUrl}/auth/login`);
  expect(again.url.startsWith(`${provider.issuer}/`)).toBe(true);
  expect(again.body).toContain('name="password"');
});

story(
  'who signs out at the provider is signed out here by a frame without cookies, and nobody else is',
  async () => {
    const mira = await launched('mira');
    const joao = await launched('joao');
    const page = await mira.browser.get(`${provider.issuer}/?logout=1`);
    const frames = await openFrames(page);
    expect(frames.map(({ status }) => status)).toEqual([200]);
    expect(frames[0]?.headers.get('content-security-policy')).toContain(
      `frame-ancestors ${provider.issuer};`,
    );
    expect(await who(mira.browser)).toBeUndefined();
    expect(await who(joao.browser)).toEqual({ viewer: { login: 'joao' } });
  },
);
