import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/http/runnable.ts';
import { createLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Store } from '../../src/store/store.ts';
import { signAmiFields, formatAmiTimestamp } from '../../src/launch/ami-signature.ts';
import { type Idp, type IdpOptions, startIdp } from '../../studio/idp/start.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset, Switches } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { ROOT } from '../rules/source-files.ts';
import type { BrowserClient, Visit } from './browser-client.ts';
import { freePort } from './free-port.ts';

/** Marked secrets: none of them may ever leave the server (G20). */
export const CANARIES = {
  amiSecret: 'canary-ami-secret-4711',
  clientSecret: 'canary-client-secret-4711',
  scriptKey: 'demo-script-key',
} as const;

/** A tool of the pipeline that gets access tokens of its own, for the server as an API. */
export const PIPELINE = {
  clientId: 'pipeline',
  clientSecret: 'a-secret-of-the-pipeline',
  redirectUris: ['http://localhost:9/callback'],
  postLogoutRedirectUris: [],
} as const;
export const FARM_AUDIENCE = 'https://farm.lantern.example';
export const TIMESHEETS_AUDIENCE = 'https://timesheets.lantern.example';
export const LIBRARY_AUDIENCE = 'https://library.lantern.example';
export const API_AUDIENCE = 'https://shotgraph.lantern.example/graphql';

export interface SiteRequest {
  readonly method: string;
  readonly path: string;
  readonly actingAs: string | null;
  readonly status: number;
  readonly startedAtMs: number;
}

export interface GraphqlAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly details?: Record<string, unknown> };
  }[];
}

/** The whole studio in this process, on free ports: emulated site, real OIDC provider, Shotgraph with its real configuration. */
export interface Studio {
  readonly bffUrl: string;
  readonly siteUrl: string;
  readonly issuer: string;
  readonly logLines: readonly string[];
  /** Ids of Versions of project 1 whose artist is Mira and that wait for review. */
  readonly mirasVersionIds: readonly number[];
  /** A signed post of the menu item `review`, as the site's page would make it. */
  amiBody(login: string, selectedIds: readonly number[], changes?: Readonly<Record<string, string>>): string;
  /** Posts a launch, signs in at the provider where asked, and gives the last page. */
  launch(browser: BrowserClient, login: string, selectedIds: readonly number[]): Promise<Visit>;
  ask(browser: BrowserClient, query: string, options?: AskOptions): Promise<GraphqlAnswer>;
  siteRequests(): Promise<readonly SiteRequest[]>;
  forgetSiteRequests(): Promise<void>;
  fault(rule: object): Promise<void>;
  clearFaults(): Promise<void>;
  patchPerson(login: string, changes: object): Promise<void>;
  stop(): Promise<void>;
}

type StudioIdpOptions = Pick<IdpOptions, 'bend' | 'cutsOpener' | 'path' | 'people'>;

export interface AskOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly launchId?: string;
}

export interface StudioSiteOptions {
  /** Another site than the demo's. */
  readonly dataset?: Dataset;
  /** How long an event takes to be visible. */
  readonly eventLagMs?: number;
  readonly switches?: Switches;
  /** Clock of the site and of Shotgraph; the provider has its own. */
  readonly now?: () => number;
  /** Shotgraph's; its own by default. */
  readonly store?: Store;
  /** A studio whose site and provider this one uses, as a second server of it. People sign in at the first one. */
  readonly beside?: Studio;
  /** Another identity provider than the demo's, for the server at this address. */
  readonly startProvider?: (bffUrl: string) => Promise<Pick<Idp, 'issuer' | 'close'>>;
  /** What stands between the server and the site, at this address. */
  readonly line?: (siteUrl: string) => Promise<string>;
  /** Fields of every menu item that differ from the demo's. */
  readonly menuItem?: Readonly<Record<string, unknown>>;
}

let posts = 0;

