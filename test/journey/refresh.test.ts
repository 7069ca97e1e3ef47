import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';

const MINUTE_MS = 60_000;

let bff: Bff;
let browser: BrowserClient;

/** Mira is signed in; her access token lives for five minutes. */
beforeEach(async () => {
  bff = await startBff();
  bff.idp.accessLife = 300;
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
});
afterEach(() => bff.stop());

const ask = (client = browser) =>
  client.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' });
const whoIs = () => browser.get(`${bff.url}/auth/session`, { from: 'same-origin' });
const hasCookie = () => browser.cookies(bff.url).has('__Host-sid');

describe('while the access token lives', () => {
  it('the provider is not called', async () => {
    bff.advance(4 * MINUTE_MS);
    expect((await ask()).status).toBe(200);
    expect(bff.idp.refreshes).toEqual([]);
  });

  it('it is renewed in advance, and requests do not wait for it', async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      bff.idp.beforeRefresh = () => {
        resolve();
        return new Promise((done) => {
          answer = done;
        });
      };
    });
    bff.advance(4.6 * MINUTE_MS);
    expect((await ask()).status).toBe(200);
    await asked;
    answer();
    expect(bff.idp.refreshes).toHaveLength(1);
  });

  it('a token that lives for 25 seconds is renewed near its end, not at each request', async () => {
    bff.idp.accessLife = 25;
    await browser.get(`${bff.url}/auth/login`);
    for (let second = 0; second < 20; second += 1) {
      bff.advance(1000);
      expect((await ask()).status).toBe(200);
    }
    expect(bff.idp.refreshes).toEqual([]);
    bff.advance(6000);
    expect((await ask()).status).toBe(200);
    expect(bff.idp.refreshes).toHaveLength(1);
  });

  it('an outage of the provider has no effect (D12)', async () => {
    bff.advance(4.6 * MINUTE_MS);
    await bff.idp.stop();
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect(hasCookie()).toBe(true);
  });
});

