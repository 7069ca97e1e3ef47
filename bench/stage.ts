import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { startIdp } from '../studio/idp/start.ts';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import { startSite } from '../studio/site/start.ts';
import { BrowserClient } from '../test/support/browser-client.ts';
import { freePort } from '../test/support/free-port.ts';
import { round } from './table.ts';

export const AMI_SECRET = 'an-ami-secret-for-the-bench';
const CLIENT_SECRET = 'a-client-secret-for-the-bench';
export const PEOPLE = 100;
const POLL_MS = 10;
/** Of Linux, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Parts {
  readonly site: Awaited<ReturnType<typeof startSite>>;
  readonly idp: Awaited<ReturnType<typeof startIdp>>;
  readonly bff: ChildProcess;
  readonly url: string;
  readonly metricsUrl: string;
}

interface StageOptions {
  readonly delayMs: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly folder?: string;
}

/** The whole server as it ships, in a process of its own, with many people of the site. */
export class Stage {
  readonly #site: Awaited<ReturnType<typeof startSite>>;
  readonly #idp: Awaited<ReturnType<typeof startIdp>>;
  readonly #bff: ChildProcess;
  readonly #metricsUrl: string;
  readonly url: string;
  /** From the start of the process to the first `GET /readyz` that says yes. */
  readyMs = 0;

  private constructor({ site, idp, bff, url, metricsUrl }: Parts) {
    this.#site = site;
    this.#idp = idp;
    this.#bff = bff;
    this.#metricsUrl = metricsUrl;
    this.url = url;
  }

  /**
   * @param environment of the server, beside what it needs here
   * @param folder where the server runs; that of the project by default
   */
  static async open(
    root: string,
    { delayMs, environment = {}, folder = root }: StageOptions,
  ): Promise<Stage> {
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
    const site = await startSite({ port: 0, dataset: { ...dataset, rows }, delayMs });
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
    const startedAtMs = performance.now();
    const bff = spawn(process.execPath, ['--min-semi-space-size=16', `${root}dist/src/main.js`, 'start'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        SHOTGRAPH_ENVIRONMENT: 'development',
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
        ...environment,
      },
    });
    const stage = new Stage({
      site,
      idp,
      bff,
      url,
      metricsUrl: `http://localhost:${metricsPort}/metrics`,
    });
    for (let tries = 0; tries < 3000 && bff.exitCode === null; tries += 1) {
      const answer = await fetch(`${url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) {
        stage.readyMs = performance.now() - startedAtMs;
        return stage;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error('The server did not become ready.');
  }

  async megabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#bff.pid}/status`, 'utf8');
    return round(Number(/^VmRSS:\s*(?<kib>\d+)/mu.exec(status)?.groups?.['kib']) / 1000, 0);
  }

  /** CPU of the server so far, as the kernel counts it. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#bff.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
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

export const logins = (): readonly string[] => Array.from({ length: PEOPLE }, (_, index) => `person${index}`);
