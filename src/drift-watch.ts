import type { Logger } from './base/logger.ts';
import type { Config } from './config/config.ts';
import { graphOf } from './graphql/graph-of.ts';
import type { Metrics } from './observe/metrics.ts';
import { type Effect, effectsOf, type Graph } from './operations/effects.ts';
import { OperationListError } from './operations/list-error.ts';
import { printPlace } from './operations/operation.ts';
import { readWrittenTools } from './operations/read-lists.ts';
import { type OnDrift, reportSchemaDrift } from './shotgun/script/schema-drift.ts';
import { withFacts } from './site/expose.ts';
import type { LoadedSite } from './site/load-site.ts';
import { exposeAfter } from './site/schema-diff.ts';
import { SiteSchemaError } from './site/site-schema-error.ts';
import { ConnectorError, type SystemParts } from './systems/load-system-parts.ts';

/** The parts of a server that know what its tools ask. */
export interface DriftWatch {
  readonly config: Pick<Config, 'asking' | 'graphql' | 'reportsSchemaDrift'>;
  readonly site: LoadedSite;
  readonly graph: Graph;
  readonly parts: SystemParts;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'setTouchedOperations'>;
}

/** Operations that have a line and a series of their own; the others are counted. */
const TOLD_OPERATIONS = 20;
const MAX_REASON_LENGTH = 600;

/**
 * Compares the site with the snapshot once, in the background, where the settings ask for it. Never fails.
 *
 * @param known how the site is read
 */
export async function watchDrift(
  known: Parameters<typeof reportSchemaDrift>[0],
  watch: DriftWatch,
  signal: AbortSignal,
): Promise<void> {
  if (!watch.config.reportsSchemaDrift) return;
  const { snapshot, exposure } = watch.site;
  await reportSchemaDrift(known, snapshot, exposure, { signal, onDrift: tellEffects(watch) });
}

/** Says which operations of the server's tools break, or only warn, once a change of the site is taken over. */
function tellEffects(watch: DriftWatch): OnDrift {
  const { config, site, graph, parts, logger, metrics } = watch;
  return async ({ now, changes }) => {
    try {
      const tools = await readWrittenTools(config.asking.tools, config.graphql);
      if (tools.length === 0) return;
      const shown = exposeAfter({ schema: now, exposure: site.exposure });
      const after = await graphOf(withFacts(shown, site.exposed.facts), parts, config.graphql);
      const { exposed } = site;
      const touched = byOperation(await effectsOf(tools, { before: graph, after, exposed, changes }));
      for (const operation of touched.slice(0, TOLD_OPERATIONS)) logger.warn(...lineOf(operation));
      if (touched.length > 0) logger.warn('schema.operations_touched', summaryOf(touched));
      metrics.setTouchedOperations(seriesOf(touched));
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      logger.warn('schema.effects_unknown', { code: 'FIELD_GONE', reason });
    }
  };
}

interface Touched extends Pick<Effect, 'tool' | 'operation' | 'effect'> {
  readonly effects: readonly [Effect, ...Effect[]];
}

/** Broken ones first. An operation that breaks at one place and warns at another breaks. */
function byOperation(effects: readonly Effect[]): readonly Touched[] {
  const touched = new Map<string, Touched>();
  const first = effects.toSorted((one, other) => RANKS[one.effect] - RANKS[other.effect]);
  for (const effect of first) {
    const { tool, operation } = effect;
    const known = touched.get(`${tool} ${operation}`);
    touched.set(
      `${tool} ${operation}`,
      known === undefined
        ? { tool, operation, effect: effect.effect, effects: [effect] }
        : { ...known, effects: [...known.effects, effect] },
    );
  }
  return [...touched.values()];
}

const RANKS = { breaks: 0, warns: 1 } as const;

function lineOf({ tool, operation, effect, effects }: Touched): Parameters<Logger['warn']> {
  const [{ place, message }] = effects;
  const reason = `${printPlace(place)}: ${message}`.slice(0, MAX_REASON_LENGTH);
  return [
    `schema.operation_${effect}`,
    { code: 'FIELD_GONE', tool, operation, count: effects.length, reason },
  ];
}

function summaryOf(touched: readonly Touched[]) {
  const broken = touched.filter(({ effect }) => effect === 'breaks').length;
  const reason = `${broken} operations break once the change is taken over, and ${touched.length - broken} only warn. "shotgraph schema diff --operations" names all of them.`;
  return { code: 'FIELD_GONE', count: touched.length, reason };
}

/** For each told operation its places; the rest of a tool under one name. */
function seriesOf(touched: readonly Touched[]) {
  return touched.map(({ tool, operation, effect, effects }, index) => ({
    ...{ tool, effect, count: effects.length },
    operation: index < TOLD_OPERATIONS ? operation : 'other',
  }));
}

/** Why nothing is known; undefined for a bug of ours. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof OperationListError || error instanceof SiteSchemaError) return error.problems[0];
  return error instanceof ConnectorError ? error.message : undefined;
}
