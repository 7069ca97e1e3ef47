import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { submitOnlyForm } from '../support/relying-party.ts';
import { startStudio, type Studio } from '../support/studio.ts';

let studio: Studio;

beforeEach(async () => {
  studio = await startStudio({ SHOTGRAPH_OIDC_SCOPE: 'openid profile email offline_access' });
});
afterEach(() => studio.stop());

const signedIn = async (login: string): Promise<BrowserClient> => {
  const browser = new BrowserClient();
  const page = await browser.get(`${studio.bffUrl}/auth/login`);
  const posted = await browser.post(page.url, { form: { login } });
  // The provider's own page in between sends itself.
  if (!posted.url.startsWith(studio.bffUrl)) await submitOnlyForm(browser, posted);
  return browser;
};
const whoIs = async (browser: BrowserClient): Promise<number> =>
  (await browser.get(`${studio.bffUrl}/auth/session`, { from: 'same-origin' })).status;

describe('with a real provider', () => {
  it("a sign-out here also ends the provider's session, and no other browser's", async () => {
    const [here, there] = [await signedIn('mira'), await signedIn('mira')];
    const out = await here.post(`${studio.bffUrl}/auth/logout`, { from: 'same-origin' });
    const { logoutUrl } = JSON.parse(out.body) as { logoutUrl: string };
    const back = await submitOnlyForm(here, await here.get(logoutUrl), { logout: 'yes' });
    expect(back.url).toBe(`${studio.bffUrl}/`);
    expect(back.body).toContain('You are not signed in');
    expect((await here.get(`${studio.bffUrl}/auth/login`)).url).toContain('/interaction/');
    expect([await whoIs(here), await whoIs(there)]).toEqual([401, 200]);
  });

  it('a sign-out there also ends the session here, by a back-channel message (D18)', async () => {
    const [mira, joao] = [await signedIn('mira'), await signedIn('joao')];
    const page = await mira.get(`${studio.issuer}/session/end`);
    await submitOnlyForm(mira, page, { logout: 'yes' });
    expect([await whoIs(mira), await whoIs(joao)]).toEqual([401, 200]);
    expect(studio.logLines.some((line) => line.includes('sign_out.by_provider'))).toBe(true);
  });
});
