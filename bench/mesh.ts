import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedRequest } from '../studio/site/control/request-log.ts';
import { launchOf } from '../test/support/graphql-world.ts';
import { LAUNCH_ID, type Page } from '../test/support/page.ts';
import { PAGES } from '../test/support/pages.ts';
import { PLAN } from '../test/support/plan-settings.ts';
import { type SiteWorld, startSiteWorld } from '../test/support/site-world.ts';
import { MESH_PAGES } from './mesh-pages.ts';
import { launchedIds } from './pages.ts';
import type { Effort, PartReport } from './report/report.ts';
import { median, round, table } from './table.ts';

const DELAY_MS = 300;
const LOOPBACK = '127.0.0.1';
const START_LIMIT_MS = 60_000;

interface Cost {
  readonly calls: number;
  readonly waves: number;
  readonly seconds: number;
}

/** Our calls, waves and seconds beside those of the Hive gateway, over one emulated site. Installs the gateway when it is not there. */
export async function benchMesh({ isQuick, root }: Effort): Promise<PartReport> {
  const folder = join(root, 'bench/mesh');
  if (!existsSync(join(folder, 'node_modules')))
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--silent']);
  const world = await startSiteWorld({ plan: PLAN }, { delayMs: DELAY_MS });
  const scratch = await mkdtemp(join(tmpdir(), 'shotgraph-mesh-'));
  try {
    const gateway = await startGateway(folder, join(scratch, 'supergraph.graphql'), world.siteUrl);
    try {
      return { text: await compare(world, gateway.url, isQuick ? 3 : 5) };
    } finally {
      if (gateway.process.kill()) await once(gateway.process, 'exit');
    }
  } finally {
    await world.close();
    await rm(scratch, { recursive: true });
  }
}

async function compare(world: SiteWorld, gatewayUrl: string, times: number): Promise<string> {
  const ids = launchedIds(world.dataset);
  world.launches.set('mira', [launchOf(LAUNCH_ID, { selectedIds: ids, ids })]);
  const authorization = `Bearer ${await mint(world.siteUrl)}`;
  const rows = [];
  for (const { name, query, variables, deepest } of MESH_PAGES) {
    const page = PAGES.find((candidate) => candidate.name === name);
    if (page === undefined) throw new Error(`There is no page ${name}.`);
    const ours = await cost(world, times, () => askOurs(world, page));
    const mesh = await cost(world, times, async () => {
      const answer = await fetch(gatewayUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables: variables(ids) }),
      });
      const text = await answer.text();
      if (!text.includes(deepest) || text.includes('"errors"')) throw new Error(`${name}: ${text}`);
    });
    const cells = [ours, mesh].flatMap(({ waves, calls, seconds }) => [
      `${waves} / ${calls}`,
      round(seconds),
    ]);
    rows.push([page.story, `${page.waves} / ${page.calls}`, ...cells]);
  }
  const head = ['page', 'least', 'ours', 'p50 s', 'gateway', 'p50 s'];
  return `Waves / calls at the site, and seconds until the answer. A call takes ${DELAY_MS} ms.\n\n${table(head, rows)}`;
}

async function askOurs(world: SiteWorld, page: Page): Promise<void> {
  const { errors } = await world.ask(page.query, { variables: page.variables ?? {} });
  if (errors.length > 0) throw new Error(`${page.name}: ${JSON.stringify(errors)}`);
}

/** Calls and waves of the last time, the median of the seconds; a first time warms up and does not count. */
async function cost(world: SiteWorld, times: number, ask: () => Promise<void>): Promise<Cost> {
  const seconds: number[] = [];
  await ask();
  for (let time = 0; time < times; time += 1) {
    await world.control('DELETE', 'requests');
    const beforeMs = performance.now();
    await ask();
    seconds.push((performance.now() - beforeMs) / 1000);
  }
  const calls = (await world.control('GET', 'requests')) as readonly LoggedRequest[];
  return { calls: calls.length, waves: wavesOf(calls), seconds: median(seconds) };
}

/** A call that starts when one of the wave has ended begins the next wave. */
function wavesOf(calls: readonly LoggedRequest[]): number {
  let waves = 0;
  let firstEndMs = 0;
  for (const { startedAtMs, ms } of calls) {
    const isNext = startedAtMs >= firstEndMs;
    if (isNext) waves += 1;
    firstEndMs = isNext ? startedAtMs + Math.floor(ms) : Math.min(firstEndMs, startedAtMs + Math.floor(ms));
  }
  return waves;
}

async function mint(siteUrl: string): Promise<string> {
  const minted = await fetch(`${siteUrl}/api/v1/auth/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: 'shotgraph',
      client_secret: 'demo-script-key',
      grant_type: 'client_credentials',
      scope: 'sudo_as_login:mira',
    }),
  });
  return ((await minted.json()) as { access_token: string }).access_token;
}

async function startGateway(folder: string, supergraph: string, siteUrl: string) {
  const bin = (name: string): string => join(folder, 'node_modules/.bin', name);
  execFileSync(process.execPath, [bin('mesh-compose'), '-c', 'mesh.config.js', '-o', supergraph], {
    cwd: folder,
    stdio: 'pipe',
    env: { SITE_API: `${siteUrl}/api/v1` },
  });
  const port = await freePort();
  const options = ['--port', String(port), '--host', LOOPBACK, '--fork', '1'];
  const child = spawn(process.execPath, [bin('hive-gateway'), 'supergraph', supergraph, ...options], {
    cwd: folder,
    stdio: 'ignore',
    env: {},
  });
  const origin = `http://${LOOPBACK}:${port}`;
  await untilReady(child, `${origin}/readiness`);
  return { process: child, url: `${origin}/graphql` };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const lastMs = performance.now() + START_LIMIT_MS;
  while (child.exitCode === null && performance.now() < lastMs) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  child.kill();
  throw new Error('The gateway did not start: run hive-gateway in bench/mesh by hand to see why.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
