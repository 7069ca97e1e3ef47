import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerResponse } from 'node:http';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const MINUTE_MS = 60_000;

let bff: Bff;
let browser: BrowserClient;
beforeEach(async () => {
  bff = await startBff();
  bff.idp.accessLife = 300;
  browser = new BrowserClient(() => bff.now());
});
afterEach(() => bff.stop());

/** The next answer of a path never arrives: the provider did nothing, or has done its work. */
function loseNext(lost: string, when: 'before' | 'after'): void {
  let isDue = true;
  bff.idp.fault = (path: string, response: ServerResponse): boolean => {
    if (path !== lost || !isDue) return false;
    isDue = false;
    if (when === 'before') response.destroy();
    else response.writeHead = () => response.destroy();
    return when === 'before';
  };
}

const isSignedIn = async (): Promise<boolean> =>
  (await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status === 200;

describe.each(['before', 'after'] as const)(
  "the provider's answer is lost, %s it has done its work",
  (when) => {
    it.each(['/token', '/jwks', '/userinfo'])(
      '%s: signs nobody in halfway, and another attempt signs in',
      async (path) => {
        bff.idp.person = { sub: 'sub-mira' };
        bff.idp.userinfo = { sub: 'sub-mira', preferred_username: 'mira', name: 'Mira Fischer' };
        loseNext(path, when);
        const first = await browser.get(`${bff.url}/auth/login`);
        const hasCookie = browser.cookies(bff.url).has('__Host-sid');
        expect([first.status, hasCookie]).toEqual(
          hasCookie ? [first.status, await isSignedIn()] : [503, false],
        );
        await browser.get(`${bff.url}/auth/login`);
        expect(await isSignedIn()).toBe(true);
        const outcomes = bff.audited
          .filter(({ action }) => action === 'sign_in')
          .map(({ outcome }) => outcome);
        expect(outcomes).toEqual(hasCookie ? ['done', 'done'] : ['failed', 'done']);
      },
    );

    it('in a renewal: the session continues, or the person learns that it has ended', async () => {
      await browser.get(`${bff.url}/auth/login`);
      bff.advance(6 * MINUTE_MS);
      loseNext('/token', when);
      const ask = () =>
        browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' });
      await ask();
      bff.advance(11_000);
      const { status } = await ask();
      const ends = bff.audited.filter(({ action }) => action === 'sign_out').map(({ reason }) => reason);
      // A token that works once was spent, and nobody knows what came of it.
      expect([status, ends]).toEqual(when === 'before' ? [200, []] : [401, ['renewal_refused']]);
    });
  },
);
