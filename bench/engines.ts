import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import { startSite } from '../studio/site/start.ts';
import { ENGINE_QUERY } from './engine-page.ts';
import { ask, load } from './load.ts';
import type { Figures } from './report/goals.ts';
import type { Effort, PartReport } from './report/report.ts';
import { manyRequests, Stage } from './stage.ts';
import { median, round, table } from './table.ts';

const OWN = ['shipped', 'ours', 'ours-site', 'apollo-sdl', 'apollo-fetch', 'http-json'] as const;
const PEERS = ['yoga', 'mercurius-jit'] as const;
const CONNECTIONS = 8;
const PAGES = 1500;
const QUICK_PAGES = 1000;
/** Of a checkout that is built. */
const ENTRY = 'dist/bench/bench/engine-server.js';
/** Servers of ours that are measured beside those of another checkout. */
const COMPARED = ['shipped', 'ours', 'ours-site'] as const;
const LOAD_ENTRY = fileURLToPath(new URL('load-child.js', import.meta.url));

interface Measured {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly megabytes: number;
}

/** CPU of one page of 50 rows, per server: each in a process of its own, in turns, medians of the rounds. */
export async function benchEngines({ isQuick, root, beside }: Effort): Promise<PartReport> {
  const peersFile = `${root}bench/peers/peers.js`;
  const hasPeers = existsSync(`${root}bench/peers/node_modules`);
  const [here, there] = [checkoutOf(root, HERE), checkoutOf(beside ?? '', 'there')];
  const variants =
    beside === undefined
      ? [...OWN, ...(hasPeers ? PEERS : [])].map((kind) => ({ kind, checkout: here }))
      : COMPARED.flatMap((kind) => [
          { kind, checkout: here },
          { kind, checkout: there },
        ]);
  const site = await startSite({ port: 0, dataset: demoDataset() });
  const results = new Map<string, Measured[]>();
  const rounds = beside === undefined ? 3 : 5;
  const pages = isQuick ? QUICK_PAGES : PAGES;
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [index] of variants.entries()) {
      const { kind, checkout } = variants[(index + turn) % variants.length]!;
      const measured =
        kind === 'shipped'
          ? await measureShipped(checkout, pages)
          : await measure(checkout, [kind, site.url, pathToFileURL(peersFile).href], pages);
      const name = nameOf(kind, checkout);
      results.set(name, [...(results.get(name) ?? []), measured]);
    }
  }
  await site.close();
  const intro = `Medians of ${rounds} rounds in turns, each of ${pages} pages after ${pages} to warm up.`;
  if (beside !== undefined) return { text: `${intro}\n\n${compared(results, here, there)}` };
  const missing = hasPeers
    ? ''
    : '\n\nYoga and Mercurius were left out: `npm ci --prefix bench/peers` installs them.';
  return { text: `${intro}\n\n${allServers(results)}${missing}`, figures: figuresOf(results) };
}

type Results = ReadonlyMap<string, readonly Measured[]>;

const medianOf = (results: Results, name: string, pick: (one: Measured) => number): number =>
  median((results.get(name) ?? []).map(pick));
const cpuOf = (results: Results, name: string): number =>
  medianOf(results, name, ({ cpuMicros }) => cpuMicros);

function allServers(results: Results): string {
  const rows = [...results.keys()].toSorted(inOrder).map((name) => {
    const cpu = cpuOf(results, name);
    return [
      name,
      round(cpu, 0),
      round(cpu / cpuOf(results, 'apollo-sdl')),
      round(cpu / cpuOf(results, 'apollo-fetch')),
      round(
        medianOf(results, name, ({ perSecond }) => perSecond),
        0,
      ),
      round(
        medianOf(results, name, ({ megabytes }) => megabytes),
        0,
      ),
    ];
  });
  return table(
    ['server', 'CPU us per page', 'CPU / apollo-sdl', 'CPU / apollo-fetch', 'pages/s', 'RSS MB'],
    rows,
  );
}

const inOrder = (one: string, other: string): number => placeOf(one) - placeOf(other);
const placeOf = (name: string): number => [...OWN, ...PEERS].findIndex((kind) => kind === name);

const figuresOf = (results: Results): Figures => ({
  'shipped / apollo-sdl': round(cpuOf(results, 'shipped') / cpuOf(results, 'apollo-sdl')),
  'shipped / apollo-fetch': round(cpuOf(results, 'shipped') / cpuOf(results, 'apollo-fetch')),
});

/** The same servers of two checkouts. */
function compared(results: Results, here: Checkout, there: Checkout): string {
  const rows = COMPARED.map((kind) => {
    const [now, other] = [here, there].map((checkout) => cpuOf(results, nameOf(kind, checkout)));
    return [kind, round(now ?? 0, 0), round(other ?? 0, 0), round((now ?? 0) / (other ?? 0))];
  });
  return table(['server', 'CPU us per page here', 'there', 'here / there'], rows);
}

interface Checkout {
  readonly name: string;
  readonly root: string;
}

const HERE = 'here';
const checkoutOf = (root: string, name: string): Checkout => ({ root, name });
const nameOf = (kind: string, { name }: Checkout): string => (name === HERE ? kind : `${kind} ${name}`);

/** The real command with its defaults, but for the number of requests that one person may make. */
async function measureShipped({ root }: Checkout, pages: number): Promise<Measured> {
  const stage = await Stage.open(root, { delayMs: 0, environment: manyRequests(root) });
  try {
    const browser = await stage.signIn('person0');
    const cookie = browser.cookieHeader(stage.url);
    const target = { url: `${stage.url}/graphql`, body: JSON.stringify({ query: ENGINE_QUERY }), cookie };
    const agent = new Agent();
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    assertPage('shipped', (await ask(agent, { ...target, headers })).text);
    agent.destroy();
    await loadFromAside(target, pages);
    const before = await stage.server.cpuSeconds();
    const seconds = await loadFromAside(target, pages);
    const cpuMicros = (1e6 * ((await stage.server.cpuSeconds()) - before)) / pages;
    return { cpuMicros, perSecond: pages / seconds, megabytes: await stage.server.megabytes() };
  } finally {
    await stage.close();
  }
}

function assertPage(kind: string, text: string): void {
  const { data } = JSON.parse(text) as { data?: { versions?: { nodes?: unknown[] } } };
  if (data?.versions?.nodes?.length !== 50) throw new Error(`${kind} gives no page: ${text.slice(0, 300)}`);
}

async function measure(
  { root }: Checkout,
  [kind = '', ...args]: readonly string[],
  pages: number,
): Promise<Measured> {
  const child = fork(`${root}${ENTRY}`, [kind, ...args], {
    execArgv: ['--min-semi-space-size=16'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const target = { url: `http://127.0.0.1:${port}/graphql`, body: JSON.stringify({ query: ENGINE_QUERY }) };
    const [first] = await load(target, 1, 1);
    assertPage(kind, first?.text ?? '{}');
    // As many for each server, not as long: what V8 has made of the code by then depends on how often it ran.
    await loadFromAside(target, pages);
    const before = await usage(child);
    const seconds = await loadFromAside(target, pages);
    const after = await usage(child);
    return {
      cpuMicros: (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / pages,
      perSecond: pages / seconds,
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
