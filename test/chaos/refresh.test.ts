import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { BrowserClient } from '../support/browser-client.ts';
import { FakeIdp } from '../support/fake-idp.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServerProcess, startServerProcess } from '../support/studio-process.ts';
import { environmentOf } from '../support/studio.ts';

/** Longer than a process may be silent before others take it for dead. */
const SLOWER_THAN_THE_LOCK_MS = 12_000;
const REQUESTS_EACH = 25;

let redis: TestRedis;
let site: Awaited<ReturnType<typeof startSite>>;
let idp: FakeIdp;
let servers: ServerProcess[];
let cookie: string;

const startServer = async (): Promise<ServerProcess> => {
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  const places = { bffUrl, bffPort, siteUrl: site.url, storageUrl: site.storageUrl, issuer: idp.issuer };
  return startServerProcess(bffUrl, {
    ...environmentOf(places),
    SHOTGRAPH_STORE_URL: redis.url,
    SHOTGRAPH_OIDC_TIMEOUT_SECONDS: '15',
  });
};

beforeAll(async () => {
  redis = await startRedis();
  idp = new FakeIdp();
  await idp.start();
  site = await startSite({ port: 0, dataset: demoDataset({ bffUrl: 'http://localhost:9' }) });
  servers = await Promise.all([startServer(), startServer()]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await Promise.all([idp.stop(), site.close(), redis.stop()]);
});

/** Mira has signed in at the first server, and her access token is over. */
beforeEach(async () => {
  idp.beforeRefresh = undefined;
  idp.refreshes.length = 0;
  idp.accessLife = 1;
  const browser = new BrowserClient();
  await browser.get(`${servers[0]!.url}/auth/login`);
  cookie = `__Host-sid=${browser.cookies(servers[0]!.url).get('__Host-sid')}`;
  await wait(1100);
  idp.accessLife = 300;
});

const ask = ({ url }: ServerProcess): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { login } }' }),
  });

const askAllAtOnce = async (): Promise<Set<number>> => {
  const requests = servers.flatMap((server) => Array.from({ length: REQUESTS_EACH }, () => ask(server)));
  return new Set((await Promise.all(requests)).map(({ status }) => status));
};

describe('two processes on one Redis, when an access token is over', () => {
  it('renew it once, however many requests come to each (D8)', async () => {
    expect(await askAllAtOnce()).toEqual(new Set([200]));
    expect(idp.refreshes).toHaveLength(1);
  });

  it('renew it once, although the provider is slower than the wait for a dead process (D9)', async () => {
    idp.beforeRefresh = () => wait(SLOWER_THAN_THE_LOCK_MS);
    expect(await askAllAtOnce()).toEqual(new Set([200]));
    expect(idp.refreshes).toHaveLength(1);
  });

  it('continue when the process that renews it is killed (D10)', async () => {
    const [one, two] = servers as [ServerProcess, ServerProcess];
    const asked = new Promise<void>((resolve) => {
      idp.beforeRefresh = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const lost = ask(one).catch(() => 'lost');
    await asked;
    await one.kill();
    expect(await lost).toBe('lost');
    idp.beforeRefresh = undefined;
    // The other takes over once the first one cannot hold an answer any more. Until then everybody goes on.
    while (idp.refreshes.length < 2) {
      expect((await ask(two)).status).toBe(200);
      await wait(200);
    }
    expect(idp.refreshes).toHaveLength(2);
    servers = [two];
  });
});
