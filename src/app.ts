import { type Clock, systemClock } from './base/clock.ts';
import { createLogger, type Logger } from './base/logger.ts';
import type { Config } from './config/config.ts';
import { createGraphql } from './graphql/graphql.ts';
import { createHttpServer } from './http/server.ts';
import { createSignIn, type SignIn } from './identity/sign-in.ts';
import { createLanding } from './launch/landing.ts';
import { createLaunches } from './launch/launch-registry.ts';
import { createMetrics } from './observe/metrics.ts';
import { createReadiness } from './observe/readiness.ts';
import { createWorkshop } from './query/work.ts';
import { createAmiEvents } from './shotgun/ami-events.ts';
import { createPeople } from './shotgun/people.ts';
import { createShotgun } from './shotgun/create-shotgun.ts';
import { reportSchemaDrift } from './shotgun/schema-drift.ts';
import type { Shotgun } from './shotgun/shotgun.ts';
import { createUploadStorage } from './shotgun/upload-storage.ts';
import { type ExposedSchema, exposeSchema } from './site/expose.ts';
import { type Exposure, loadExposure } from './site/exposure.ts';
import { loadSiteSchema } from './site/load-site-schema.ts';
import type { SiteSchema } from './site/site-schema.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { createRedisStore } from './store/redis-store.ts';
import type { Store } from './store/store.ts';
import { createVault } from './store/vault.ts';
import { createUploads } from './upload/uploads.ts';

export interface AppOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface App {
  /** Resolves once requests are answered. */
  start(): Promise<void>;
  /** Lets requests under way finish, then closes every connection. */
  stop(): Promise<void>;
  /** Where the server listens; the public address is the configuration's. Known once started. */
  readonly url: string;
}

/** The composition root: makes every part and hands each what it needs. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const logger = overrides.logger ?? createLogger({ level: config.logLevel });
  const metrics = createMetrics();
  const { snapshot, exposure, exposed } = await readSchema(config);
  const store = await openStore(config, clock, logger);
  const vault = createVault(store, config.store.encryptionKeys);
  const { shotgun, people, clicks, storage, ...doors } = openSite(config.site, clock, logger);
  const launches = createLaunches({ vault, clock, settings: config.launch });
  const signIn = createSignIn({ config, people, vault, clock, logger });
  const uploads = createUploads({ vault, storage, settings: config.upload, logger });
  const workFor = createWorkshop({ shotgun, exposed, plan: config.graphql.plan });
  const graphql = await createGraphql({
    exposed,
    settings: config.graphql,
    environment: config.environment,
    siteUrl: config.site.publicUrl,
    launches,
    uploads,
    logger,
    workFor: (principal, options) => workFor(principal.login, options),
  });
  const http = createHttpServer({
    config,
    logger,
    clock,
    launches,
    landing: createLanding({ config: config.launch, launches, clicks, store, clock, logger }),
    signIn,
    graphql,
    streamUpload: (person, id, { signal, ...file }) =>
      uploads.stream({ person, client: shotgun.as(person.login), options: { signal } }, id, file),
    readiness: createReadiness(checksOf({ signIn, shotgun, store }), clock),
    metricsText: () => metrics.text(),
    observeRequest: (observation) => metrics.observeRequest(observation),
  });

  let url = '';
  const stopping = new AbortController();
  return {
    async start() {
      ({ url } = await http.start());
      logger.info('server.started', { url });
      const deps = { settings: config.site, clock, logger };
      if (config.reportsSchemaDrift) void reportSchemaDrift(deps, snapshot, exposure, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await http.stop();
      await graphql.stop();
      signIn.revocations.close();
      await Promise.all([doors.close(), store.close()]);
      logger.info('server.stopped');
    },
    get url() {
      return url;
    },
  };
}

/** Every way to the site: as a person, and the narrow ones where none is known yet. */
function openSite(settings: Config['site'], clock: Clock, logger: Logger) {
  const deps = { settings, clock, logger };
  const shotgun = createShotgun(deps);
  const people = createPeople({ ...deps, shotgun });
  const clicks = createAmiEvents(deps);
  const storage = createUploadStorage(settings);
  const all = [shotgun, people, clicks, storage];
  return { shotgun, people, clicks, storage, close: () => Promise.all(all.map((door) => door.close())) };
}

interface Checked {
  readonly signIn: Pick<SignIn, 'oidc'>;
  readonly shotgun: Pick<Shotgun, 'ping'>;
  readonly store: Pick<Store, 'ping'>;
}

const checksOf = ({ signIn, shotgun, store }: Checked): Parameters<typeof createReadiness>[0] => [
  { name: 'identity provider', check: () => signIn.oidc.check() },
  { name: 'site', check: () => shotgun.ping() },
  { name: 'store', check: () => store.ping() },
];

async function readSchema({
  schemaDirectory,
}: Config): Promise<{ snapshot: SiteSchema; exposure: Exposure; exposed: ExposedSchema }> {
  const snapshot = await loadSiteSchema(schemaDirectory);
  const exposure = await loadExposure(schemaDirectory);
  return { snapshot, exposure, exposed: exposeSchema(snapshot, exposure) };
}

function openStore(config: Config, clock: Clock, logger: Logger): Promise<Store> | Store {
  return config.store.url === 'memory:'
    ? createMemoryStore(clock)
    : createRedisStore({ url: config.store.url, logger });
}
