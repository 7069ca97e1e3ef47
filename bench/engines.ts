import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import { startSite } from '../studio/site/start.ts';
import { ENGINE_QUERY } from './engine-page.ts';
import { ask, load } from './load.ts';
import { Stage } from './stage.ts';
import { median, round, table } from './table.ts';

const OWN = ['shipped', 'ours', 'ours-site', 'apollo-sdl', 'apollo-fetch', 'http-json'] as const;
const PEERS = ['yoga', 'mercurius-jit'] as const;
const CONNECTIONS = 8;
const WARM_UP_REQUESTS = 3000;
const ENTRY = fileURLToPath(new URL('engine-server.js', import.meta.url));
const LOAD_ENTRY = fileURLToPath(new URL('load-child.js', import.meta.url));

interface Measured {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly megabytes: number;
}

/** CPU of one page of 50 rows, per server: each in a process of its own, in turns, medians of the rounds. */
export async function benchEngines(isQuick: boolean, root: string): Promise<string> {
  const peersFile = `${root}bench/peers/peers.js`;
  const hasPeers = existsSync(`${root}bench/peers/node_modules`);
  const kinds = [...OWN, ...(hasPeers ? PEERS : [])];
  const site = await startSite({ port: 0, dataset: demoDataset() });
  const results = new Map<string, Measured[]>();
  const rounds = isQuick ? 1 : 3;
  for (let turn = 0; turn < rounds; turn += 1) {
    const order = kinds.map((_, index) => kinds[(index + turn) % kinds.length] ?? '');
    for (const kind of order) {
      const requests = isQuick ? 1000 : 3000;
      const measured =
        kind === 'shipped'
          ? await measureShipped(root, requests)
          : await measure(kind, [site.url, pathToFileURL(peersFile).href], requests);
      results.set(kind, [...(results.get(kind) ?? []), measured]);
    }
  }
  await site.close();
  const of = (kind: string, pick: (one: Measured) => number): number =>
    median((results.get(kind) ?? []).map(pick));
  const base = of('apollo-sdl', ({ cpuMicros }) => cpuMicros);
  const rows = kinds.map((kind) => {
    const cpu = of(kind, ({ cpuMicros }) => cpuMicros);
    return [
      kind,
      round(cpu, 0),
      round(cpu / base),
      round(
        of(kind, ({ perSecond }) => perSecond),
        0,
      ),
      round(
        of(kind, ({ megabytes }) => megabytes),
        0,
      ),
    ];
  });
  const missing = hasPeers
    ? ''
    : '\n\nYoga and Mercurius were left out: `npm ci --prefix bench/peers` installs them.';
  return `${table(['server', 'CPU us per page', 'CPU / apollo-sdl', 'pages/s', 'RSS MB'], rows)}${missing}`;
}

/** The real command with its defaults, but for the number of requests that one person may make. */
async function measureShipped(root: string, requests: number): Promise<Measured> {
  const environment = {
    SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '100000',
    SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '1000000',
  };
  const stage = await Stage.open(root, { delayMs: 0, environment });
  try {
    const browser = await stage.signIn('person0');
    const cookie = browser.cookieHeader(stage.url);
    const target = { url: `${stage.url}/graphql`, body: JSON.stringify({ query: ENGINE_QUERY }), cookie };
    const agent = new Agent();
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    assertPage('shipped', (await ask(agent, { ...target, headers })).text);
    agent.destroy();
    await loadFromAside(target, WARM_UP_REQUESTS);
    const before = await stage.cpuSeconds();
    const seconds = await loadFromAside(target, requests);
    const cpuMicros = (1e6 * ((await stage.cpuSeconds()) - before)) / requests;
    return { cpuMicros, perSecond: requests / seconds, megabytes: await stage.megabytes() };
  } finally {
    await stage.close();
  }
}

function assertPage(kind: string, text: string): void {
  const { data } = JSON.parse(text) as { data?: { versions?: { nodes?: unknown[] } } };
  if (data?.versions?.nodes?.length !== 50) throw new Error(`${kind} gives no page: ${text.slice(0, 300)}`);
}

async function measure(kind: string, args: readonly string[], requests: number): Promise<Measured> {
  const child = fork(ENTRY, [kind, ...args], {
    execArgv: ['--min-semi-space-size=16'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const target = { url: `http://127.0.0.1:${port}/graphql`, body: JSON.stringify({ query: ENGINE_QUERY }) };
    const [first] = await load(target, 1, 1);
    assertPage(kind, first?.text ?? '{}');
    // As many for each server, not as long: what V8 has made of the code by then depends on how often it ran.
    await loadFromAside(target, WARM_UP_REQUESTS);
    const before = await usage(child);
    const seconds = await loadFromAside(target, requests);
    const after = await usage(child);
    return {
      cpuMicros: (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / requests,
      perSecond: requests / seconds,
      megabytes: after.rss / 1e6,
    };
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

/** @returns seconds that it took */
async function loadFromAside(
  { url, body, cookie = '' }: { readonly url: string; readonly body: string; readonly cookie?: string },
  requests: number,
): Promise<number> {
  const args = [url, body, String(requests), String(CONNECTIONS), cookie];
  const child = fork(LOAD_ENTRY, args, { execArgv: [] });
  const exited = once(child, 'exit');
  const answer = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  await exited;
  if (answer === undefined) throw new Error('The load could not be sent.');
  return (answer[0] as { seconds: number }).seconds;
}

interface Usage {
  readonly cpu: NodeJS.CpuUsage;
  readonly rss: number;
}

async function usage(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [answer] = (await once(child, 'message')) as [Usage];
  return answer;
}
