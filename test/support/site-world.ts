import { createGraphql, type GraphqlDeps, type GraphqlPart } from '../../src/graphql/graphql.ts';
import type { Launch } from '../../src/launch/launch.ts';
import type { AuditEntry } from '../../src/observe/audit-entry.ts';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import type { SearchRequest } from '../../src/shotgun/port/requests.ts';
import type { Config } from '../../src/config/config.ts';
import { createWorkshop } from '../../src/query/work.ts';
import { type ExposedSchema, exposeSchema, withFacts } from '../../src/site/expose.ts';
import type { SiteFacts } from '../../src/site/facts/fact-table.ts';
import { parseExposure } from '../../src/site/exposure.ts';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import type { Store } from '../../src/store/store.ts';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset, SiteOptions } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { askGraphql, type AskOptions, type GraphqlAnswer, principalOf } from './ask-graphql.ts';
import { GRAPHQL_SETTINGS } from './graphql-world.ts';
import { controlOf, type SiteControl } from './site-control.ts';
import { isSearch } from './site-operations.ts';
import { createTestShotgun } from './test-shotgun.ts';
import { createTestUploads } from './test-uploads.ts';

export interface SiteCall {
  readonly method: string;
  readonly path: string;
  readonly actingAs: string | null;
  readonly status: number;
}

export interface AskAs extends AskOptions {
  readonly as?: string;
  /** Name of the person's permission role. */
  readonly role?: string | null;
}

/** The GraphQL part over the real client and the emulated site with its demo data. */
export interface SiteWorld {
  readonly siteUrl: string;
  readonly part: GraphqlPart;
  /** Every line that was logged. */
  readonly log: readonly string[];
  readonly dataset: Dataset;
  readonly exposed: ExposedSchema;
  /** Launches by the login that claimed them. */
  readonly launches: Map<string, Launch[]>;
  // oxlint-disable-next-line typescript/no-explicit-any -- as in GraphqlAnswer
  ask<Data = any>(document: unknown, options?: AskAs): Promise<GraphqlAnswer<Data>>;
  /** The audit trail. */
  readonly audited: readonly AuditEntry[];
  /** Data calls that the site got since the last time; tokens are not data. */
  takeCalls(): Promise<readonly SiteCall[]>;
  /** What was searched since the last time. */
  takeSearches(): readonly SearchRequest[];
  readonly control: SiteControl;
  close(): Promise<void>;
}

export interface WorldSite extends Pick<SiteOptions, 'now' | 'delayMs' | 'switches'> {
  /** Another site than the demo's. */
  readonly dataset?: Dataset;
  /** What stands before the client of each person. */
  readonly wrap?: (client: ActingClient) => ActingClient;
  readonly maxConnections?: number;
  /** Text of an expose.yml. */
  readonly exposure?: string;
  /** What was measured at the site, which then behaves so. */
  readonly facts?: SiteFacts;
  readonly deps?: Partial<GraphqlDeps>;
  /** Where uploads are kept. */
  readonly store?: Store;
}

export async function startSiteWorld(
  changes: Partial<Config['graphql']> = {},
  {
    wrap = (client) => client,
    maxConnections,
    dataset = demoDataset(),
    exposure = 'types: {}',
    facts = {},
    deps = {},
    store,
    ...siteOptions
  }: WorldSite = {},
): Promise<SiteWorld> {
  const settings = { ...GRAPHQL_SETTINGS, ...changes };
  const switches = { ...facts, ...siteOptions.switches };
  const site = await startSite({ port: 0, dataset, ...siteOptions, switches });
  const { shotgun, log, logger, close } = createTestShotgun(site.url, {
    ...(maxConnections !== undefined && { settings: { maxConnections, maxCallsPerPerson: maxConnections } }),
  });
  const exposed = withFacts(
    exposeSchema(parseSiteSchema(dataset.entityTypes, dataset.fields), parseExposure(exposure, 'expose.yml')),
    facts,
  );
  const searches: SearchRequest[] = [];
  const audited: AuditEntry[] = [];
  const launches = new Map<string, Launch[]>();
  const workFor = createWorkshop({
    shotgun: { as: (login, window) => wrap(noting(shotgun.as(login, window), searches)) },
    exposed,
    plan: settings.plan,
  });
  const part = await createGraphql({
    exposed,
    environment: 'production',
    settings,
    siteUrl: site.url,
    publicUrl: 'https://shotgraph.example',
    logger,
    audit: { record: (entry) => audited.push(entry) },
    parts: { connectors: [], remotes: [] },
    systemsFor: () => () => null,
    launches: { read: async (id, { login }) => launches.get(login)?.find((launch) => launch.id === id) },
    uploads: createTestUploads(site.storageUrl, logger, store),
    workFor: ({ login }, work) => workFor(login, work),
    ...deps,
  });
  const control = controlOf(site.url);
  return {
    siteUrl: site.url,
    part,
    log,
    dataset,
    exposed,
    launches,
    audited,
    control,
    ask: (document, { as = 'mira', role = 'Artist', ...rest } = {}) => {
      const principal = { ...principalOf(as, personId(dataset, as)), permissionRole: role };
      return askGraphql(part, principal, document, { timeoutMs: settings.timeoutMs, ...rest });
    },
    async takeCalls() {
      const log = (await control('GET', 'requests')) as SiteCall[] | { requests: SiteCall[] };
      await control('DELETE', 'requests');
      return (Array.isArray(log) ? log : log.requests).filter(({ path }) => !path.includes('/auth/'));
    },
    takeSearches: () => searches.splice(0),
    async close() {
      await part.stop();
      await close();
      await site.close();
    },
  };
}

const noting = (client: ActingClient, searches: SearchRequest[]): ActingClient => ({
  login: client.login,
  call(operation, options) {
    if (isSearch(operation)) searches.push(operation.request);
    return client.call(operation, options);
  },
});

function personId(dataset: Dataset, login: string): number {
  const person = dataset.rows['HumanUser']?.find((row) => row['login'] === login);
  if (person === undefined) throw new Error(`nobody has the login ${login}`);
  return person.id;
}
