import { basename } from 'node:path';
import { atTheShell } from '../../shotgun/script/doors.ts';
import { toAppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Config } from '../../config/config.ts';
import { looseAddresses } from '../../config/tools/weaknesses.ts';
import { printGraphqlSchema } from '../../graphql/print-schema.ts';
import { otherSites } from '../../http/guard/same-site.ts';
import { readLiveSchema } from '../../shotgun/script/live-schema.ts';
import { driftOf } from '../../shotgun/script/schema-drift.ts';
import { loadExposure } from '../../site/exposure.ts';
import { loadSite } from '../../site/load-site.ts';
import { loadSiteSchema } from '../../site/load-site-schema.ts';
import { loadSystemParts } from '../../systems/load-system-parts.ts';
import { checkStore as writeAndRead } from '../../store/check-store.ts';
import { holdingsOf } from '../../store/key-holdings.ts';
import { placeOf } from '../../store/vault.ts';
import type { Store } from '../../store/store.ts';
import { openRedis } from '../open-redis.ts';
import { isFrontEndBuilt } from '../places.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const PARALLEL_READS = 4;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown reason');

/** This machine's files: the snapshot of the schema, front ends, connectors. */
export async function checkFiles(config: Config): Promise<readonly Finding[]> {
  return [await checkSnapshot(config), ...(await checkFrontEnds(config)), await checkConnectors(config)];
}

async function checkSnapshot({ schemaDirectory, site }: Config): Promise<Finding> {
  try {
    const { exposure, exposed } = await loadSite(schemaDirectory, site);
    const { types } = exposed;
    const rules = exposure.types.size === 0 ? 'no rules of expose.yml' : `rules for ${exposure.types.size}`;
    return ok('schema', `${types.size} types are shown, ${rules}`);
  } catch (error) {
    return fail(
      'schema',
      messageOf(error),
      'Pull the schema of the site: npx --no-install shotgraph schema pull. Or correct SHOTGRAPH_SCHEMA_DIRECTORY, expose.yml or facts.json.',
    );
  }
}

async function checkFrontEnds(config: Config): Promise<readonly Finding[]> {
  const elsewhere = otherSites(config).map((problem) =>
    warn('front end', problem, 'Serve it at a host of the same site, or let it send bearer tokens.'),
  );
  const served = await Promise.all(
    config.apps.map(async (app) => {
      const { name, directory } = app;
      return (await isFrontEndBuilt(app))
        ? ok('front end', `${name} is there`)
        : fail(
            'front end',
            `${name}: there is no index.html in ${directory}`,
            'Build it, or correct its directory in shotgraph.yml.',
          );
    }),
  );
  const loose = looseAddresses(config).map((problem) =>
    warn('documents', problem, 'See docs/operations.md, "Which tool asks".'),
  );
  return [...served, ...elsewhere, ...loose];
}

async function checkConnectors({ systems, extensions, schemaDirectory }: Config): Promise<Finding> {
  try {
    const parts = await loadSystemParts({ systems, extensions });
    // Only the whole graph shows whether their fields and classes fit into it.
    if (systems.length + extensions.length > 0) await printGraphqlSchema(schemaDirectory, parts);
    const names = [...systems.map(({ name }) => name), ...extensions.map((file) => basename(file))];
    return ok('systems', names.length === 0 ? 'none' : names.join(', '));
  } catch (error) {
    return fail(
      'systems',
      messageOf(error),
      'Correct the file that is named, or its entry in shotgraph.yml.',
    );
  }
}

export async function checkStore(config: Config, logger: Logger): Promise<readonly Finding[]> {
  const { store, environment } = config;
  if (store.url === 'memory:') {
    const advice =
      'Sessions end with the process, and there can be only one: set SHOTGRAPH_STORE_URL to a Redis.';
    return [environment === 'development' ? ok('store', 'in memory') : warn('store', 'in memory', advice)];
  }
  const opened = await openRedis(store.url, logger);
  if ('advice' in opened) return [fail('store', 'Redis does not answer', opened.advice)];
  try {
    return [await checkWrite(opened), ...(await checkKeys(opened, config))];
  } finally {
    await opened.close();
  }
}

async function checkWrite(store: Store): Promise<Finding> {
  try {
    await writeAndRead(store);
    return ok('store', 'Redis answers, and takes writes');
  } catch {
    return fail(
      'store',
      'Redis answers, and takes no writes',
      'It is full (maxmemory), a replica, older than 6.2, or its rules (ACL) forbid EVAL or GETDEL: give it memory, the address of the primary, a newer version, or the right.',
    );
  }
}

/** An administrator who removes a key must know which records are lost with it. */
async function checkKeys(opened: Store, config: Config): Promise<readonly Finding[]> {
  const keys = config.store.encryptionKeys;
  const { oldest, unknown } = await holdingsOf(opened, placeOf(config), keys);
  const lost = warn(
    'keys',
    `${unknown} records are under a key that is not in SHOTGRAPH_ENCRYPTION_KEYS`,
    'They read as absent. If another server writes them, add its key here; if the key was removed, they expire by themselves.',
  );
  if (keys.length === 1) return [unknown > 0 ? lost : ok('keys', 'one, which all records are under')];
  return [...(unknown > 0 ? [lost] : []), holdingOfLast(keys.length, oldest)];
}

function holdingOfLast(keyCount: number, oldest: ReadonlyMap<string, number>): Finding {
  const count = [...oldest.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0) return ok('keys', `the last of ${keyCount} holds nothing: it can be removed`);
  const kinds = [...oldest].map(([kind, each]) => `${kind} ${each}`).join(', ');
  return warn(
    'keys',
    `the last of ${keyCount} still holds ${count} records: ${kinds}`,
    'Keep it for now. What is used moves to the first key by itself; what is left when the key goes is lost, and a mapping that is lost is decided again.',
  );
}

/** Reads every type of the site, which takes a few seconds. */
export async function checkDrift(
  config: Config,
  deps: { readonly clock: Clock; readonly logger: Logger },
): Promise<Finding> {
  try {
    const live = await readLiveSchema(
      { settings: config.site, ...deps, onScriptRead: atTheShell },
      { parallelReads: PARALLEL_READS },
    );
    const { changes, unread } = driftOf(
      live,
      await loadSiteSchema(config.schemaDirectory),
      await loadExposure(config.schemaDirectory),
    );
    if (unread.length > 0) {
      const rest = changes.length === 0 ? '' : ` The others differ in ${changes.length} places.`;
      return warn(
        'drift',
        `could not be looked at for ${unread.join(', ')}: the site did not tell their fields.${rest}`,
        'Run npx --no-install shotgraph schema diff again before you take anything over.',
      );
    }
    if (changes.length === 0) return ok('drift', 'the snapshot is as the site');
    return warn(
      'drift',
      `the site differs from the snapshot in ${changes.length} places`,
      'See what it means for clients: npx --no-install shotgraph schema diff. Then take it over: npx --no-install shotgraph schema pull.',
    );
  } catch (error) {
    const { code } = toAppError(error);
    return warn('drift', `could not be looked at (${code})`, 'Run npx --no-install shotgraph schema diff.');
  }
}
