import { createLogger } from '../../src/base/logger.ts';
import { parseSessionUuid } from '../../src/base/ids.ts';
import type { LaunchId } from '../../src/base/ids.ts';
import type { Config } from '../../src/config/config.ts';
import { createGraphql, type GraphqlDeps, type GraphqlPart } from '../../src/graphql/graphql.ts';
import type { Launch } from '../../src/launch/launch.ts';
import { createWorkshop } from '../../src/query/work.ts';
import type { ExposedSchema } from '../../src/site/expose.ts';
import { askGraphql, type AskOptions, type GraphqlAnswer, principalOf } from './ask-graphql.ts';
import { smallStudio } from './small-studio.ts';
import { createTestUploads } from './test-uploads.ts';
import { createStubSite, stubClient, type StubSite } from './stub-client.ts';
import { PLAN } from './plan-settings.ts';

export interface GraphqlWorld {
  readonly site: StubSite;
  readonly part: GraphqlPart;
  readonly log: readonly string[];
  /** Window of the launch that each writer was made with. */
  readonly sessionUuids: (string | undefined)[];
  /** Launches by the login that claimed them. */
  readonly launches: Map<string, Launch[]>;
  ask(document: unknown, options?: AskOptions & { readonly as?: string }): Promise<GraphqlAnswer>;
  /** `type: fields` of each search so far, and forgets them. */
  takeSearches(): string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly rows?: StubSite['rows'];
  readonly exposed?: ExposedSchema;
  readonly environment?: Config['environment'];
  readonly settings?: Partial<Config['graphql']>;
  readonly deps?: Partial<GraphqlDeps>;
}

export const GRAPHQL_SETTINGS: Config['graphql'] = {
  introspection: false,
  explorer: false,
  maxDepth: 16,
  maxAliases: 50,
  maxTokens: 5000,
  maxRootFields: 20,
  maxFirst: 1000,
  maxBatch: 200,
  requestsPerMinute: 600,
  costPerMinute: 6000,
  timeoutMs: 30_000,
  plan: PLAN,
};

/** The GraphQL part, the reader and the writer over a site in memory. */
export async function createGraphqlWorld(options: WorldOptions = {}): Promise<GraphqlWorld> {
  const site = createStubSite(options.rows ?? {});
  const exposed = options.exposed ?? smallStudio();
  const log: string[] = [];
  const launches = new Map<string, Launch[]>();
  const sessionUuids: (string | undefined)[] = [];
  const workFor = createWorkshop({
    shotgun: { as: (login) => stubClient(site, login) },
    exposed,
    plan: GRAPHQL_SETTINGS.plan,
  });
  const logger = createLogger({ level: 'debug', write: (line) => log.push(line) });
  const part = await createGraphql({
    exposed,
    environment: options.environment ?? 'production',
    settings: { ...GRAPHQL_SETTINGS, ...options.settings },
    siteUrl: 'https://studio.example',
    publicUrl: 'https://shotgraph.example',
    logger,
    audit: { record: () => undefined },
    parts: { connectors: [], remotes: [] },
    systemsFor: () => () => null,
    uploads: createTestUploads('https://storage.example', logger),
    launches: {
      read: async (id, { login }) => launches.get(login)?.find((launch) => launch.id === id),
    },
    workFor: ({ login }, { sessionUuid, signal, maxSearches, onChange }) => {
      sessionUuids.push(sessionUuid);
      return workFor(login, { signal, maxSearches, onChange });
    },
    ...options.deps,
  });
  return {
    site,
    part,
    log,
    launches,
    sessionUuids,
    ask: (document, { as = 'mira', ...rest } = {}) => askGraphql(part, principalOf(as), document, rest),
    takeSearches() {
      const searches = site.calls.flatMap(({ search }) => search ?? []);
      site.calls.length = 0;
      return searches.map(({ type, fields }) => `${type}: ${fields.join(',')}`);
    },
    close: () => part.stop(),
  };
}

export const WINDOW = '6e3c9c6e-0000-4000-8000-00000000aaaa';

export function launchOf(id: string, payload: Partial<Launch['payload']> = {}): Launch {
  return {
    id: id as LaunchId,
    ami: 'review',
    createdAtMs: Date.UTC(2026, 8, 2, 15, 58, 21),
    payload: {
      userId: 34,
      userLogin: 'mira',
      entityType: 'Version',
      selectedIds: [],
      ids: [],
      title: 'Versions',
      pageId: 7,
      serverHostname: null,
      referrerPath: '/page/7',
      sessionUuid: parseSessionUuid(WINDOW) ?? null,
      columns: ['code', 'sg_task'],
      columnDisplayNames: ['Version Name'],
      view: null,
      sort: [],
      grouping: [],
      project: { id: 1, name: 'Bridge' },
      ...payload,
    },
  };
}
