import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const signIn = async (sid: string): Promise<string> => {
  const browser = new BrowserClient(() => bff.now());
  bff.idp.bendClaims = (claims) => ({ ...claims, sid });
  await browser.get(`${bff.url}/auth/login`);
  return browser.cookies(bff.url).get('__Host-sid') ?? '';
};

const isSignedIn = async (token: string): Promise<boolean> =>
  (await fetch(`${bff.url}/auth/session`, { headers: { cookie: `__Host-sid=${token}` } })).status === 200;

describe('A browser with a session of a tab and one of the overlay, from two sessions of the provider', () => {
  it('signs out of both: each session ends here, and the provider is asked to end its tokens', async () => {
    const [tab, overlay] = [await signIn('one'), await signIn('other')];
    expect(await Promise.all([tab, overlay].map(isSignedIn))).toEqual([true, true]);
    const revoked = new Set(bff.idp.revoked).size;
    const answer = await fetch(`${bff.url}/auth/logout`, {
      method: 'POST',
      headers: {
        cookie: `__Host-sid=${tab}; __Host-sid_m=${overlay}`,
        ...{ origin: bff.url, 'sec-fetch-site': 'same-origin', accept: 'application/json' },
      },
    });
    expect(answer.status).toBe(200);
    expect(await Promise.all([tab, overlay].map(isSignedIn))).toEqual([false, false]);
    expect(new Set(bff.idp.revoked).size - revoked).toBe(2);
    const ended = bff.audited.filter(({ action }) => action === 'sign_out');
    expect(ended).toMatchObject([{ reason: 'signed_out' }, { reason: 'signed_out' }]);
  });
});
