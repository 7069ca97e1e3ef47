import { RepeatedRecords } from '../../src/observe/repeated-records.ts';
import type { AuditEntry } from '../../src/observe/audit-entry.ts';
import { ApolloServer } from '@apollo/server';
import { AppError } from '../../src/base/errors.ts';
import type { Login } from '../../src/base/ids.ts';
import { createLogger, type Logger } from '../../src/base/logger.ts';
import type { Config } from '../../src/config/config.ts';
import type { GraphqlPart } from '../../src/graphql/graphql.ts';
import type { AccountLinking, HttpParts, RequestObservation } from '../../src/http/http-deps.ts';
import { createHttpServer } from '../../src/http/server.ts';
import type { PeopleSource } from '../../src/identity/person/mapping.ts';
import type { StandingSource } from '../../src/identity/session/recheck.ts';
import { createSignIn } from '../../src/identity/sign-in.ts';
import { createClockWatch } from '../../src/launch/clock-watch.ts';
import { createLanding, UNSIGNED_READS } from '../../src/launch/landing.ts';
import { openOperations } from '../../src/operations/operations.ts';
import { createReplayMemory } from '../../src/launch/replay-memory.ts';
import { createLaunches } from '../../src/launch/launch-registry.ts';
import { createLocks } from '../../src/store/locks.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createRedisStore } from '../../src/store/redis-store.ts';
import { createSlots } from '../../src/store/slots.ts';
import type { Store } from '../../src/store/store.ts';
import { placeOf, createVault } from '../../src/store/vault.ts';
import { signAmiFields, formatAmiTimestamp } from '../../src/launch/ami-signature.ts';
import { AMI_SECRET, testConfig } from './bff-config.ts';
import { FakeIdp } from './fake-idp.ts';
import { freePort } from './free-port.ts';

/** People of a ShotGrid site, by login. A code stands for what the site refuses when we act as them. */
export type FakePeople = Record<
  string,
  {
    id: number;
    name: string;
    email?: string;
    active?: boolean;
    refusal?: 'IMPERSONATION_REFUSED' | 'USER_INACTIVE' | 'UPSTREAM_UNAVAILABLE';
  }
>;

export interface BffOptions {
  readonly people?: FakePeople;
  readonly change?: (config: Config) => Config;
  readonly streamUpload?: HttpParts['streamUpload'];
  /** Links no account unless given. */
  readonly accounts?: Partial<AccountLinking>;
  /** Address of a Redis; without it everything is kept in this process. */
  readonly redisUrl?: string;
}

/** The HTTP server with all that is behind it but ShotGrid and GraphQL, on a free port. */
export interface Bff {
  readonly url: string;
  readonly idp: FakeIdp;
  readonly people: FakePeople;
  readonly store: Store;
  readonly logLines: readonly string[];
  readonly audited: readonly AuditEntry[];
  /** Writes what of the trail waits to be counted. */
  flushAudit(): void;
  readonly observations: RequestObservation[];
  /** Metrics address. */
  readonly metricsUrl: string;
  /** Moves the server's clock. */
  advance(ms: number): void;
  now(): number;
  /** A signed post of the menu item `review`. */
  amiBody(fields?: Readonly<Record<string, string>>): string;
  setReady(isReady: boolean): void;
  /** Stops the server alone, as a shutdown does. */
  stopServer(): Promise<void>;
  stop(): Promise<void>;
}

async function connectedRedis(url: string, logger: Logger): Promise<Store> {
  const store = await createRedisStore({ url, logger });
  const isThere = (): Promise<boolean> =>
    store.ping().then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 10));
  return store;
}

const noAccount = () => Promise.reject(new AppError('OWN_ACCOUNT_REFUSED'));
const NO_ACCOUNTS: AccountLinking = {
  linkByPassphrase: noAccount,
  askApproval: noAccount,
  takeApproval: noAccount,
  isLinked: async () => false,
  forget: async () => undefined,
};

/** This world has no site, so no event log either. */
const NO_CLICKS = { read: async () => undefined, readUnsigned: async () => undefined };

