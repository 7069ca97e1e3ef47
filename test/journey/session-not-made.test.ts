import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { faultIn, NEVER, type StoreFault } from '../support/failing-store.ts';
import { OverlayWorld } from '../support/overlay-world.ts';

let bff: Bff;
let fault: StoreFault;
beforeEach(async () => {
  bff = await startBff();
  fault = faultIn(bff.store);
});
afterEach(() => bff.stop());

/** What runs while the store's call of this number fails, before or after it took effect. */
async function failingAt(
  number: number,
  when: 'before' | 'after',
  run: () => Promise<Visit>,
): Promise<{ readonly visit: Visit; readonly hasFailed: boolean }> {
  fault.failAt(number, when);
  const visit = await run();
  const hasFailed = fault.count() >= number;
  fault.failAt(NEVER, when);
  return { visit, hasFailed };
}

const isSignedIn = async (client: BrowserClient): Promise<boolean> =>
  (await client.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status === 200;

/** Or the sessions of before would be ended by the next one. */
const signOut = (client: BrowserClient): Promise<Visit> =>
  client.post(`${bff.url}/auth/logout`, { from: 'same-origin' });

/** The person does not wait for it. */
async function untilRevoked(count: number): Promise<void> {
  for (let tries = 0; bff.idp.revoked.length < count; tries += 1) {
    if (tries === 2000) throw new Error('The token was not revoked.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(['before', 'after'] as const)('a store that fails once, %s the call took effect', (when) => {
  it('during a callback: the person is signed in, or there is no cookie, no token and an audit record', async () => {
    let refused = 0;
    for (let number = 1; ; number += 1) {
      const browser = new BrowserClient(() => bff.now());
      const left = await browser.get(`${bff.url}/auth/login`, { redirects: 'stop' });
      const back = await browser.get(left.headers.get('location') ?? '', { redirects: 'stop' });
      const [asked, revoked] = [bff.idp.tokenRequests.length, bff.idp.revoked.length];
      const recorded = bff.audited.length;
      const { visit, hasFailed } = await failingAt(number, when, () =>
        browser.get(back.headers.get('location') ?? '', { redirects: 'stop' }),
      );
      if (!hasFailed) break;
      if (visit.status === 303) {
        expect([number, await isSignedIn(browser)]).toEqual([number, true]);
        continue;
      }
      refused += 1;
      expect([number, visit.status]).toEqual([number, 503]);
      expect([number, browser.cookies(bff.url).has('__Host-sid')]).toEqual([number, false]);
      if (bff.idp.tokenRequests.length === asked) continue;
      await untilRevoked(revoked + 1);
      expect(bff.audited.slice(recorded)).toContainEqual(
        expect.objectContaining({ action: 'sign_in', outcome: 'failed', code: 'UNAVAILABLE' }),
      );
    }
    expect(refused).toBeGreaterThan(3);
  });

  it('while the frame redeems its code: the same', async () => {
    let refused = 0;
    for (let number = 1; ; number += 1) {
      const world = new OverlayWorld(bff);
      const { id } = await world.launch();
      const { code } = await world.signInFor(id);
      const [revoked, recorded] = [bff.idp.revoked.length, bff.audited.length];
      const { visit, hasFailed } = await failingAt(number, when, () =>
        world.frame.post(`${bff.url}/auth/handover/redeem`, {
          json: { launch: id, code, verifier: 'v'.repeat(43) },
          from: 'same-origin',
        }),
      );
      if (!hasFailed) break;
      if (visit.status === 200) {
        expect([number, await isSignedIn(world.frame)]).toEqual([number, true]);
        await signOut(world.frame);
        continue;
      }
      refused += 1;
      expect([number, visit.status]).toEqual([number, 503]);
      expect([number, world.frame.cookies(bff.url).has('__Host-sid_m')]).toEqual([number, false]);
      const isRecorded = bff.audited
        .slice(recorded)
        .some(({ action, outcome }) => action === 'sign_in' && outcome === 'failed');
      if (isRecorded) {
        await untilRevoked(revoked + 1);
        continue;
      }
      // Before the hand-over was taken, the frame can redeem it with another try.
      expect([number, (await world.redeem(id, code)).status]).toEqual([number, 200]);
      await signOut(world.frame);
    }
    expect(refused).toBeGreaterThan(3);
  });
});
