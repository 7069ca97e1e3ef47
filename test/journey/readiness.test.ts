import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { App } from '../../src/http/runnable.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { FakeIdp } from '../support/fake-idp.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { CANARIES, environmentOf } from '../support/studio.ts';

interface Ready {
  readonly ready: boolean;
  readonly at: string;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly since: string;
    readonly reason?: string;
  }[];
}

const SECOND_MS = 1000;
const TOKEN = '/api/v1/auth/access_token';
const REFUSED_KEY = JSON.stringify({
  errors: [{ id: 'x', status: 400, code: 102, title: "Can't authenticate script 'shotgraph'", source: null }],
});

let offsetMs = 0;
/** The time stands still where it is set. */
let frozenMs: number | undefined;
let redis: TestRedis;
let idp: FakeIdp;
let site: Awaited<ReturnType<typeof startSite>>;
let folder: string;
let keyFile: string;
let app: App;
let logLines: string[];

/** Nobody has asked this server anything. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotgraph-key-'));
  keyFile = join(folder, 'script-key');
  await writeFile(keyFile, `${CANARIES.scriptKey}\n`);
  redis = await startRedis();
  idp = new FakeIdp();
  await idp.start();
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  site = await startSite({ port: 0, dataset: demoDataset({ bffUrl }) });
  const places = { bffUrl, bffPort, siteUrl: site.url, storageUrl: site.storageUrl, issuer: idp.issuer };
  const { SHOTGRAPH_SITE_SCRIPT_KEY: _, ...environment } = environmentOf(places);
  const config = await loadConfig({
    ...environment,
    SHOTGRAPH_STORE_URL: redis.url,
    SHOTGRAPH_SITE_SCRIPT_KEY_FILE: keyFile,
  });
  logLines = [];
  app = await createApp(config, {
    clock: { now: () => (frozenMs ?? Date.now()) + offsetMs },
    logger: createLogger({ level: 'debug', write: (line) => logLines.push(line) }),
  });
  await app.start();
  // It connects to Redis in the background.
  await until(async () => (await look()).ready);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([site.close(), idp.stop(), redis.stop(), rm(folder, { recursive: true })]);
});
afterEach(async () => {
  idp.fault = frozenMs = undefined;
  redis.resume();
  await redis.empty();
  await redis.promote();
  await control('DELETE');
  await until(async () => (await look()).ready);
});

const control = (method: string, body?: object): Promise<Response> =>
  fetch(`${site.url}/__studio/faults`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** What is told is not older than the question. */
async function look(): Promise<Ready> {
  offsetMs += SECOND_MS;
  return (await (await fetch(`${app.url}/readyz`)).json()) as Ready;
}
const reasons = ({ checks }: Ready): Record<string, string | undefined> =>
  Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, reason }) => [name, reason]));

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come to that.');
}

describe('readiness, before the first visitor', () => {
  it('reports its time, and since when each part is available', async () => {
    const first = await look();
    const second = await look();
    expect(first.checks.map(({ name }) => name)).toEqual(['identity provider', 'site', 'store', 'clock']);
    expect(Date.parse(second.at)).toBeGreaterThan(Date.parse(first.at));
    expect(second.checks).toEqual(first.checks);
  });

  it('detects a killed provider, reports since when, and detects its return', async () => {
    const before = await look();
    const { port } = new URL(idp.issuer);
    await idp.stop();
    const lost = await look();
    expect([lost.ready, reasons(lost)]).toEqual([false, { 'identity provider': 'IDP_UNAVAILABLE' }]);
    const later = await look();
    expect(later.checks[0]?.since).toBe(lost.at);
    expect(later.checks[1]?.since).toBe(before.checks[1]?.since);
    await idp.start(Number(port));
    const back = await look();
    expect([back.ready, back.checks[0]?.since]).toEqual([true, back.at]);
  });

  it.each([
    ['full', () => redis.fill()],
    ['a replica', () => redis.demote()],
  ])('detects that Redis is %s, although it answers', async (_, stopWrites) => {
    await stopWrites();
    expect(reasons(await look())).toEqual({ store: 'UNAVAILABLE' });
  });

  it('detects a script key that ShotGrid no longer accepts', async () => {
    await control('POST', {
      match: { path: TOKEN },
      ...{ status: 400, body: REFUSED_KEY, contentType: 'application/json' },
    });
    expect(reasons(await look())).toEqual({ site: 'UPSTREAM_AUTH' });
    expect(logLines.filter((line) => line.includes('shotgrid script refused'))).toHaveLength(1);
  });

  it('reads a new key from its file without a restart, and keeps the old one where the file is invalid', async () => {
    await writeFile(keyFile, 'another-key-of-the-script\n');
    app.reload();
    expect(reasons(await look())).toEqual({ site: 'UPSTREAM_AUTH' });
    await writeFile(keyFile, `${CANARIES.scriptKey}\r\n`);
    app.reload();
    expect((await look()).ready).toBe(true);
    await writeFile(keyFile, 'short');
    app.reload();
    expect((await look()).ready).toBe(true);
    await rm(keyFile);
    app.reload();
    expect((await look()).ready).toBe(true);
    const unusable = logLines.filter((line) => line.includes('site.script_key_unusable'));
    expect(unusable).toHaveLength(2);
    expect(logLines.join('')).not.toContain('another-key');
  });

  it('answers although everything hangs, and names what hangs', async () => {
    idp.fault = () => true;
    redis.pause();
    await control('POST', { match: { path: '/api' }, delayMs: 60_000 });
    const { ready, checks } = await look();
    expect([ready, checks.map(({ ok }) => ok)]).toEqual([false, [false, false, false, true]]);
    for (const { reason } of checks.filter(({ ok }) => !ok)) expect(reason).toMatch(/TIMEOUT/u);
  });

  it('is checked once for concurrent requests, and at most once a second', async () => {
    let asked = 0;
    idp.fault = () => {
      asked += 1;
      return false;
    };
    offsetMs += SECOND_MS;
    frozenMs = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(`${app.url}/readyz`)).json()),
    );
    expect(new Set(answers.map((answer) => (answer as Ready).at)).size).toBe(1);
    expect(asked).toBe(1);
    await look();
    expect(asked).toBe(2);
  });
});
