import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const MINUTE_MS = 60_000;

let redis: TestRedis;
let bff: Bff;
let browser: BrowserClient;

/** Mira is signed in; her access token lives for five minutes. */
beforeEach(async () => {
  redis = await startRedis();
  bff = await startBff({ redisUrl: redis.url });
  bff.idp.accessLife = 300;
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
});
afterEach(async () => {
  await bff?.stop();
  await redis.stop();
});

const ask = () => browser.post(`${bff.url}/graphql`, { json: { query: '{ whoami }' }, from: 'same-origin' });
const told = (event: string): number => bff.logLines.filter((line) => line.includes(`"${event}"`)).length;

describe.each([
  ['full', () => redis.fill(), () => redis.empty()],
  ['a replica', () => redis.demote(), () => redis.promote()],
] as const)('while Redis is %s', (_, stopWrites, takeWrites) => {
  it('people continue to read, their sessions are not prolonged, and that is logged once', async () => {
    bff.advance(2 * MINUTE_MS);
    await stopWrites();
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 200]);
    expect(told('session.not_prolonged')).toBe(1);
    await takeWrites();
    expect((await ask()).status).toBe(200);
    expect(told('session.prolonged_again')).toBe(1);
  });

  it('an expired token is not renewed, since the answer could not be stored, and people continue to read', async () => {
    bff.advance(6 * MINUTE_MS);
    await stopWrites();
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    expect(bff.idp.refreshes).toEqual([]);
    await takeWrites();
    expect((await ask()).status).toBe(200);
    expect(bff.idp.refreshes).toHaveLength(1);
  });

  it('a request that needs a write is refused, and no session ends', async () => {
    await stopWrites();
    const out = await browser.post(`${bff.url}/auth/logout`, { from: 'same-origin' });
    expect([out.status, out.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await ask()).status).toBe(200);
  });
});
