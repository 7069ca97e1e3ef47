import type { Logger } from '../../base/logger.ts';
import type { Exposure } from '../../site/exposure.ts';
import { parseSiteSchema } from '../../site/parse-site-schema.ts';
import { diffSchemas, type SchemaChange } from '../../site/schema-diff.ts';
import type { SiteSchema } from '../../site/site-schema.ts';
import { type LiveSchema, readLiveSchema } from './live-schema.ts';
import type { ScriptDoorDeps } from './script-door.ts';

/** Sequential, so that this background check puts little load on the site. */
const PARALLEL_READS = 1;
const TOLD_PLACES = 20;

/** How the site differs, and the types that could not be read. */
export interface Drift {
  readonly changes: readonly SchemaChange[];
  readonly unread: readonly string[];
  /** The site as it is now. A type that could not be read is as the snapshot says: it never counts as gone. */
  readonly now: SiteSchema;
}

/** Compares the live schema with the snapshot. */
export function driftOf(live: LiveSchema, snapshot: SiteSchema, exposure: Exposure): Drift {
  const unread = live.failed.map(({ type }) => type);
  const fields = Object.fromEntries([...live.fields].map(([type, data]) => [type, { data }]));
  const types = new Map(parseSiteSchema({ data: live.entityTypes }, fields).types);
  for (const type of unread) {
    const known = snapshot.types.get(type);
    if (known !== undefined) types.set(type, known);
  }
  const now = { types };
  return {
    changes: diffSchemas({ schema: snapshot, exposure }, { schema: now, exposure }),
    ...{ unread, now },
  };
}

/** What is told of a drift beyond its places. Errors are logged. */
export type OnDrift = (drift: Drift) => Promise<void>;

/**
 * Compares the snapshot with the live site and logs a warning for each difference. It changes nothing: the server
 * keeps the snapshot until an administrator pulls again and restarts. Never fails; unread types are logged too.
 */
export async function reportSchemaDrift(
  deps: ScriptDoorDeps,
  snapshot: SiteSchema,
  exposure: Exposure,
  { signal, onDrift }: { readonly signal: AbortSignal; readonly onDrift: OnDrift },
): Promise<void> {
  const { logger } = deps;
  try {
    const live = await readLiveSchema(deps, { parallelReads: PARALLEL_READS, signal });
    if (signal.aborted) return;
    const drift = driftOf(live, snapshot, exposure);
    const { changes, unread } = drift;
    if (unread.length > 0) {
      const reason = unread.slice(0, TOLD_PLACES).join(', ');
      logger.warn('schema.drift_unknown', { code: 'UPSTREAM_BROKEN', count: unread.length, reason });
    }
    if (changes.length === 0 && unread.length === 0) {
      logger.info('schema.current', { count: live.fields.size });
      return;
    }
    if (changes.length === 0) return;
    const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
    const places = changes.slice(0, TOLD_PLACES).map(({ place }) => place);
    logger.warn('schema.drifted', {
      code: 'FIELD_GONE',
      count: changes.length,
      reason: `${breaking} of the differences break clients. See "shotgraph schema diff", then pull and restart: ${places.join(', ')}`,
    });
    tellRules(changes, logger);
    await onDrift(drift);
  } catch (error) {
    if (!signal.aborted) logger.warn('schema.drift_unknown', { error });
  }
}

/** Rules of `expose.yml` for what is gone: a server that is restarted after a pull refuses to start with them. */
function tellRules(changes: readonly SchemaChange[], logger: Logger): void {
  const rules = changes.filter(({ touches }) => touches === 'start');
  if (rules.length === 0) return;
  const told = rules.slice(0, TOLD_PLACES).map(({ place, text }) => `${place} ${text}`);
  logger.warn('schema.rules_gone', { code: 'FIELD_GONE', count: rules.length, reason: told.join(' ') });
}
