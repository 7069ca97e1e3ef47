import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { openEventStream } from '../support/event-stream.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { signedIn } from '../support/signed-in.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const POSTS_EACH = 25;
const THREE_CALLS =
  '{ shots(first: 1) { nodes { id } } tasks(first: 1) { nodes { id } } assets(first: 1) { nodes { id } } }';

describe('several servers that share one Redis', () => {
  let redis: TestRedis;
  let one: Studio;
  let two: Studio;
  beforeAll(async () => {
    redis = await startRedis();
    one = await startOn(redis);
    two = await startOn(redis, one);
  });
  afterAll(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await redis?.stop();
  });

  /** Servers of one studio: records of another site or provider are none of theirs. */
  const startOn = (
    { url }: TestRedis,
    beside?: Studio,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Studio> =>
    startStudio({ SHOTGRAPH_STORE_URL: url, ...settings }, {}, beside === undefined ? {} : { beside });
  const post = ({ bffUrl }: Studio, form: string) =>
    new BrowserClient().post(`${bffUrl}/ami/review`, { form, from: 'cross-site', redirects: 'stop' });

  it('accept one of fifty equal posts of a launch that arrive at both (A12)', async () => {
    const form = one.amiBody('mira', one.mirasVersionIds.slice(0, 2));
    const posts = Array.from({ length: POSTS_EACH }, () => [post(one, form), post(two, form)]).flat();
    const statuses = (await Promise.all(posts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(2 * POSTS_EACH - 1);
  });

  it('refuse a post that another server accepted before it stopped (A13)', async () => {
    const third = await startOn(redis, one);
    const form = third.amiBody('mira', third.mirasVersionIds.slice(0, 2));
    expect((await post(third, form)).status).toBe(303);
    await third.stop();
    expect((await post(one, form)).status).toBe(409);
  });

  it('count the cost of a person together, and each refuses requests beyond the limit', async () => {
    const settings = { SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '5' };
    const strict = await startOn(redis, one, settings);
    const other = await startOn(redis, one, settings);
    const codesAt = async (server: Studio, browser: BrowserClient): Promise<unknown[]> =>
      ((await server.ask(browser, THREE_CALLS)).errors ?? []).map(({ extensions }) => extensions.code);
    const [mira, joao] = [await signedIn(one, 'mira'), await signedIn(one, 'joao')];
    expect(await codesAt(strict, mira)).toEqual([]);
    expect(await codesAt(other, mira)).toEqual(['RATE_LIMITED']);
    expect(await codesAt(strict, mira)).toEqual(['RATE_LIMITED']);
    expect(await codesAt(other, joao)).toEqual([]);
    await Promise.all([strict.stop(), other.stop()]);
  });

  it('tell a page that is open at one of them when its session is ended at the other (D15)', async () => {
    const browser = new BrowserClient();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    const page = await openEventStream(two.bffUrl, browser);
    expect((await page.next())?.name).toBe('session');
    await browser.post(`${one.bffUrl}/auth/logout`, { from: 'same-origin' });
    expect((await page.next())?.name).toBe('ended');
  });

  it('refuse a used launch that Redis has forgotten, and sign everybody in again (D24)', async () => {
    const browser = new BrowserClient();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    const form = two.amiBody('mira', one.mirasVersionIds.slice(0, 2));
    expect((await post(two, form)).status).toBe(303);
    await redis.flush();
    for (const server of [one, two, one, two]) {
      const replayed = await post(server, form);
      expect([replayed.status, replayed.headers.get('retry-after')]).toEqual([503, '5']);
      expect(replayed.body).toContain('Choose the menu item in ShotGrid again');
    }
    const session = () => browser.get(`${one.bffUrl}/auth/session`, { from: 'same-origin' });
    expect((await session()).status).toBe(401);
    await untilTheNextSecond();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    expect((await session()).status).toBe(200);
  });

  it('answer 503 while Redis accepts connections but does not answer, and recover afterwards (D25)', async () => {
    const browser = new BrowserClient();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    const session = () => browser.get(`${one.bffUrl}/auth/session`, { from: 'same-origin' });
    redis.pause();
    const silent = await session();
    redis.resume();
    expect(silent.status).toBe(503);
    expect((await session()).status).toBe(200);
  });

  it('answer 503 to requests that need a write while Redis is a replica, end no session, and recover afterwards (D25, D26)', async () => {
    const browser = new BrowserClient();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    const session = () => browser.get(`${one.bffUrl}/auth/session`, { from: 'same-origin' });
    await redis.demote();
    const launch = await post(one, one.amiBody('mira', one.mirasVersionIds.slice(0, 2)));
    const signIn = await new BrowserClient().get(`${one.bffUrl}/auth/login`);
    const out = await browser.post(`${one.bffUrl}/auth/logout`, { from: 'same-origin' });
    for (const { status, headers } of [launch, signIn, out]) {
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    }
    expect((await session()).status).toBe(200);
    await redis.promote();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    // What was written is read at once, at either server.
    const elsewhere = await browser.get(`${two.bffUrl}/auth/session`, { from: 'same-origin' });
    expect([(await session()).status, elsewhere.status]).toEqual([200, 200]);
  });

  it('keep sessions unreadable in Redis, and answer 503 while it is away, not 401 (A14, D25)', async () => {
    const browser = new BrowserClient();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    const session = () => browser.get(`${one.bffUrl}/auth/session`, { from: 'same-origin' });
    expect((await session()).status).toBe(200);
    const { port } = redis;
    await redis.stop();
    const away = await session();
    expect(away.status).toBe(503);
    expect(away.headers.get('retry-after')).not.toBeNull();
    expect(away.headers.get('set-cookie')).toBeNull();
    const launch = await post(one, one.amiBody('mira', one.mirasVersionIds.slice(0, 2)));
    expect(launch.status).toBe(503);
    expect((await new BrowserClient().get(`${one.bffUrl}/healthz`)).status).toBe(200);
    expect((await new BrowserClient().get(`${one.bffUrl}/readyz`)).status).toBe(503);

    redis = await startRedis(port);
    await until(async () => (await session()).status === 401);
    await until(async () => (await new BrowserClient().get(`${one.bffUrl}/readyz`)).status === 200);
    await untilTheNextSecond();
    await one.launch(browser, 'mira', one.mirasVersionIds.slice(0, 2));
    expect((await session()).status).toBe(200);
  });
});

/** A post of the second in which the loss was seen may have been taken before it. */
const untilTheNextSecond = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 1050 - (Date.now() % 1000)));

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('It did not come to that.');
}
