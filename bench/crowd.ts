import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { signAmiFields, formatAmiTimestamp } from '../src/launch/ami-signature.ts';
import { startIdp } from '../studio/idp/start.ts';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import { startSite } from '../studio/site/start.ts';
import { BrowserClient } from '../test/support/browser-client.ts';
import { freePort } from '../test/support/free-port.ts';
import { ask, type Sample } from './load.ts';
import { percentile, round, table } from './table.ts';

const AMI_SECRET = 'an-ami-secret-for-the-bench';
const CLIENT_SECRET = 'a-client-secret-for-the-bench';
const PEOPLE = 100;
const MANY_IDS = 20_000;
const POLL_MS = 100;
const SITE_DELAY_MS = 300;

const PAGE = JSON.stringify({
  query: `{ versions(first: 50, sort: [{ field: ID, direction: DESC }]) {
    nodes { id code sgStatusList createdAt entity { id type name } sgTask { id name } user { id type name } } } }`,
});

interface Parts {
  readonly site: Awaited<ReturnType<typeof startSite>>;
  readonly idp: Awaited<ReturnType<typeof startIdp>>;
  readonly bff: ChildProcess;
  readonly url: string;
  readonly metricsUrl: string;
}

/** The whole server in a process of its own, with many people of the site. */
class Stage {
  readonly #site: Awaited<ReturnType<typeof startSite>>;
  readonly #idp: Awaited<ReturnType<typeof startIdp>>;
  readonly #bff: ChildProcess;
  readonly #metricsUrl: string;
  readonly url: string;

  private constructor({ site, idp, bff, url, metricsUrl }: Parts) {
    this.#site = site;
    this.#idp = idp;
    this.#bff = bff;
    this.#metricsUrl = metricsUrl;
    this.url = url;
  }