export async function startBff(options: BffOptions = {}): Promise<Bff> {
  const idp = new FakeIdp();
  await idp.start();
  const people = options.people ?? {
    mira: { id: 34, name: 'Mira Fischer' },
    joao: { id: 35, name: 'João Lima' },
  };
  let offsetMs = 0;
  let isReady = true;
  const clock = { now: () => Date.now() + offsetMs };
  idp.now = clock.now;
  const logLines: string[] = [];
  const audited: AuditEntry[] = [];
  const observations: RequestObservation[] = [];
  const logger = createLogger({ level: 'debug', write: (line) => logLines.push(line) });
  const port = await freePort();
  const plain = testConfig(port, idp.issuer);
  const config = options.change?.(plain) ?? plain;
  const { redisUrl } = options;
  const store = redisUrl === undefined ? createMemoryStore(clock) : await connectedRedis(redisUrl, logger);
  const vault = createVault(store, config.store.encryptionKeys, { place: placeOf(config), logger });
  const replays = createReplayMemory({ config: config.launch, store, clock, logger });
  // A server looks when it starts; clicks come afterwards.
  await replays.look();
  const locks = createLocks({ store, logger });
  const launches = createLaunches({ vault, clock, settings: config.launch });
  const accounts = { ...NO_ACCOUNTS, ...options.accounts };
  const repeated = new RepeatedRecords((entry) => audited.push(entry));
  const deps: HttpParts = {
    config,
    logger,
    clock,
    store,
    slots: createSlots(locks),
    launches,
    landing: createLanding({
      config: config.launch,
      launches,
      clicks: NO_CLICKS,
      unsignedReads: store.limit(UNSIGNED_READS),
      clockWatch: createClockWatch({ clock, logger }),
      replays,
      clock,
      logger,
    }),
    signIn: createSignIn({
      ...{ config, store, vault, clock, logger },
      people: peopleSource(people),
      locks,
      onSessionEnded: async (_id, { acting }) => {
        if (acting.way === 'own' && acting.account !== null) await accounts.forget(acting.account);
      },
      recordEnd: ({ principal: { issuer, subject, login } }, ending) =>
        audited.push({ action: 'sign_out', outcome: 'done', ...ending, issuer, subject, login }),
    }),
    graphql: await echoGraphql(),
    expectWrites: () => undefined,
    operations: await openOperations(config.asking, {
      ...{ vault, logger, check: { maxTokens: 1000, mistakesOf: () => [] } },
    }),
    accounts,
    audit: {
      record: (entry) => audited.push(entry),
      recordRepeated: (entry) => repeated.add(entry),
    },
    streamUpload: options.streamUpload ?? (() => Promise.reject(new AppError('UPLOAD_OVER'))),
    readiness: async () => ({ at: READY_AT, checks: [{ name: 'site', ok: isReady, since: READY_AT }] }),
    metricsText: async () => 'shotgraph_ready 1\n',
    observeRequest: (observation) => observations.push(observation),
    ...{ observeOperation: () => undefined, onOutage: () => undefined, countFirst: () => undefined },
  };
  const server = createHttpServer(deps);
  const { url, metricsPort } = await server.start();
  return {
    url,
    idp,
    people,
    store,
    logLines,
    audited,
    flushAudit: () => repeated.flush(),
    observations,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    advance: (ms) => {
      offsetMs += ms;
    },
    now: () => clock.now(),
    amiBody: (fields = {}) => signedBody(fields, clock.now()),
    setReady: (value) => {
      isReady = value;
    },
    stopServer: () => server.stop(),
    async stop() {
      await server.stop();
      deps.signIn.revocations.close();
      await idp.stop();
      await deps.graphql.stop();
      await store.close();
    },
  };
}

const READY_AT = '2026-01-02T03:04:05.000Z';

let posts = 0;

/** Each post is another one: two equal posts of one second would count as a replay. */
function signedBody(changes: Readonly<Record<string, string>>, nowMs: number): string {
  const fields = {
    user_id: '34',
    user_login: 'mira',
    entity_type: 'Version',
    selected_ids: '931,900',
    ids: '931,900,904',
    title: `canary-title ${(posts += 1)}`,
    page_id: '1353',
    server_hostname: 'studio.example.com',
    session_uuid: 'd8592bd6-fc41-11e1-b2c5-000c297a5f50',
    cols: 'code,sg_status_list',
    column_display_names: 'Version,Status',
    sort_column: 'code',
    sort_direction: 'asc',
    project_id: '81',
    project_name: 'canary-project',
    timestamp: formatAmiTimestamp(nowMs),
    ...changes,
  };
  const signature = signAmiFields(Object.entries(fields), AMI_SECRET);
  return new URLSearchParams({ ...fields, signature }).toString();
}

function peopleSource(people: FakePeople): PeopleSource & StandingSource {
  return {
    loginsByEmail: async (email) =>
      Object.entries(people)
        .filter(([, person]) => person.email?.toLowerCase() === email.toLowerCase())
        .map(([login, { active = true }]) => ({ login: login as Login, active })),
    describe: async (login) => {
      return people[login] && { email: null, active: true, ...people[login], permissionRole: 'Artist' };
    },
    describeById: async (id) =>
      Object.entries(people)
        .filter(([, person]) => person.id === id)
        .map(([login, { active = true, email = null, name }]) => {
          return { login, active, id, name, email, permissionRole: 'Artist' };
        })[0],
    standing: async (login, { personId }) => {
      const person = people[login];
      if (person === undefined) throw new AppError('NO_SHOTGUN_USER');
      if (person.refusal !== undefined) throw new AppError(person.refusal);
      if (person.id !== personId) throw new AppError('MAPPING_CHANGED');
      return {
        login,
        id: person.id,
        name: person.name,
        email: person.email ?? null,
        permissionRole: 'Artist',
      };
    },
    self: async (login) => {
      const person = people[login];
      if (person === undefined) throw new AppError('NO_SHOTGUN_USER');
      if (person.refusal !== undefined) throw new AppError(person.refusal);
      return { id: person.id, name: person.name, email: person.email ?? null, permissionRole: 'Artist' };
    },
  };
}

/** Answers `{ whoami launch }` from the context: enough to see who a request is made as. */
async function echoGraphql(): Promise<GraphqlPart> {
  interface Echo {
    readonly login: string;
    readonly launchId: string | undefined;
  }
  const server = new ApolloServer<Echo>({
    typeDefs: 'type Query { whoami: String! launchHeader: String } type Mutation { touch: Int! }',
    resolvers: {
      Query: {
        whoami: (_: unknown, __: unknown, { login }: Echo) => login,
        launchHeader: (_: unknown, __: unknown, { launchId }: Echo) => launchId ?? null,
      },
      Mutation: { touch: () => 1 },
    },
    stopOnTerminationSignals: false,
  });
  await server.start();
  return {
    server,
    contextFor: async ({
      principal,
      launchId,
    }: {
      principal: { login: string };
      launchId: string | undefined;
    }) => ({
      login: principal.login,
      launchId,
    }),
    stop: () => server.stop(),
  } as unknown as GraphqlPart;
}
