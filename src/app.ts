import { type Clock, systemClock } from './base/clock.ts';
import { createLogger, type Logger, logSettings } from './base/logger.ts';
import { Undo } from './base/undo.ts';
import type { Config } from './config/config.ts';
import { beginsFirsts } from './config/tools/asking.ts';
import { otherSites } from './http/guard/same-site.ts';
import { looseAddresses } from './config/tools/weaknesses.ts';
import { openSiteKey } from './config/script-key.ts';
import { watchDrift } from './drift-watch.ts';
import { documentCheck } from './graphql/execution/document-check.ts';
import { createGraphql } from './graphql/graphql.ts';
import type { AccountLinking, HttpParts } from './http/http-deps.ts';
import { type App, runnable } from './http/runnable.ts';
import { createHttpServer } from './http/server.ts';
import type { OnAccountNews } from './identity/person/account-memory.ts';
import { actingOf, type Principal } from './identity/person/principal.ts';
import { type OnSessionEnded, SessionEndings } from './identity/session/session-life.ts';
import { createSignIn, type SignIn, type SignInDeps } from './identity/sign-in.ts';
import { clockFinding, createClockWatch } from './launch/clock-watch.ts';
import { createLanding, UNSIGNED_READS } from './launch/landing.ts';
import { createLaunches } from './launch/launch-registry.ts';
import { createReplayMemory } from './launch/replay-memory.ts';
import { type Loaded, loadOnce } from './loaded.ts';
import { type Audit, createAudit } from './observe/audit.ts';
import { countedErrors } from './observe/counted-errors.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createOutageLog } from './observe/outage-log.ts';
import { createReadiness } from './observe/readiness.ts';
import { checksOf } from './observe/readiness-checks.ts';
import { BetBook } from './query/read/bets.ts';
import { KnownFields } from './query/read/live-fields.ts';
import { createWorkshop } from './query/work.ts';
import { openOperations } from './operations/operations.ts';
import type { OnScriptRead } from './shotgun/script/doors.ts';
import type { OwnAccounts, OwnPerson } from './shotgun/acting/own-accounts.ts';
import { openSite, type SiteSigns } from './shotgun/open-site.ts';
import { withTolerances } from './shotgun/site-tolerances.ts';
import type { Shotgun } from './shotgun/client/shotgun.ts';
import type { ExposedSchema } from './site/expose.ts';
import { tellNames } from './site/tell-names.ts';
import { watchKeys } from './store/key-watch.ts';
import { createChangeMarks } from './store/change-marks.ts';
import { createLocks } from './store/locks.ts';
import { openStore } from './store/open-store.ts';
import { placedStore, placeOf, createVault } from './store/vault.ts';
import { createSlots } from './store/slots.ts';
import type { Store } from './store/store.ts';
import { createGrants } from './systems/grants.ts';
import { createSystemTokens } from './systems/system-tokens.ts';
import { createSystems } from './systems/systems.ts';
import { createUploads } from './upload/uploads.ts';
import type { Uploads } from './upload/upload-port.ts';

export interface AppOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Replaces the store of the settings. */
  readonly store?: Store;
  /** What was loaded for these settings already. */
  readonly loaded?: Loaded;
}

