import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { hasSamlBridge, type SamlBridge, startSamlBridge } from '../support/saml-bridge.ts';
import { CANARIES, startStudio, type Studio } from '../support/studio.ts';

/**
 * A studio whose provider speaks SAML only. LemonLDAP::NG stands between it and Shotgraph: it reads SAML with Debian's
 * `liblasso-perl` and speaks OpenID Connect. Without these packages the stories are skipped, which the run tells.
 */
const story = hasSamlBridge() ? it : it.skip;
const WHO = '{ viewer { login } }';
/** What the bridge calls the SAML context Password. */
const PASSWORD = 'loa-2';
const HOUR_MS = 3_600_000;

let saml: SamlBridge;
let studio: Studio;
let passedMs = 0;

beforeAll(async () => {
  if (!hasSamlBridge()) return;
  const startProvider = async (bffUrl: string) => {
    saml = await startSamlBridge({ bffUrl, clientSecret: CANARIES.clientSecret, people: ['mira', 'joao'] });
    return { issuer: saml.bridge.issuer, close: saml.close };
  };
  studio = await startStudio(
    { SHOTGRAPH_OIDC_ACR_VALUES: PASSWORD },
    {},
    { startProvider, now: () => Date.now() + passedMs },
  );
});
afterAll(() => studio?.stop());

const inputs = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<input[^>]* type="hidden" name="(\w+)"(?: value="([^"]*)")?/gu)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );

interface Launched {
  readonly browser: BrowserClient;
  readonly signIn: Visit;
  readonly page: Visit;
}

/** @param onItsWay what becomes of the answer of the provider in the person's browser */
async function launched(login: string, onItsWay = (xml: string): string => xml): Promise<Launched> {
  const browser = new BrowserClient(() => Date.now() + passedMs);
  const form = studio.amiBody(login, studio.mirasVersionIds.slice(0, 2));
  const headers = { accept: 'text/html' };
  const signIn = await browser.post(`${studio.bffUrl}/ami/review`, { form, from: 'cross-site', headers });
  const account = { ...inputs(signIn.body), user: login, password: login };
  const { body } = await browser.post(signIn.url, { form: account });
  // A script of the page posts the assertion to the bridge.
  const [, target = ''] = /<form id="form" action="([^"]+)"/u.exec(body) ?? [];
  const { SAMLResponse = '', ...others } = inputs(body);
  const xml = onItsWay(Buffer.from(SAMLResponse, 'base64').toString());
  const posted = { ...others, SAMLResponse: Buffer.from(xml).toString('base64') };
  return { browser, signIn, page: await browser.post(target, { form: posted }) };
}

const who = async (browser: BrowserClient): Promise<unknown> => (await studio.ask(browser, WHO)).data;

async function signOut(browser: BrowserClient): Promise<Visit> {
  const { body } = await browser.post(`${studio.bffUrl}/auth/logout`, { json: {}, from: 'same-origin' });
  return browser.get((JSON.parse(body) as { logoutUrl: string }).logoutUrl);
}

story('a click opens the tool as the person whom the SAML provider names', async () => {
  const { browser, signIn, page } = await launched('mira');
  expect(signIn.url.startsWith(`${saml.provider.issuer}/saml/singleSignOn?SAMLRequest=`)).toBe(true);
  expect(page.trail[0]).toBe(`${saml.bridge.issuer}/saml/proxySingleSignOnPost`);
  expect(page.url.startsWith(`${studio.bffUrl}/apps/review/?launch=`)).toBe(true);
  expect(await who(browser)).toEqual({ viewer: { login: 'mira' } });
});

story('subject, name and email of the SAML provider arrive, and how the person signed in there', async () => {
  const { browser } = await launched('joao');
  const { body } = await browser.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' });
  const session = JSON.parse(body) as Record<string, unknown>;
  expect(session).toMatchObject({
    issuer: saml.bridge.issuer,
    subject: expect.stringMatching(/^5a1c0de0-/u),
    ...{ login: 'joao', displayName: 'joao', email: 'joao@lantern.example' },
  });
  const left = await signOut(browser);
  const { searchParams } = new URL(left.trail.find((url) => url.includes('id_token_hint=')) ?? '');
  const claims = decodeJwt(searchParams.get('id_token_hint') ?? '');
  expect(claims).toMatchObject({ sub: session['subject'], acr: PASSWORD });
  expect(Object.keys(claims)).not.toContain('amr');
});

story('an assertion that names another person since it left the provider signs nobody in', async () => {
  let named = 0;
  const { browser, page } = await launched('joao', (xml) =>
    xml.replaceAll('joao', () => {
      named += 1;
      return 'mira';
    }),
  );
  expect(named).toBeGreaterThan(0);
  expect(page.url).toBe(`${saml.bridge.issuer}/saml/proxySingleSignOnPost`);
  expect(page.body).toContain('message-negative');
  expect(await who(browser)).toBeUndefined();
});

story('who signs out here is signed out at the bridge and at the SAML provider', async () => {
  const { browser } = await launched('mira');
  const left = await signOut(browser);
  expect(left.url).toMatch(new RegExp(`^${saml.bridge.issuer}/oauth2/logout`, 'u'));
  expect(left.body).toContain(`action="${studio.bffUrl}/"`);
  expect(await who(browser)).toBeUndefined();
  const again = await browser.get(`${studio.bffUrl}/auth/login`);
  expect(again.url.startsWith(`${saml.provider.issuer}/saml/singleSignOn`)).toBe(true);
  expect(again.body).toContain('name="password"');
});

story('who signs out at the SAML provider is signed out here at the next renewal of the tokens', async () => {
  const mira = await launched('mira');
  const joao = await launched('joao');
  const page = await mira.browser.get(`${saml.provider.issuer}/?logout=1`);
  // Pictures of the page have the provider tell the bridge, without the browser.
  const [, relay = ''] = /<img src="([^"]+relaySingleLogoutSOAP[^"]+)"/u.exec(page.body) ?? [];
  await mira.browser.get(relay.replaceAll('&amp;', '&'));
  expect(await saml.bridge.count('POST', '/saml/proxySingleLogoutSOAP')).toBe(1);
  expect(await who(mira.browser)).toEqual({ viewer: { login: 'mira' } });
  passedMs += HOUR_MS + 1000;
  expect(await who(mira.browser)).toBeUndefined();
  expect(await who(joao.browser)).toEqual({ viewer: { login: 'joao' } });
});
