import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const signedIn = async (sid: string): Promise<BrowserClient> => {
  const browser = new BrowserClient(() => bff.now());
  bff.idp.bendClaims = (claims) => ({ ...claims, sid });
  await browser.get(`${bff.url}/auth/login`);
  return browser;
};

const isSignedIn = async (browser: BrowserClient): Promise<boolean> =>
  (await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status === 200;

/** The hidden frame of the provider's page: no cookie of ours comes with it. */
const frame = (query: string): Promise<Response> => fetch(`${bff.url}/auth/frontchannel-logout${query}`);

describe("the frame that the provider's sign-out page loads", () => {
  it.each([[true], [false]])('ends the session of that name, with iss: %s', async (hasIss) => {
    const [here, there] = [await signedIn('s-1'), await signedIn('s-2')];
    const iss = hasIss ? { iss: bff.idp.issuer } : {};
    const answer = await frame(`?${new URLSearchParams({ sid: 's-1', ...iss }).toString()}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([false, true]);
  });

  it('may be embedded only by pages of the provider', async () => {
    const answer = await frame('?sid=s-1');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`frame-ancestors ${bff.idp.issuer};`);
    expect(answer.headers.get('x-frame-options')).toBeNull();
  });

  it.each([
    ['names no session', ''],
    ['names an empty one', '?sid='],
    ['names two', '?sid=s-1&sid=s-2'],
    ['is of another provider', '?sid=s-1&iss=https%3A%2F%2Fevil.example'],
    ['is of two providers', '?sid=s-1&iss=ISSUER&iss=https%3A%2F%2Fevil.example'],
  ])('ends no session where it %s, with or without a cookie', async (_, query) => {
    const browser = await signedIn('s-1');
    const path = `/auth/frontchannel-logout${query.replace('ISSUER', encodeURIComponent(bff.idp.issuer))}`;
    expect((await fetch(`${bff.url}${path}`)).status).toBe(400);
    expect((await browser.get(`${bff.url}${path}`)).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
    expect(bff.logLines.join('\n')).toContain('sign_out.by_provider_refused');
  });

  it('never ends a session by its cookie, or by a similar name', async () => {
    const browser = await signedIn('s-1');
    for (const sid of ['s-2', 'S-1', 's-1 ', 's-']) {
      const answer = await browser.get(`${bff.url}/auth/frontchannel-logout?sid=${encodeURIComponent(sid)}`);
      expect(answer.status).toBe(200);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('asks nothing of the provider, however often anybody opens it', async () => {
    await signedIn('s-1');
    const before = bff.idp.discoveries;
    for (let count = 0; count < 5; count += 1)
      expect((await frame(`?sid=made-up-${count}`)).status).toBe(200);
    expect(bff.idp.discoveries).toBe(before);
  });

  it('slows a flood of invented names down, and still ends a session that exists', async () => {
    await bff.stop();
    const change = (config: Config): Config => ({
      ...config,
      session: { ...config.session, loginsPerMinute: 20 },
    });
    bff = await startBff({ change });
    const browser = await signedIn('s-1');
    const statuses = [];
    for (let count = 0; count < 40; count += 1) statuses.push((await frame(`?sid=made-up-${count}`)).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    expect((await frame('?sid=s-1')).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });
});
