import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient, type Visit } from '../support/browser-client.ts';
import { faultIn, MOST_CALLS, NEVER, type StoreFault } from '../support/failing-store.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let bff: Bff;
let fault: StoreFault;
let browser: BrowserClient;

beforeEach(async () => {
  bff = await startBff();
  fault = faultIn(bff.store);
});
afterEach(() => bff.stop());

const signIn = async (sid: string): Promise<void> => {
  browser = new BrowserClient(() => bff.now());
  bff.idp.bendClaims = (claims) => ({ ...claims, sid });
  await browser.get(`${bff.url}/auth/login`);
};

const signOut = async (): Promise<number> =>
  (await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' })).status;

const logoutOf = async (target: object, jti: string): Promise<() => Promise<number>> => {
  const nowSeconds = Math.floor(bff.now() / 1000);
  const claims = { iss: bff.idp.issuer, aud: 'shotgraph', iat: nowSeconds, exp: nowSeconds + 120, jti };
  const token = await bff.idp.sign({ ...claims, events: { [EVENT]: {} }, ...target }, { typ: 'logout+jwt' });
  return async () => {
    const body = new URLSearchParams({ logout_token: token });
    return (await fetch(`${bff.url}/auth/backchannel-logout`, { method: 'POST', body })).status;
  };
};

/** The hidden frame of the provider's sign-out page. */
const frontChannelOf =
  (sid: string): (() => Promise<number>) =>
  async () =>
    (await fetch(`${bff.url}/auth/frontchannel-logout?${new URLSearchParams({ sid }).toString()}`)).status;

const FLOWS: readonly (readonly [string, (sid: string) => Promise<() => Promise<number>>])[] = [
  ['the person signs out', async () => signOut],
  ['the provider ends its session', (sid) => logoutOf({ sid }, `jti-${sid}`)],
  ["the provider's page ends its session", async (sid) => frontChannelOf(sid)],
  ['the provider signs the person out', (sid) => logoutOf({ sub: 'sub-mira' }, `jti-${sid}`)],
];

describe.each(FLOWS)('%s, and the store fails once', (_, flowOf) => {
  it.each(['before', 'after'] as const)(
    '%s any one of its calls: a retry finishes it, the tokens are ended, and it is recorded once',
    async (when) => {
      let isWhole = false;
      for (let at = 1; !isWhole && at < MOST_CALLS; at += 1) {
        const sid = `${when}-${at}`;
        await signIn(sid);
        const cookie = browser.cookies(bff.url).get('__Host-sid') ?? '';
        const flow = await flowOf(sid);
        const [told, revoked] = [bff.audited.length, new Set(bff.idp.revoked).size];
        fault.failAt(at, when);
        const first = await flow();
        isWhole = fault.count() < at;
        fault.failAt(NEVER, when);
        // A logout token of which all is done is taken no more (D20).
        if (first >= 500) expect([200, 400]).toContain(await flow());
        const old = await fetch(`${bff.url}/auth/session`, { headers: { cookie: `__Host-sid=${cookie}` } });
        const ends = bff.audited.slice(told).map(({ action, login }) => `${action} ${login}`);
        const ended = new Set(bff.idp.revoked).size - revoked;
        expect({ at, status: old.status, ends, ended }).toEqual({
          ...{ at, status: 401, ends: ['sign_out mira'], ended: 1 },
        });
      }
      expect(isWhole).toBe(true);
    },
  );
});

/** The person tries once more where the server could not. */
const tried = async (get: () => Promise<Visit>): Promise<Visit> => {
  const first = await get();
  return first.status < 500 ? first : get();
};

describe('a person who goes on to the sign-out of the provider, and the store fails once', () => {
  it.each(['before', 'after'] as const)('%s any one of its calls: gets there', async (when) => {
    let isWhole = false;
    for (let at = 1; !isWhole && at < MOST_CALLS; at += 1) {
      await signIn(`${when}-${at}`);
      fault.failAt(at, when);
      const out = await tried(() => browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' }));
      const { logoutUrl } = JSON.parse(out.body) as { logoutUrl: string };
      const left = await tried(() => browser.get(logoutUrl, { redirects: 'stop' }));
      isWhole = fault.count() < at;
      fault.failAt(NEVER, when);
      expect([at, left.headers.get('location')]).toEqual([at, expect.stringContaining(bff.idp.issuer)]);
    }
    expect(isWhole).toBe(true);
  });
});