/** @param environment settings that differ from the demo's */
export async function startStudio(
  environment: Readonly<Record<string, string>> = {},
  idpOptions: StudioIdpOptions = {},
  siteOptions: StudioSiteOptions = {},
): Promise<Studio> {
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  const dataset = siteOptions.dataset ?? demoDataset({ bffUrl });
  const { beside } = siteOptions;
  const site = beside === undefined ? await startStudioSite(dataset, siteOptions) : siteOf(beside);
  const startProvider = siteOptions.startProvider ?? ((url) => startStudioIdp(url, idpOptions));
  const idp = beside === undefined ? await startProvider(bffUrl) : idpOf(beside);
  const logLines: string[] = [];
  const siteUrl = (await siteOptions.line?.(site.url)) ?? site.url;
  const places = { bffUrl, bffPort, siteUrl, storageUrl: site.storageUrl, issuer: idp.issuer };
  const app = await startApp({ ...environmentOf(places), ...environment }, logLines, siteOptions).catch(
    async (error: unknown) => {
      await Promise.all([site.close(), idp.close()]);
      throw error;
    },
  );
  const control = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${site.url}/__studio/${path}`, { headers, ...init });
    if (!answer.ok) throw new Error(`/__studio/${path}: ${answer.status}`);
    return answer;
  };
  const amiBody: Studio['amiBody'] = (login, selectedIds, changes = {}) =>
    signedBody(personIdOf(dataset.rows, login), login, selectedIds, {
      timestamp: formatAmiTimestamp((siteOptions.now ?? Date.now)()),
      ...changes,
    });
  return {
    bffUrl,
    siteUrl: site.url,
    issuer: idp.issuer,
    logLines,
    mirasVersionIds: mirasVersions(dataset.rows),
    amiBody,
    async launch(browser, login, selectedIds) {
      const form = amiBody(login, selectedIds);
      const page = await browser.post(`${bffUrl}/ami/review`, { form, from: 'cross-site' });
      const isSignIn = page.url.startsWith(`${idp.issuer}/interaction/`);
      return isSignIn ? browser.post(page.url, { form: { login } }) : page;
    },
    async ask(browser, query, { variables = {}, launchId } = {}) {
      const answer = await browser.post(`${bffUrl}/graphql`, {
        json: { query, variables },
        from: 'same-origin',
        headers: launchId === undefined ? {} : { 'x-shotgraph-launch': launchId },
      });
      return JSON.parse(answer.body) as GraphqlAnswer;
    },
    siteRequests: async () => (await (await control('requests')).json()) as SiteRequest[],
    forgetSiteRequests: async () => void (await control('requests', { method: 'DELETE' })),
    fault: async (rule) => void (await control('faults', { method: 'POST', body: JSON.stringify(rule) })),
    clearFaults: async () => void (await control('faults', { method: 'DELETE' })),
    patchPerson: async (login, changes) =>
      void (await control(`people/${login}`, { method: 'PATCH', body: JSON.stringify(changes) })),
    async stop() {
      await app.stop();
      await Promise.all([site.close(), idp.close()]);
    },
  };
}

/** The demo's provider, which knows the server at this address, a tool of the pipeline and the studio's other systems. */
function startStudioIdp(bffUrl: string, idpOptions: StudioIdpOptions) {
  return startIdp({
    ...idpOptions,
    port: 0,
    clients: [
      {
        clientId: 'shotgraph',
        clientSecret: CANARIES.clientSecret,
        redirectUris: [`${bffUrl}/auth/callback`],
        postLogoutRedirectUris: [`${bffUrl}/`],
        backchannelLogoutUri: `${bffUrl}/auth/backchannel-logout`,
      },
      PIPELINE,
    ],
    apis: [
      { audience: API_AUDIENCE, scope: 'shotgraph' },
      { audience: FARM_AUDIENCE, scope: 'jobs' },
      { audience: LIBRARY_AUDIENCE, scope: 'read' },
      { audience: TIMESHEETS_AUDIENCE, scope: 'hours' },
    ],
  });
}

const siteOf = ({ siteUrl: url }: Studio) => ({ url, storageUrl: '', close: async () => undefined });
const idpOf = ({ issuer }: Studio) => ({ issuer, close: async () => undefined });

async function startApp(
  environment: Readonly<Record<string, string>>,
  logLines: string[],
  { now = Date.now, store }: StudioSiteOptions,
): Promise<App> {
  const app = await createApp(await loadConfig(environment), {
    clock: { now },
    logger: createLogger({ level: 'debug', write: (line) => logLines.push(line) }),
    ...(store !== undefined && { store }),
  });
  await app.start();
  return app;
}

/** The demo's site, whose menu items are signed with the secret of these tests. */
export function startStudioSite(
  dataset: Dataset,
  { menuItem, eventLagMs, switches, now }: StudioSiteOptions,
) {
  const menuItems = (dataset.rows['ActionMenuItem'] ?? []).map((item) => ({
    ...item,
    secret_token: CANARIES.amiSecret,
    ...menuItem,
  }));
  const rows = { ...dataset.rows, ActionMenuItem: menuItems };
  return startSite({
    port: 0,
    dataset: { ...dataset, rows },
    ...(eventLagMs !== undefined && { eventLagMs }),
    ...(switches !== undefined && { switches }),
    ...(now !== undefined && { now }),
  });
}

export interface Places extends Readonly<Record<'bffUrl' | 'siteUrl' | 'storageUrl' | 'issuer', string>> {
  readonly bffPort: number;
}

/** The settings of a demo studio, with secrets that tests look for. */
export function environmentOf(places: Places) {
  return {
    SHOTGRAPH_ENVIRONMENT: 'development',
    SHOTGRAPH_CONFIG: join(ROOT, 'test', 'fixtures', 'nothing-first.yml'),
    SHOTGRAPH_SCHEMA_DIRECTORY: join(ROOT, 'schema', 'site'),
    SHOTGRAPH_PUBLIC_URL: places.bffUrl,
    SHOTGRAPH_PORT: String(places.bffPort),
    SHOTGRAPH_SITE_URL: places.siteUrl,
    SHOTGRAPH_SITE_HOSTS: 'studio.example.com',
    SHOTGRAPH_SITE_STORAGE_ORIGINS: places.storageUrl,
    SHOTGRAPH_SITE_SCRIPT_NAME: 'shotgraph',
    SHOTGRAPH_SITE_SCRIPT_KEY: CANARIES.scriptKey,
    SHOTGRAPH_OIDC_ISSUER: places.issuer,
    SHOTGRAPH_OIDC_CLIENT_ID: 'shotgraph',
    SHOTGRAPH_OIDC_CLIENT_SECRET: CANARIES.clientSecret,
    SHOTGRAPH_ENCRYPTION_KEYS: Buffer.from('a key of 32 bytes for the tests!').toString('base64'),
    SHOTGRAPH_AMI_SECRET_REVIEW: CANARIES.amiSecret,
    // Nothing listens there; tests of the farm give another.
    SHOTGRAPH_SYSTEM_FARM_URL: 'http://127.0.0.1:9',
    SHOTGRAPH_SYSTEM_TIMESHEETS_URL: 'http://127.0.0.1:9',
  };
}

type Rows = ReturnType<typeof demoDataset>['rows'];

function personIdOf(rows: Rows, login: string): number {
  return rows['HumanUser']?.find((person) => person['login'] === login)?.id ?? 999;
}

function mirasVersions(rows: Rows): number[] {
  const mira = personIdOf(rows, 'mira');
  const idOf = (link: unknown): number => (link as { id: number }).id;
  return (rows['Version'] ?? [])
    .filter((row) => idOf(row['user']) === mira && idOf(row['project']) === 1)
    .filter((row) => row['sg_status_list'] === 'rev')
    .filter((row) => (row['entity'] as { type: string }).type === 'Shot')
    .map(({ id }) => id);
}

/** Each post is another one: two equal posts of one second would count as a replay. */
function signedBody(
  personId: number,
  login: string,
  selectedIds: readonly number[],
  changes: Readonly<Record<string, string>>,
): string {
  posts += 1;
  const fields = {
    user_id: String(personId),
    user_login: login,
    title: `All Versions ${posts}`,
    entity_type: 'Version',
    server_hostname: 'studio.example.com',
    referrer_path: '/page/Version',
    page_id: '1353',
    session_uuid: `d8592bd6-fc41-11e1-b2c5-${String(posts).padStart(12, '0')}`,
    cols: 'code,sg_status_list',
    column_display_names: 'Version,Status',
    ids: selectedIds.join(','),
    selected_ids: selectedIds.join(','),
    ...changes,
  };
  const signature = signAmiFields(Object.entries(fields), CANARIES.amiSecret);
  return new URLSearchParams({ ...fields, signature }).toString();
}
