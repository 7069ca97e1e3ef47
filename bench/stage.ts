import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signAmiFields, formatAmiTimestamp } from '../src/launch/ami-signature.ts';
import { startIdp } from '../studio/idp/start.ts';
import type { LoggedRequest } from '../studio/site/control/request-log.ts';
import { demoDataset } from '../studio/site/demo/dataset.ts';
import type { Dataset } from '../studio/site/ports.ts';
import { startSite } from '../studio/site/start.ts';
import { BrowserClient } from '../test/support/browser-client.ts';
import { ServerProcess } from './server-process.ts';

const AMI_SECRET = 'an-ami-secret-for-the-bench';
const CLIENT_SECRET = 'a-client-secret-for-the-bench';
const PEOPLE = 100;
const FIRST_PERSON_ID = 9001;

type Rows = Dataset['rows'];

interface StageOptions {
  readonly delayMs: number;
  /** Settings of the server beside those that it needs here. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the server runs; its checkout by default. */
  readonly folder?: string;
  /** Rows of the site; those of the demo by default. */
  readonly rows?: (rows: Rows) => Rows;
  readonly probe?: string;
}

interface Parts {
  readonly site: Awaited<ReturnType<typeof startSite>>;
  readonly idp: Awaited<ReturnType<typeof startIdp>>;
  readonly server: ServerProcess;
  readonly settings: (environment?: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  readonly options: StageOptions & { readonly root: string };
}

/** An emulated site, a real provider, and the whole server as it ships in a process of its own, with many people. */
export class Stage {
  readonly #parts: Parts;
  readonly #others: ServerProcess[] = [];
  readonly server: ServerProcess;
  readonly url: string;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.server = parts.server;
    this.url = parts.server.url;
  }

  /** @param root checkout of the server, with a slash at its end */
  static async open(root: string, options: StageOptions): Promise<Stage> {
    const { delayMs, environment = {}, folder = root, rows = (all) => all, probe } = options;
    let parts: Omit<Parts, 'server' | 'options'> | undefined;
    const server = await ServerProcess.prepare(async (url) => {
      const site = await startSite({ port: 0, dataset: datasetFor(url, rows), delayMs });
      const idp = await startProvider(url);
      const common = settingsOf(site.url, idp.issuer);
      const settings = (more: NodeJS.ProcessEnv = {}) => ({ ...common, ...environment, ...more });
      parts = { site, idp, settings };
      return { root, folder, environment: settings(), probe };
    });
    const stage = new Stage({ ...parts!, server, options: { ...options, root } });
    await server.start().catch(async (error: unknown) => {
      await stage.close();
      throw error;
    });
    return stage;
  }

  /** A second process of the same server, at an address of its own. */
  async another(): Promise<ServerProcess> {
    const { settings, options } = this.#parts;
    const { root, folder = root } = options;
    const other = await ServerProcess.prepare(async () => ({ root, folder, environment: settings() }));
    this.#others.push(other);
    await other.start();
    return other;
  }

  async signIn(login: string): Promise<BrowserClient> {
    const browser = new BrowserClient();
    const page = await browser.get(`${this.url}/auth/login?returnTo=/auth/session`);
    await browser.post(page.url, { form: { login } });
    return browser;
  }

  /** What the site was asked since the last time. */
  async takeSiteCalls(): Promise<readonly LoggedRequest[]> {
    const address = `${this.#parts.site.url}/__studio/requests`;
    const calls = (await (await fetch(address)).json()) as LoggedRequest[];
    await fetch(address, { method: 'DELETE' });
    return calls;
  }

  async close(): Promise<void> {
    const { server, site, idp } = this.#parts;
    await Promise.all([server, ...this.#others].map((each) => each.stop()));
    await Promise.all([site.close(), idp.close()]);
  }
}

export const loginOf = (person: number): string => `person${person}`;

export const logins = (): readonly string[] => Array.from({ length: PEOPLE }, (_, index) => loginOf(index));

/** So that one person can ask as often as the load does. An older checkout does not know all of these settings. */
export function manyRequests(root: string): NodeJS.ProcessEnv {
  const known = readFileSync(`${root}docs/settings.md`, 'utf8');
  const wanted = {
    SHOTGRAPH_GRAPHQL_REQUESTS_PER_MINUTE: '100000',
    SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '1000000',
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => known.includes(`\`${name}\``)));
}

interface LaunchOf {
  /** Place of the person among all; the first one by default. */
  readonly person?: number;
  readonly ids: readonly number[];
  readonly selectedIds: readonly number[];
}

/** A signed post of the menu item `review`, as the site makes it. */
export function launchForm({ person = 0, ids, selectedIds }: LaunchOf): Record<string, string> {
  const fields = {
    user_id: String(FIRST_PERSON_ID + person),
    user_login: loginOf(person),
    entity_type: 'Version',
    selected_ids: selectedIds.join(','),
    ids: ids.join(','),
    // Two equal posts of one second would count as a replay.
    title: randomBytes(8).toString('hex'),
    session_uuid: `d8592bd6-fc41-11e1-b2c5-${randomBytes(6).toString('hex')}`,
    timestamp: formatAmiTimestamp(Date.now()),
  };
  return { ...fields, signature: signAmiFields(Object.entries(fields), AMI_SECRET) };
}

function datasetFor(url: string, change: (rows: Rows) => Rows): Dataset {
  const dataset = demoDataset({ bffUrl: url });
  const mira = dataset.rows['HumanUser']?.find(({ login }) => login === 'mira');
  const crowd = logins().map((login, index) => ({
    ...mira,
    id: FIRST_PERSON_ID + index,
    login,
    email: `${login}@x.example`,
  }));
  const people = [...(dataset.rows['HumanUser'] ?? []), ...crowd];
  return { ...dataset, rows: change({ ...dataset.rows, HumanUser: people }) };
}

const startProvider = (url: string) =>
  startIdp({
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

const settingsOf = (siteUrl: string, issuer: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  SHOTGRAPH_ENVIRONMENT: 'development',
  SHOTGRAPH_LOGINS_PER_MINUTE: '10000',
  SHOTGRAPH_PLAN_SHOWN: 'off',
  SHOTGRAPH_SITE_URL: siteUrl,
  SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
  SHOTGRAPH_SITE_SCRIPT_KEY: 'demo-script-key',
  SHOTGRAPH_OIDC_ISSUER: issuer,
  SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
  SHOTGRAPH_OIDC_CLIENT_SECRET: CLIENT_SECRET,
  SHOTGRAPH_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
  SHOTGRAPH_AMI_SECRET_REVIEW: AMI_SECRET,
  SHOTGRAPH_SYSTEM_FARM_URL: 'http://127.0.0.1:9',
  SHOTGRAPH_SYSTEM_TIMESHEETS_URL: 'http://127.0.0.1:9',
});
