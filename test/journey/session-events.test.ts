import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { type EventStream, openEventStream } from '../support/event-stream.ts';
import { OverlayWorld } from '../support/overlay-world.ts';

const HOUR_MS = 3_600_000;
const MAX_STREAMS = 30;
/** Sooner than the server would look by itself. */
const TOLD_WITHIN_MS = 10_000;

let bff: Bff;
let browser: BrowserClient;
let streams: EventStream[];

/** Mira is signed in, and her page is open. */
beforeEach(async () => {
  bff = await startBff();
  streams = [];
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  await bff.stop();
});

const open = async (client = browser): Promise<EventStream> => {
  const stream = await openEventStream(bff.url, client);
  streams.push(stream);
  return stream;
};
const logout = () => browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });

describe('an open page', () => {
  it('learns at once when its session will end, as from /auth/session', async () => {
    const stream = await open();
    expect([stream.status, stream.headers.get('content-type'), stream.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    expect(stream.headers.get('set-cookie')).toBeNull();
    const { body } = await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' });
    const { expiresAt, endsAt } = JSON.parse(body) as Record<string, string>;
    expect(await stream.next()).toEqual({ name: 'session', data: { expiresAt, endsAt } });
  });

  it(
    "learns that the person signed out in another tab; the person's other browser does not (D15)",
    async () => {
      const elsewhere = new BrowserClient();
      await elsewhere.get(`${bff.url}/auth/login`);
      const [here, there] = [await open(), await open(elsewhere)];
      await here.next();
      await there.next();
      await logout();
      expect(await here.next()).toEqual({ name: 'ended', data: {} });
      expect(await here.next()).toBeUndefined();
      expect((await elsewhere.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status).toBe(200);
    },
    TOLD_WITHIN_MS,
  );

  it(
    'learns that the provider signed the person out, also in the overlay (D18)',
    async () => {
      const world = new OverlayWorld(bff);
      await world.signedInFrame();
      const [tab, frame] = [await open(), await open(world.frame)];
      await tab.next();
      await frame.next();
      const nowSeconds = Math.floor(bff.now() / 1000);
      const token = await bff.idp.sign(
        {
          iss: bff.idp.issuer,
          aud: 'shotgraph',
          iat: nowSeconds,
          exp: nowSeconds + 60,
          jti: 'one',
          sub: 'sub-mira',
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        },
        { typ: 'logout+jwt' },
      );
      await browser.post(`${bff.url}/auth/backchannel-logout`, { form: { logout_token: token } });
      expect([(await tab.next())?.name, (await frame.next())?.name]).toEqual(['ended', 'ended']);
    },
    TOLD_WITHIN_MS,
  );

  it(
    'learns that another person signed in at this browser, or that there are too many (C23, D31)',
    async () => {
      const { person } = bff.idp;
      const stream = await open();
      await stream.next();
      bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
      await browser.get(`${bff.url}/auth/login`);
      expect((await stream.next())?.name).toBe('ended');
      bff.idp.person = person;
      await browser.get(`${bff.url}/auth/login`);
      const eldest = await open();
      await eldest.next();
      for (let count = 0; count < 3; count += 1) await new BrowserClient().get(`${bff.url}/auth/login`);
      expect((await eldest.next())?.name).toBe('ended');
    },
    TOLD_WITHIN_MS,
  );

  it(
    'learns that the provider refuses the renewal (D12)',
    async () => {
      bff.idp.accessLife = 300;
      await browser.get(`${bff.url}/auth/login`);
      const stream = await open();
      await stream.next();
      bff.idp.forgetRefreshTokens();
      bff.advance(360_000);
      const query = { json: { query: '{ whoami }' }, from: 'same-origin' } as const;
      expect((await browser.post(`${bff.url}/graphql`, query)).status).toBe(401);
      expect((await stream.next())?.name).toBe('ended');
    },
    TOLD_WITHIN_MS,
  );

  it('does not keep its session alive (D6)', async () => {
    bff.advance(HOUR_MS - 3000);
    const stream = await open();
    const told = await stream.next();
    expect(Date.parse(told?.data['expiresAt'] ?? '') - bff.now()).toBeLessThanOrEqual(3000);
    expect(await stream.next()).toEqual({ name: 'ended', data: {} });
  });

  it('loses its stream when the server stops, so that it connects to another one', async () => {
    const stream = await open();
    await stream.next();
    const stopped = bff.stopServer();
    expect(await stream.next()).toBeUndefined();
    await stopped;
  });
});

describe('an event stream is refused', () => {
  it('to a browser that is not signed in', async () => {
    const refused = await open(new BrowserClient());
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      401,
      expect.stringContaining('application/json'),
    ]);
  });

  it('to a page of another origin, which could use up all streams with the cookie (E10)', async () => {
    const refused = await openEventStream(bff.url, browser, { site: 'cross-site' });
    streams.push(refused);
    expect(refused.status).toBe(403);
  });

  it('above the limit of one person, but not to others and not later', async () => {
    for (let count = 0; count < MAX_STREAMS; count += 1) expect((await open()).status).toBe(200);
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    const joao = new BrowserClient();
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao', name: 'João Lima' };
    await joao.get(`${bff.url}/auth/login`);
    expect((await open(joao)).status).toBe(200);
    const isClosed = (): boolean => bff.observations.some(({ route }) => route === '/auth/session/events');
    bff.observations.length = 0;
    streams[0]?.close();
    while (!isClosed()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await open()).status).toBe(200);
  });

  it('but not because of pages that closed during the look-up of their session', async () => {
    const { store } = bff;
    const get = store.get.bind(store);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    store.get = async (key) => held.then(() => get(key));
    const headers = { cookie: browser.cookieHeader(bff.url), 'sec-fetch-site': 'same-origin' };
    const leaving = new AbortController();
    const left = Array.from({ length: MAX_STREAMS }, () =>
      fetch(`${bff.url}/auth/session/events`, { headers, signal: leaving.signal }).catch(() => undefined),
    );
    const arrived = (): number =>
      bff.observations.filter(({ route }) => route.startsWith('/auth/session')).length;
    bff.observations.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
    leaving.abort();
    await Promise.all(left);
    while (arrived() < MAX_STREAMS) await new Promise((resolve) => setTimeout(resolve, 5));
    letGo();
    store.get = get;
    expect((await open()).status).toBe(200);
  });
});
