import type { Exposure } from '../site/exposure.ts';
import { parseSiteSchema } from '../site/parse-site-schema.ts';
import { diffSchemas } from '../site/schema-diff.ts';
import type { SiteSchema } from '../site/site-schema.ts';
import { readLiveSchema } from './live-schema.ts';
import type { ScriptDoorDeps } from './script-door.ts';

/** One after the other: the site has better things to do. */
const PARALLEL_READS = 1;
const TOLD_PLACES = 20;

/**
 * Compares the snapshot with the live site and warns in the log of what differs. It changes nothing: the running schema
 * is the snapshot's until somebody pulls again and restarts. Never fails; what could not be read is logged too.
 */
export async function reportSchemaDrift(
  deps: ScriptDoorDeps,
  snapshot: SiteSchema,
  exposure: Exposure,
  signal: AbortSignal,
): Promise<void> {
  const { logger } = deps;
  try {
    const live = await readLiveSchema(deps, { parallelReads: PARALLEL_READS, signal });
    if (signal.aborted) return;
    const unread = new Set(live.failed.map(({ type }) => type));
    const fields = Object.fromEntries([...live.fields].map(([type, data]) => [type, { data }]));
    const changes = diffSchemas(
      snapshot,
      parseSiteSchema({ data: live.entityTypes }, fields),
      exposure,
    ).filter(({ place }) => !unread.has(place.split('.')[0] ?? ''));
    if (changes.length === 0) {
      logger.info('schema.current', { count: live.fields.size });
      return;
    }
    const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
    const places = changes.slice(0, TOLD_PLACES).map(({ place }) => place);
    logger.warn('schema.drifted', {
      count: changes.length,
      reason: `${breaking} of the differences break clients. See "shotgraph schema diff", then pull and restart: ${places.join(', ')}`,
    });
  } catch (error) {
    if (!signal.aborted) logger.warn('schema.drift_unknown', { error });
  }
}
