import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as client from 'openid-client';
import { BrowserClient } from '../support/browser-client.ts';
import { startRelyingParty, type RelyingParty } from '../support/relying-party.ts';

describe("signing in at the demo's identity provider", () => {
  let party: RelyingParty;
  beforeAll(async () => {
    party = await startRelyingParty();
  });
  afterAll(() => party.stop());

  it('states in its discovery document exactly what it can do', () => {
    const metadata = party.configuration.serverMetadata();
    expect(metadata.issuer).toBe(`http://localhost:${party.idp.port}`);
    expect(metadata.response_types_supported).toEqual(['code']);
    expect(metadata.code_challenge_methods_supported).toEqual(['S256']);
    expect(metadata['prompt_values_supported']).toEqual(['none', 'login', 'consent', 'select_account']);
    expect(metadata['backchannel_logout_supported']).toBe(true);
    expect(metadata.end_session_endpoint).toBeDefined();
    expect(metadata.revocation_endpoint).toBeDefined();
    expect(metadata.introspection_endpoint).toBeUndefined();
  });

  it('identifies the person in a signed ID token, under a subject that is not the login', async () => {
    const { tokens, sawPage } = await party.signIn(new BrowserClient(), { login: 'joao' });
    expect(sawPage).toBe(true);
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      preferred_username: 'joao',
      name: 'João Almeida',
      email: 'joao@lantern.example',
      email_verified: true,
    });
    expect(claims?.['sid']).toEqual(expect.any(String));
    expect(claims?.sub).not.toContain('joao');
    const again = await party.signIn(new BrowserClient(), { login: 'joao' });
    expect(again.tokens.claims()?.sub).toBe(claims?.sub);
    expect(again.tokens.claims()?.['sid']).not.toBe(claims?.['sid']);
  });

  it('needs no page for a second sign-in of the same browser', async () => {
    const browser = new BrowserClient();
    await party.signIn(browser, { login: 'ada' });
    const second = await party.signIn(browser);
    expect(second.sawPage).toBe(false);
    expect(second.tokens.claims()?.['preferred_username']).toBe('ada');
  });

  it('accepts the login as people type it', async () => {
    const { tokens } = await party.signIn(new BrowserClient(), { login: ' Kenji ' });
    expect(tokens.claims()?.['preferred_username']).toBe('kenji');
  });

  it('reports an unknown account, shows the typed text escaped, and lets the person continue', async () => {
    const browser = new BrowserClient();
    const { page } = await party.open(browser);
    const refused = await browser.post(page.url, { form: { login: '"><script>alert(1)</script>' } });
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('There is no such account.');
    expect(refused.body).not.toContain('<script>alert');
    const withoutField = await browser.post(page.url, { form: {} });
    expect(withoutField.status).toBe(400);
    const accepted = await browser.post(page.url, { form: { login: 'mira' } });
    expect(new URL(accepted.url).pathname).toBe('/callback');
  });

  it('offers everybody by a button, and the expected person first to the keyboard', async () => {
    const { page } = await party.open(new BrowserClient(), { login_hint: 'kenji' });
    for (const login of ['mira', 'joao', 'ada', 'kenji', 'nobody']) {
      expect(page.body).toContain(`name="login" value="${login}"`);
    }
    expect(page.body.match(/autofocus>[^<]*/gu)).toEqual(['autofocus>Kenji Mori ']);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['login', 'select_account'])('shows its page again for prompt=%s', async (prompt) => {
    const browser = new BrowserClient();
    await party.signIn(browser, { login: 'mira' });
    const again = await party.signIn(browser, { login: 'joao', parameters: { prompt } });
    expect(again.sawPage).toBe(true);
    expect(again.tokens.claims()?.['preferred_username']).toBe('joao');
    const after = await party.signIn(browser);
    expect(after.sawPage).toBe(false);
    expect(after.tokens.claims()?.['preferred_username']).toBe('joao');
  });

  it('answers prompt=none without a page: no session, no sign-in', async () => {
    const { page } = await party.open(new BrowserClient(), { prompt: 'none' });
    expect(new URL(page.url).searchParams.get('error')).toBe('login_required');
  });

  it.each([
    ['a sign-in without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['the implicit flow', { response_type: 'id_token' }],
  ])('refuses %s', async (_, parameters) => {
    const { page } = await party.open(new BrowserClient(), parameters);
    expect(`${page.url}\n${page.body}`).toMatch(
      /error=(invalid_request|unsupported_response_type)|could not go on/u,
    );
    expect(page.url).not.toContain('/interaction/');
    expect(page.url).not.toContain('code=');
  });

  it('redirects to registered addresses only', async () => {
    const { page } = await party.open(new BrowserClient(), { redirect_uri: 'http://localhost:1/evil' });
    expect(page.url).toContain(party.idp.issuer);
    expect(page.status).toBe(400);
    expect(page.body).toContain('Sign-in problem');
  });

  it('reports that a sign-in has expired if its cookie is missing, and reveals no details', async () => {
    const { page } = await party.open(new BrowserClient());
    for (const lost of [await new BrowserClient().get(page.url), await new BrowserClient().post(page.url)]) {
      expect(lost.status).toBe(400);
      expect(lost.body).toContain('This sign-in is over.');
      expect(lost.body).not.toContain('node_modules');
    }
  });

  it('redeems a code once, and only with the matching verifier', async () => {
    const arrive = async () => {
      const browser = new BrowserClient();
      const { page, verifier, nonce } = await party.open(browser);
      const { url } = await browser.post(page.url, { form: { login: 'mira' } });
      return (pkceCodeVerifier = verifier) =>
        client.authorizationCodeGrant(party.configuration, new URL(url), {
          pkceCodeVerifier,
          expectedNonce: nonce,
        });
    };
    const stolen = await arrive();
    await expect(stolen(client.randomPKCECodeVerifier())).rejects.toMatchObject({ error: 'invalid_grant' });
    const redeem = await arrive();
    expect((await redeem()).id_token).toBeDefined();
    await expect(redeem()).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
