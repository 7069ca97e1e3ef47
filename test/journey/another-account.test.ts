import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { openEventStream } from '../support/event-stream.ts';

/** Another account of the provider that belongs to Mira, too. */
const SECOND = { sub: 'sub-mira-2', preferred_username: 'mira', name: 'Mira Fischer' };

let bff: Bff;
let browser: BrowserClient;
/** ShotGrid accounts that were given up with a session. */
let forgotten: string[];
const begin = async (options: Parameters<typeof startBff>[0] = {}): Promise<void> => {
  let links = 0;
  bff = await startBff({
    ...options,
    accounts: {
      linkByPassphrase: async () => `account ${(links += 1)}`,
      isLinked: async () => true,
      forget: async (account) => void forgotten.push(account),
    },
  });
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
};
beforeEach(() => {
  forgotten = [];
});
afterEach(() => bff.stop());

const isLinked = async (): Promise<unknown> => {
  const { body } = await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' });
  return (JSON.parse(body) as { acting: { isLinked?: boolean } }).acting.isLinked;
};
const reasons = () => bff.audited.filter(({ action }) => action === 'sign_out').map(({ reason }) => reason);

describe('a person who signs in by another account of the provider in the same browser', () => {
  it('ends the session of the first one, with its grant and its old id (C23)', async () => {
    await begin();
    const stream = await openEventStream(bff.url, browser);
    await stream.next();
    const old = browser.cookieHeader(bff.url);
    bff.idp.person = SECOND;
    await browser.get(`${bff.url}/auth/login`);
    expect(await stream.next()).toEqual({ name: 'ended', data: {} });
    stream.close();
    expect([reasons(), bff.idp.revoked.length]).toEqual([['replaced'], 1]);
    const again = await fetch(`${bff.url}/auth/session`, { headers: { cookie: old } });
    expect([again.status, await isLinked()]).toEqual([401, undefined]);
  });

  it('links their own ShotGrid account again: the link of the first one goes with its session', async () => {
    await begin({
      people: { mira: { id: 34, name: 'Mira Fischer', refusal: 'IMPERSONATION_REFUSED' } },
      change: (config) => ({
        ...config,
        identity: { ...config.identity, acting: { byDefault: 'own-credentials', byRole: new Map() } },
      }),
    });
    const form = { login: 'mira', passphrase: 'passphrase', returnTo: '/' };
    await browser.post(`${bff.url}/auth/link/passphrase`, { form, from: 'same-origin' });
    await browser.get(`${bff.url}/auth/login`);
    expect([await isLinked(), forgotten, reasons()]).toEqual([true, [], ['signed_in_again']]);
    bff.idp.person = SECOND;
    await browser.get(`${bff.url}/auth/login`);
    expect([await isLinked(), forgotten]).toEqual([false, ['account 1']]);
  });
});