  static async open(root: string): Promise<Stage> {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const url = `http://localhost:${port}`;
    const dataset = demoDataset({ bffUrl: url });
    const mira = dataset.rows['HumanUser']?.find(({ login }) => login === 'mira');
    const crowd = logins().map((login, index) => ({
      ...mira,
      id: 9001 + index,
      login,
      email: `${login}@x.example`,
    }));
    const people = [...(dataset.rows['HumanUser'] ?? []), ...crowd];
    const rows = { ...dataset.rows, HumanUser: people };
    const site = await startSite({ port: 0, dataset: { ...dataset, rows }, delayMs: SITE_DELAY_MS });
    const idp = await startIdp({
      port: 0,
      people: logins().map((login) => ({
        login,
        name: login,
        email: `${login}@x.example`,
        subject: `sub-${login}`,
      })),
      clients: [
        {
          clientId: 'shotgraph',
          clientSecret: CLIENT_SECRET,
          redirectUris: [`${url}/auth/callback`],
          postLogoutRedirectUris: [`${url}/`],
        },
      ],
    });
    const bff = spawn(process.execPath, ['--min-semi-space-size=16', `${root}dist/src/main.js`, 'start'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        SHOTGRAPH_ENVIRONMENT: 'development',
        SHOTGRAPH_LOG_LEVEL: 'silent',
        SHOTGRAPH_PUBLIC_URL: url,
        SHOTGRAPH_PORT: String(port),
        SHOTGRAPH_METRICS_PORT: String(metricsPort),
        SHOTGRAPH_LOGINS_PER_MINUTE: '10000',
        SHOTGRAPH_PLAN_SHOWN: 'off',
        SHOTGRAPH_SITE_URL: site.url,
        SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
        SHOTGRAPH_SITE_SCRIPT_KEY: 'demo-script-key',
        SHOTGRAPH_OIDC_ISSUER: idp.issuer,
        SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
        SHOTGRAPH_OIDC_CLIENT_SECRET: CLIENT_SECRET,
        SHOTGRAPH_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
        SHOTGRAPH_AMI_SECRET_REVIEW: AMI_SECRET,
        SHOTGRAPH_SYSTEM_FARM_URL: 'http://127.0.0.1:9',
        SHOTGRAPH_SYSTEM_TIMESHEETS_URL: 'http://127.0.0.1:9',
      },
    });
    const stage = new Stage({ site, idp, bff, url, metricsUrl: `http://localhost:${metricsPort}/metrics` });
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await fetch(`${url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return stage;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error('The server did not become ready.');
  }

  async megabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#bff.pid}/status`, 'utf8');
    return round(Number(/^VmRSS:\s*(?<kib>\d+)/mu.exec(status)?.groups?.['kib']) / 1000, 0);
  }

  /** What the server says of the searches so far: their mean time at the site, and that of their waiting before. */
  async searchTimes(): Promise<{ readonly siteMs: number; readonly waitMs: number }> {
    const text = await (await fetch(this.#metricsUrl)).text();
    const sumOf = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}\\{kind="search"[^}]*\\} (?<value>\\S+)`, 'gmu'))]
        .map(({ groups }) => Number(groups?.['value']))
        .reduce((sum, value) => sum + value, 0);
    const meanOf = (name: string): number => (1000 * sumOf(`${name}_sum`)) / sumOf(`${name}_count`);
    return { siteMs: meanOf('shotgraph_site_call_seconds'), waitMs: meanOf('shotgraph_site_wait_seconds') };
  }

  async signIn(login: string): Promise<BrowserClient> {
    const browser = new BrowserClient();
    const page = await browser.get(`${this.url}/auth/login?returnTo=/auth/session`);
    await browser.post(page.url, { form: { login } });
    return browser;
  }

  async close(): Promise<void> {
    const ended = once(this.#bff, 'exit');
    this.#bff.kill('SIGTERM');
    await ended;
    await Promise.all([this.#site.close(), this.#idp.close()]);
  }
}

const logins = (): readonly string[] => Array.from({ length: PEOPLE }, (_, index) => `person${index}`);

/** 100 people who look at a page and then at the next; and a launch of 20,000 ids. */
export async function benchCrowd(isQuick: boolean, root: string): Promise<string> {
  const stage = await Stage.open(root);
  try {
    const before = await stage.megabytes();
    const browsers: BrowserClient[] = [];
    for (const login of logins().slice(0, isQuick ? 20 : PEOPLE)) browsers.push(await stage.signIn(login));
    const signedIn = await stage.megabytes();
    const samples = await work(stage, browsers, isQuick ? 3000 : 60_000);
    const times = samples.map(({ ms }) => ms);
    const { siteMs, waitMs } = await stage.searchTimes();
    const refused = samples.filter(({ status, text }) => status !== 200 || text.includes('"errors"')).length;
    const crowd = table(
      [
        ...['people', 'pages', 'errors', 'p50 ms', 'p50 / site', 'p99 ms', 'mean site ms', 'mean wait ms'],
        ...['RSS MB at the start', 'signed in', 'at the end'],
      ],
      [
        [
          browsers.length,
          samples.length,
          refused,
          round(percentile(times, 0.5), 0),
          round(percentile(times, 0.5) / SITE_DELAY_MS, 2),
          round(percentile(times, 0.99), 0),
          round(siteMs, 0),
          round(waitMs, 1),
          before,
          signedIn,
          await stage.megabytes(),
        ],
      ],
    );
    return `${crowd}\n\nDefault settings. Each waits 2 seconds between two pages; ShotGrid takes 300 ms of each.\n\n${await launchOfMany(stage)}`;
  } finally {
    await stage.close();
  }
}

async function work(
  stage: Stage,
  browsers: readonly BrowserClient[],
  forMs: number,
): Promise<readonly Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: browsers.length });
  const endsAtMs = Date.now() + forMs;
  const samples: Sample[] = [];
  await Promise.all(
    browsers.map(async (browser, index) => {
      const headers = { cookie: browser.cookieHeader(stage.url), 'sec-fetch-site': 'same-origin' };
      await new Promise((resolve) => setTimeout(resolve, (index / browsers.length) * 2000));
      while (Date.now() < endsAtMs) {
        samples.push(await ask(agent, { url: `${stage.url}/graphql`, body: PAGE, headers }));
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }),
  );
  agent.destroy();
  return samples;
}

async function launchOfMany(stage: Stage): Promise<string> {
  const browser = await stage.signIn('person0');
  const ids = Array.from({ length: MANY_IDS }, (_, index) => index + 1);
  const fields = {
    user_id: '9001',
    user_login: 'person0',
    entity_type: 'Version',
    selected_ids: ids.slice(0, 50).join(','),
    ids: ids.join(','),
    timestamp: formatAmiTimestamp(Date.now()),
  };
  const form = { ...fields, signature: signAmiFields(Object.entries(fields), AMI_SECRET) };
  const before = await stage.megabytes();
  const startedAt = performance.now();
  const page = await browser.post(`${stage.url}/ami/review`, { form, from: 'cross-site' });
  const openedMs = performance.now() - startedAt;
  const launch = new URL(page.url).searchParams.get('launch');
  const query = `{ launch(id: "${launch ?? ''}") { idCount selectedCount ids(first: 5000, offset: 15000) selected { id ... on Version { code } } } }`;
  const askedAt = performance.now();
  const answer = await browser.post(`${stage.url}/graphql`, { json: { query }, from: 'same-origin' });
  const askedMs = performance.now() - askedAt;
  const { data } = JSON.parse(answer.body) as { data?: { launch?: { idCount: number; ids: unknown[] } } };
  if (data?.launch?.idCount !== MANY_IDS || data.launch.ids.length !== 5000)
    throw new Error(answer.body.slice(0, 300));
  return table(
    ['launch', 'opened in ms', 'query of it ms', 'RSS MB before', 'after'],
    [[`${MANY_IDS} ids`, round(openedMs, 0), round(askedMs, 0), before, await stage.megabytes()]],
  );
}
