import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

/** A token is used for 300 s, and renewed beside a call after half of it. */
const HALF_MS = 151_000;
const OVER_MS = 301_000;
const OWN = { SHOTGRAPH_ACTING_POLICY_BY_ROLE: 'Admin=own-credentials' };
const PAGE = '{ versions(first: 1) { nodes { code } } }';

describe('a server that stops while the own account of a person is renewed beside a request', () => {
  let studio: Studio;
  let stopped: Studio;
  let isStopped = false;
  let aheadMs = 0;
  const ada = new BrowserClient();
  beforeAll(async () => {
    const now = () => Date.now() + aheadMs;
    const store = createMemoryStore({ now });
    studio = await startStudio(OWN, {}, { now, store });
    stopped = await startStudio(OWN, {}, { now, beside: studio, store: closable(store) });
  });
  afterAll(async () => {
    if (!isStopped) await stopped.stop();
    await studio.stop();
  });

  /** Token requests that came to the site. */
  const renewals = async (): Promise<number> =>
    (await studio.siteRequests()).filter(({ path }) => path.endsWith('/access_token')).length;

  it('waits for the new token, so that the person need not link the account again', async () => {
    const page = await ada.get(`${studio.bffUrl}/auth/login?returnTo=/`);
    await ada.post(page.url, { form: { login: 'ada' } });
    const form = { returnTo: '/', login: 'ada', passphrase: 'ada-passphrase' };
    await ada.post(`${studio.bffUrl}/auth/link/passphrase`, { form, from: 'same-origin' });
    expect(await stopped.ask(ada, PAGE)).not.toHaveProperty('errors');
    aheadMs += HALF_MS;
    // The site has spent the refresh token before its answer leaves. The script's own token is renewed with it.
    await studio.fault({ match: { path: '/auth/access_token' }, after: true, delayMs: 400 });
    await studio.forgetSiteRequests();
    while ((await renewals()) < 2) {
      expect(await stopped.ask(ada, PAGE)).not.toHaveProperty('errors');
    }
    isStopped = true;
    await stopped.stop();
    await studio.clearFaults();
    aheadMs += OVER_MS;
    expect(await studio.ask(ada, PAGE)).not.toHaveProperty('errors');
  });
});

/** One process's connection to a store that others use too. */
function closable(store: Store): Store {
  let isClosed = false;
  return new Proxy(store, {
    get(target, name: keyof Store) {
      if (name === 'close') return async () => void (isClosed = true);
      const found = target[name];
      return (...given: unknown[]): unknown => {
        if (isClosed) throw new Error('The store is closed.');
        return Reflect.apply(found, target, given);
      };
    },
  });
}