/**
 * The composition root: creates every part and passes each its dependencies. If a part cannot be created, the
 * earlier ones are closed: an open connection would keep the process alive.
 */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const undo = new Undo();
  try {
    return await compose(config, overrides, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function compose(config: Config, overrides: AppOverrides, undo: Undo): Promise<App> {
  const { clock = systemClock, logger = createLogger(logSettings(config)) } = overrides;
  const metrics = createMetrics();
  const loaded = overrides.loaded ?? loadOnce(config);
  const [{ exposed }, parts] = [await loaded.site(), await loaded.parts()];
  const opening = { clock, logger, given: overrides.store, onLaunchBytes: metrics.setLaunchBytes };
  const { store, replays, forgetAll, changes, ...kept } = await openMemory(config, opening);
  undo.add(forgetAll);
  const audit = await createAudit({ destination: config.auditDestination, clock, logger });
  undo.add(() => audit.close());
  const [outages, stopping] = [createOutageLog(logger), new AbortController()];
  undo.add(() => outages.close());
  const siteKey = openSiteKey(withTolerances(config.site, exposed.facts), logger);
  const known = { settings: siteKey.settings, clock, logger, onScriptRead: recordScriptRead(audit) };
  const site = openSite({ ...known, ...kept, ...measured(metrics), stopping: stopping.signal });
  undo.add(() => site.close());
  const { shotgun, people, accounts, storage } = site;
  const clockWatch = createClockWatch({ clock, logger, onSkew: (seconds) => metrics.setClockSkew(seconds) });
  const launches = createLaunches({ clock, settings: config.launch, ...kept });
  const endings = new SessionEndings(forgetAccount(accounts));
  const signIn = createSignIn({
    ...{ config, people, store, clock, logger, ...kept, recordEnd: recordEnd(audit) },
    ...{ onSessionEnded: endings.tell, onAccountNews: auditedNews(audit) },
  });
  undo.add(() => signIn.revocations.close());
  const systems = openSystems(config, signIn, { clock, endings, metrics });
  const uploads = createUploads({ storage, settings: config.upload, logger, ...kept });
  const graphql = await createGraphql({
    ...graphqlSettings(config),
    ...{ ...systems, parts, exposed, launches, uploads, logger, audit, changes },
    ...{ schema: await loaded.schema(), onError: countedErrors(metrics, outages) },
    workFor: openWorkshop(config, { shotgun, exposed, logger, metrics }),
  });
  endings.add(async (id) => graphql.forgetFirsts(id));
  const check = documentCheck(graphql.schema, config.graphql);
  const operations = await openOperations(config.asking, { ...kept, logger, check, ...counted(metrics) });
  undo.add(async () => operations.close());
  const seen = { config: config.launch, launches, replays, clock, logger, clockWatch };
  const landing = createLanding({ ...seen, clicks: site.clicks, unsignedReads: store.limit(UNSIGNED_READS) });
  const checked = { oidc: signIn.oidc, shotgun, store, replays, clock: () => clockFinding(clockWatch) };
  const http = createHttpServer({
    ...{ config, logger, clock, store, launches, signIn, graphql, audit },
    ...{ operations, slots: createSlots(kept.locks) },
    ...{ landing, accounts: accountLinking(accounts), ...observed(metrics) },
    ...{ streamUpload: streamUpload(shotgun, uploads), expectWrites: expectWrites(shotgun) },
    readiness: createReadiness(checksOf({ ...checked, audit: audit.finding }), { clock, logger, metrics }),
    onOutage: (error, requestId) => outages.note(error, requestId),
  });
  const watch = { config, site: await loaded.site(), graph: check, parts, logger, metrics };
  return runnable(http, logger, {
    started() {
      tellAtStart(exposed, config, logger);
      // If the store is not available yet, the first launch checks it.
      replays.look().catch((error: unknown) => logger.warn('replay.not_looked_at', { error }));
      void watchDrift(known, watch, stopping.signal);
    },
    reload: () => void [siteKey, operations].map((part) => part.reload()),
    stopping: () => stopping.abort(),
    stopped: () => closeAll({ graphql, site, audit, forgetAll, signIn }, [operations, outages]),
  });
}

interface Closing extends Readonly<Record<'site' | 'audit', { close(): unknown }>> {
  readonly signIn: Pick<SignIn, 'tokenKeeper' | 'revocations'>;
  readonly graphql: { stop(): Promise<void> };
  forgetAll(): Promise<void>;
}

async function closeAll(parts: Closing, more: readonly { close(): void }[]): Promise<void> {
  await parts.graphql.stop();
  for (const part of [...more, parts.signIn.revocations]) part.close();
  await Promise.all([parts.site.close(), parts.signIn.tokenKeeper.close()]).then(() => parts.forgetAll());
  // Last: by now the changes of aborted requests have been recorded.
  await parts.audit.close();
}

const observed = (
  metrics: Metrics,
): Pick<HttpParts, 'metricsText' | 'observeRequest' | 'observeOperation' | 'countFirst'> => ({
  ...{ countFirst: metrics.countFirst, observeOperation: metrics.observeOperation },
  metricsText: () => metrics.text(),
  observeRequest: (observation) => metrics.observeRequest(observation),
});

/** Every session that ends early is in the audit trail, with any cause. */
const recordEnd =
  (audit: Pick<Audit, 'record'>): SignInDeps['recordEnd'] =>
  ({ principal: { issuer, subject, login, person, acting } }, ending) => {
    const who = { issuer, subject, login, personId: person.id, way: acting.way };
    audit.record({ action: 'sign_out', outcome: 'done', ...ending, ...who });
  };

const graphqlSettings = ({ graphql: settings, environment, http, site }: Config) => ({
  settings,
  environment,
  publicUrl: http.publicUrl,
  siteUrl: site.publicUrl,
});

const measured = (metrics: Metrics): SiteSigns => ({
  onSiteCall: (call) => metrics.observeSiteCall(call),
  onWaiting: (change) => metrics.observeWaiting(change),
  onJoined: metrics.countJoinedRead,
  onCircuit: (isOpen) => metrics.setCircuit(isOpen),
});

const counted = ({ countUnlisted }: Metrics) => ({ onUnlisted: countUnlisted });

const streamUpload =
  (shotgun: Shotgun, uploads: Uploads): HttpParts['streamUpload'] =>
  (person, id, { signal, ...file }) => {
    const client = shotgun.as(person.login, actingOf(person));
    return uploads.stream({ person, client, options: { signal } }, id, file);
  };

/** A failure is told by the write itself, which asks again. */
const expectWrites =
  (shotgun: Shotgun): HttpParts['expectWrites'] =>
  (person, sessionUuid) =>
    void shotgun.standing(person.login, { ...actingOf(person), sessionUuid }).catch(() => undefined);

/** The other systems of the settings, called as the person of each request. */
function openSystems(
  config: Config,
  { oidc }: SignIn,
  { clock, endings, metrics }: { clock: Clock; endings: SessionEndings; metrics: Metrics },
) {
  const grants = createGrants((type, parameters) => oidc.grantFor(type, parameters));
  const tokens = createSystemTokens({ grants, clock, issuer: config.http.publicUrl });
  endings.add(async (id) => tokens.forget(id));
  return { systemsFor: createSystems(config.systems, tokens, metrics.observeSystemCall) };
}

const forgetAccount =
  (accounts: OwnAccounts): OnSessionEnded =>
  async (_id, { acting }) => {
    if (acting.way === 'own' && acting.account !== null) await accounts.forget(acting.account);
  };

const accountLinking = (accounts: OwnAccounts): AccountLinking => ({
  linkByPassphrase: (principal, passphrase, ttlMs) =>
    accounts.linkByPassphrase(ownPersonOf(principal), passphrase, ttlMs),
  askApproval: (key, principal) => accounts.askApproval(key, ownPersonOf(principal)),
  takeApproval: (key, principal, ttlMs) => accounts.takeApproval(key, ownPersonOf(principal), ttlMs),
  isLinked: (account) => accounts.has(account),
  forget: (account) => accounts.forget(account),
});

/** Every read made as the script, not as a person, is in the audit trail; repeated ones as a count. */
const recordScriptRead =
  (audit: Pick<Audit, 'recordRepeated'>): OnScriptRead =>
  ({ door, id, failure }) =>
    audit.recordRepeated({
      action: 'access',
      outcome: failure === null ? 'done' : 'failed',
      ...(failure !== null && { code: failure }),
      ...{ way: 'script', door },
      ...(id !== null && { entity: { type: door === 'menuItemEvent' ? 'EventLogEntry' : 'HumanUser', id } }),
    });

/** Audits the mapping of an account when it is decided, and when the person's login changes. */
const auditedNews =
  (audit: Pick<Audit, 'record'>): OnAccountNews =>
  (news, { issuer, subject, login, person }) => {
    const record = { outcome: 'done', issuer, subject, login, personId: person.id } as const;
    if (news.kind === 'renamed') {
      audit.record({ action: 'account.renamed', ...record, formerLogin: news.formerLogin });
    } else {
      audit.record({ action: 'account.mapped', ...record, ...(news.isLost && { memory: 'lost' }) });
    }
  };

const ownPersonOf = ({ login, person }: Principal): OwnPerson => ({ login, personId: person.id });

interface WorkshopParts {
  readonly shotgun: Shotgun;
  readonly exposed: ExposedSchema;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'setGoneFields' | 'countBet'>;
}

function openWorkshop({ graphql: { plan } }: Config, { shotgun, exposed, logger, metrics }: WorkshopParts) {
  const known = new KnownFields(tellGone(logger, metrics));
  const bets = new BetBook((outcome) => metrics.countBet(outcome));
  const workFor = createWorkshop({ shotgun, exposed, plan, known, bets });
  return (principal: Principal, options: Parameters<typeof workFor>[1]) =>
    workFor(principal.login, { ...options, ...actingOf(principal) });
}

/** Logs a field that was deleted on the site while the server runs: the snapshot still offers it. */
const tellGone =
  (logger: Logger, metrics: Pick<Metrics, 'setGoneFields'>) =>
  (place: string, count: number): void => {
    metrics.setGoneFields(count);
    const reason = `${place} was deleted in ShotGrid, or brought back. See "shotgraph schema diff", then pull and restart.`;
    logger.warn('schema.field_changed', { code: 'FIELD_GONE', count, reason });
  };

function tellAtStart(exposed: ExposedSchema, config: Config, logger: Logger): void {
  const [elsewhere, loose] = ['OTHER_SITE', 'DOCUMENT_UNKNOWN'] as const;
  for (const reason of otherSites(config)) logger.warn('front_end.other_site', { code: elsewhere, reason });
  for (const reason of looseAddresses(config))
    logger.warn('operations.not_restricted', { code: loose, reason });
  tellNames(exposed, logger);
}

type Opening = Parameters<typeof openStore>[1] & { readonly given: Store | undefined };

/** The state kept between requests, in one process or shared by several. */
async function openMemory(config: Config, opening: Opening) {
  const [{ encryptionKeys }, { clock, logger, given }] = [config.store, opening];
  const everywhere = given ?? (await openStore(config.store, opening));
  const place = placeOf(config);
  const store = placedStore(everywhere, place);
  const forgetKeys = watchKeys({ store, logger, encryptionKeys });
  return {
    store,
    forgetAll: () => forgetKeys().then(() => store.close()),
    replays: createReplayMemory({ config: config.launch, store, clock, logger }),
    changes: beginsFirsts(config) ? createChangeMarks(store, logger) : undefined,
    vault: createVault(everywhere, encryptionKeys, { place, logger }),
    locks: createLocks({ store, logger }),
  };
}