describe('once the access token has expired', () => {
  it('fifty concurrent requests renew it once, with a single-use refresh token (D7)', async () => {
    bff.advance(6 * MINUTE_MS);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(bff.idp.refreshes).toHaveLength(1);
    bff.advance(6 * MINUTE_MS);
    expect((await ask()).status).toBe(200);
    expect(bff.idp.refreshes).toHaveLength(2);
  });

  it('the session endpoint renews nothing', async () => {
    bff.advance(6 * MINUTE_MS);
    expect((await whoIs()).status).toBe(200);
    expect(bff.idp.refreshes).toEqual([]);
  });

  it('a session ended at the provider also ends here (D12)', async () => {
    bff.idp.forgetRefreshTokens();
    bff.advance(6 * MINUTE_MS);
    expect([(await ask()).status, (await ask()).status]).toEqual([401, 401]);
    expect(bff.idp.refreshes).toHaveLength(1);
  });

  it('an outage of the provider has no effect for an hour, and is logged once', async () => {
    await bff.idp.stop();
    for (let minute = 6; minute < 64; minute += 20) {
      bff.advance((minute === 6 ? 6 : 20) * MINUTE_MS);
      expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    }
    expect(hasCookie()).toBe(true);
    expect(bff.logLines.filter((line) => line.includes('"refresh.away"'))).toHaveLength(1);
  });

  it('a longer outage answers 503, keeps the session, and ends when the provider is back (D12)', async () => {
    bff.idp.fault = (path, response) => path === '/token' && (response.writeHead(503).end(), true);
    for (const minutes of [6, 30]) {
      bff.advance(minutes * MINUTE_MS);
      expect((await ask()).status).toBe(200);
    }
    bff.advance(31 * MINUTE_MS);
    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.body).toContain('IDP_UNAVAILABLE');
    expect(hasCookie()).toBe(true);
    bff.idp.fault = undefined;
    bff.advance(6000);
    expect((await ask()).status).toBe(200);
    expect(bff.idp.refreshes).toHaveLength(1);
    expect(bff.logLines.join('\n')).toContain('"refresh.back"');
  });

  it('a person who returns after longer than that, during a short outage, may continue', async () => {
    bff.advance(58 * MINUTE_MS);
    await whoIs();
    bff.advance(1 * MINUTE_MS);
    await bff.idp.stop();
    expect((await ask()).status).toBe(200);
    bff.advance(58 * MINUTE_MS);
    expect((await ask()).status).toBe(200);
    bff.advance(3 * MINUTE_MS);
    expect((await ask()).status).toBe(503);
  });

  it('requests do not wait for a provider that never answers', async () => {
    bff.advance(6 * MINUTE_MS);
    bff.idp.fault = (path) => path === '/token';
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  });

  it('a refusal by a provider that is back ends the session', async () => {
    bff.advance(6 * MINUTE_MS);
    bff.idp.fault = (path, response) => path === '/token' && (response.writeHead(503).end(), true);
    expect((await ask()).status).toBe(200);
    bff.idp.fault = undefined;
    bff.idp.forgetRefreshTokens();
    bff.advance(6000);
    // The first may go on where the provider is slow.
    await ask();
    expect((await ask()).status).toBe(401);
  });

  it('a lost answer is requested once more, then the person signs in again (D11)', async () => {
    bff.advance(6 * MINUTE_MS);
    let calls = 0;
    // The provider has used the token up; its answer never arrives.
    bff.idp.fault = (path, response) => {
      if (path !== '/token') return false;
      calls += 1;
      if (calls > 1) return false;
      bff.idp.forgetRefreshTokens();
      response.destroy();
      return true;
    };
    expect((await ask()).status).toBe(401);
    expect(calls).toBe(2);
    expect((await ask()).status).toBe(401);
    expect(calls).toBe(2);
  });

  describe.each<[string, (response: ServerResponse) => void]>([
    ['an outage', (response) => response.writeHead(503).end()],
    ['a page of a proxy', (response) => response.writeHead(200).end('<html>')],
    ['an empty set', (response) => response.writeHead(200).end('{"keys":[]}')],
    ['nothing', (response) => response.destroy()],
  ])("while the provider's keys are replaced by %s", (_, answer) => {
    beforeEach(() => {
      bff.advance(6 * MINUTE_MS);
      bff.idp.fault = (path, response) => path === '/jwks' && (answer(response), true);
    });

    it('no session ends, and the new tokens are valid once the keys can be read', async () => {
      expect([(await ask()).status, (await ask()).status, hasCookie()]).toEqual([200, 200, true]);
      bff.idp.fault = undefined;
      bff.advance(6000);
      expect((await ask()).status).toBe(200);
      expect(bff.idp.refreshes).toEqual(['canary-refresh-code-1']);
    });

    it('for longer than the new ID token lives, the new refresh token gets further ones', async () => {
      expect((await ask()).status).toBe(200);
      bff.advance(10 * MINUTE_MS);
      expect((await ask()).status).toBe(200);
      bff.idp.fault = undefined;
      bff.advance(6000);
      expect((await ask()).status).toBe(200);
      expect(bff.idp.refreshes).toEqual(['canary-refresh-code-1', 'canary-refresh-code-1+']);
    });
  });

  it('new tokens for another person end the session', async () => {
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    bff.advance(6 * MINUTE_MS);
    expect((await ask()).status).toBe(401);
    expect((await ask()).status).toBe(401);
  });

  it('signing out during a renewal leaves no token at the provider', async () => {
    bff.advance(6 * MINUTE_MS);
    bff.idp.beforeRefresh = async () => {
      await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    };
    expect((await ask()).status).toBe(401);
    // They are revoked in the background.
    while (bff.idp.revoked.length < 2) await new Promise(setImmediate);
    expect(bff.idp.revoked).toEqual(['canary-refresh-code-1', 'canary-refresh-code-1+']);
  });
});

describe('the remaining time of a session', () => {
  it('is reported as an idle end and an absolute end (D6)', async () => {
    const told = JSON.parse((await whoIs()).body) as { expiresAt: string; endsAt: string };
    expect(Math.abs(Date.parse(told.expiresAt) - bff.now() - 60 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    expect(Math.abs(Date.parse(told.endsAt) - bff.now() - 480 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    bff.advance(10 * MINUTE_MS);
    await ask();
    const later = JSON.parse((await whoIs()).body) as { expiresAt: string; endsAt: string };
    expect(Date.parse(later.expiresAt)).toBeGreaterThan(Date.parse(told.expiresAt));
    expect(later.endsAt).toBe(told.endsAt);
  });
});
