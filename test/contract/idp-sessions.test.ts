import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { BrowserClient } from '../support/browser-client.ts';
import { startRelyingParty, submitOnlyForm, type RelyingParty } from '../support/relying-party.ts';

const OFFLINE = { scope: 'openid profile email offline_access' };

describe("the sessions of the demo's identity provider", () => {
  let party: RelyingParty;
  beforeAll(async () => {
    party = await startRelyingParty();
  });
  afterAll(() => party.stop());

  const signInOffline = async (browser = new BrowserClient()) => {
    const { tokens } = await party.signIn(browser, { parameters: OFFLINE });
    return { tokens, refreshToken: tokens.refresh_token ?? '' };
  };
  const refresh = (token: string) => client.refreshTokenGrant(party.configuration, token);

  it('gives refresh tokens for offline_access alone, and still asks nobody for consent', async () => {
    const browser = new BrowserClient();
    expect((await party.signIn(browser)).tokens.refresh_token).toBeUndefined();
    const offline = await party.signIn(browser, { parameters: OFFLINE });
    expect(offline.sawPage).toBe(false);
    expect(offline.tokens.refresh_token).toEqual(expect.any(String));
    expect(offline.tokens.access_token).toEqual(expect.any(String));
  });

  it('answers prompt=consent with no page of its own either', async () => {
    const { tokens } = await party.signIn(new BrowserClient(), { parameters: { prompt: 'consent' } });
    expect(tokens.claims()?.['preferred_username']).toBe('mira');
  });

  it('rotates refresh tokens, and a used one ends the whole family', async () => {
    const { refreshToken } = await signInOffline();
    const next = await refresh(refreshToken);
    expect(next.refresh_token).toEqual(expect.any(String));
    expect(next.refresh_token).not.toBe(refreshToken);
    expect(next.claims()?.['preferred_username']).toBe('mira');
    await expect(refresh(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(next.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('revokes a refresh token', async () => {
    const { refreshToken } = await signInOffline();
    await client.tokenRevocation(party.configuration, refreshToken);
    await expect(refresh(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('revokes one sign-in, or all of the browser if it is set to have one grant, as Keycloak has (D36)', async () => {
    const twice = async (at: RelyingParty) => {
      const browser = new BrowserClient();
      const first = await at.signIn(browser, { parameters: OFFLINE });
      const { tokens } = await at.signIn(browser, { parameters: OFFLINE });
      await client.tokenRevocation(at.configuration, first.tokens.refresh_token ?? '');
      return client.refreshTokenGrant(at.configuration, tokens.refresh_token ?? '');
    };
    expect((await twice(party)).refresh_token).toEqual(expect.any(String));
    const keycloak = await startRelyingParty({ hasOneGrant: true });
    await expect(twice(keycloak)).rejects.toMatchObject({ error: 'invalid_grant' });
    await keycloak.stop();
  });

  const signOut = async (browser: BrowserClient, idToken: string) => {
    const url = client.buildEndSessionUrl(party.configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${party.url}/bye`,
    });
    return submitOnlyForm(browser, await browser.get(url.href), { logout: 'yes' });
  };

  it('signs out without a question, comes back, and shows its page at the next sign-in', async () => {
    const browser = new BrowserClient();
    const { tokens } = await party.signIn(browser);
    const last = await signOut(browser, tokens.id_token ?? '');
    expect(last.url).toBe(`${party.url}/bye`);
    expect((await party.signIn(browser, { login: 'ada' })).sawPage).toBe(true);
  });

  it('informs the client of a sign-out on the back channel, signed and about that session', async () => {
    const browser = new BrowserClient();
    const { tokens } = await party.signIn(browser, { login: 'joao' });
    const before = party.logoutTokens.length;
    await signOut(browser, tokens.id_token ?? '');
    expect(party.logoutTokens).toHaveLength(before + 1);
    const keys = createRemoteJWKSet(new URL(party.configuration.serverMetadata().jwks_uri ?? ''));
    const { payload } = await jwtVerify(party.logoutTokens.at(-1) ?? '', keys, {
      issuer: party.idp.issuer,
      audience: 'tool',
      typ: 'logout+jwt',
    });
    expect(payload['sid']).toBe(tokens.claims()?.['sid']);
    expect(payload.sub).toBe(tokens.claims()?.sub);
    expect(payload['events']).toHaveProperty(['http://schemas.openid.net/event/backchannel-logout']);
  });

  it('leaves other browsers of the same person signed in', async () => {
    const [here, there] = [new BrowserClient(), new BrowserClient()];
    const { tokens } = await party.signIn(here);
    await party.signIn(there);
    await signOut(here, tokens.id_token ?? '');
    expect((await party.signIn(there)).sawPage).toBe(false);
  });

  it('goes back to no address that is not registered after a sign-out', async () => {
    const browser = new BrowserClient();
    const { tokens } = await party.signIn(browser);
    const url = client.buildEndSessionUrl(party.configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://localhost:1/evil',
    });
    const page = await browser.get(url.href);
    expect(page.status).toBe(400);
    expect(page.body).toContain('Sign-in problem');
  });

  it('frees its port when it is closed', async () => {
    const other = await startRelyingParty();
    const { issuer } = other.idp;
    await other.stop();
    await expect(fetch(issuer)).rejects.toThrow('fetch failed');
  });
});
