import { atTheShell } from '../shotgun/script/doors.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/logger.ts';
import type { Environment } from '../config/environment.ts';
import { ConfigError, loadSchemaDirectory, loadSiteConfig } from '../config/load-config.ts';
import { readLiveSchema } from '../shotgun/script/live-schema.ts';
import { OperationListError } from '../operations/list-error.ts';
import { EMPTY_EXPOSURE, loadExposure } from '../site/exposure.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import { parseSiteSchema } from '../site/parse-site-schema.ts';
import { diffSchemas, type SchemaChange, type SiteSide } from '../site/schema-diff.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import type { SiteSchema } from '../site/site-schema.ts';
import { AppError } from '../base/errors.ts';
import { ConnectorError } from '../systems/load-system-parts.ts';
import {
  command,
  isWithoutSettings,
  noSettings,
  NOT_LOOKED_AT,
  type Terminal,
  UsageError,
} from './command.ts';
import {
  breaksAny,
  effectsJson,
  effectsOfChanges,
  NoStartError,
  printEffects,
  changeLine,
} from './operations/schema-effects.ts';

const LIVE = 'live';
/** As for a pull: do not overload the site. */
const PARALLEL_READS = 4;

export const schemaDiff = command({
  name: 'schema diff',
  summary: 'says how the site differs from the snapshot',
  options: {
    directory: { takes: 'DIR', meaning: 'the folder of the snapshot' },
    against: {
      takes: 'DIR|live',
      meaning: 'the folder of another snapshot, or the site itself',
      byDefault: LIVE,
    },
    operations: { meaning: 'names tool, file, operation and line that each difference breaks' },
    config: { takes: 'FILE', meaning: 'with --operations: the shotgraph.yml whose tools are looked at' },
    json: { meaning: 'prints JSON, for programs' },
  },
  examples: [
    { line: 'schema diff', does: 'The site now, against the snapshot that the server reads.' },
    { line: 'schema diff --operations', does: 'Which tool the change of the site breaks, and where.' },
    {
      line: 'schema diff --directory ../before/schema/site --against schema/site --operations',
      does: 'Two snapshots, each with the expose.yml beside it.',
    },
  ],
  exitCodes: {
    1: 'a difference breaks clients, or keeps the server from starting; with --operations: an operation breaks, and no other client counts',
    2: 'called wrongly, or with --operations no tool has a list',
    3: 'the settings, the site, a snapshot, a system or a list of operations could not be read',
  },
  async run({ options, environment }, terminal) {
    if (options.config !== undefined && !options.operations)
      throw new UsageError('--config goes with --operations.');
    try {
      const directory = options.directory ?? loadSchemaDirectory(environment());
      const sides = await sidesOf(directory, options.against, { terminal, environment });
      if (sides === null) return NOT_LOOKED_AT;
      const changes = diffSchemas(sides.before, sides.after);
      if (options.operations) {
        const effects = await effectsOfChanges({ ...sides, changes }, options.config, environment());
        if (options.json) terminal.print(effectsJson(changes, effects));
        else printEffects(changes, effects, terminal);
        return breaksAny(changes, effects) ? 1 : 0;
      }
      const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
      if (options.json) terminal.print(JSON.stringify(changes, null, 2));
      else printChanges(changes, breaking, terminal);
      return breaking === 0 ? 0 : 1;
    } catch (error) {
      const told = failureOf(error, environment);
      if (told === undefined) throw error;
      terminal.printError(told);
      return error instanceof NoStartError ? 1 : NOT_LOOKED_AT;
    }
  },
});

/** What kept this command from an answer; undefined for a wrong call and a bug of ours. */
function failureOf(error: unknown, environment: () => Environment): string | undefined {
  if (error instanceof ConfigError)
    return isWithoutSettings(error, environment) ? noSettings() : error.message;
  const isKnown = [SiteSchemaError, OperationListError, ConnectorError, NoStartError].some(
    (kind) => error instanceof kind,
  );
  return isKnown && error instanceof Error ? error.message : undefined;
}

function printChanges(changes: readonly SchemaChange[], breaking: number, terminal: Terminal): void {
  for (const change of changes)
    terminal.print(changeLine(change, change.isBreaking), change.isBreaking ? 'bad' : undefined);
  terminal.print(
    changes.length === 0
      ? 'No difference.'
      : `${changes.length} differences, ${breaking} of which break clients.`,
  );
}

interface Here {
  readonly terminal: Terminal;
  readonly environment: () => Environment;
}

interface Sides {
  readonly before: SiteSide;
  readonly after: SiteSide;
}

/**
 * Null where the site could not be read: nothing is known of a difference then. Another snapshot has the rules of the
 * `expose.yml` beside it, where there is one.
 *
 * @throws SiteSchemaError if a snapshot cannot be read
 */
async function sidesOf(directory: string, against: string, here: Here): Promise<Sides | null> {
  const exposure = await loadExposure(directory);
  const before = { schema: await loadSiteSchema(directory), exposure };
  if (against === LIVE) {
    const schema = await liveSchema(here);
    return schema === null ? null : { before, after: { schema, exposure } };
  }
  const other = await loadExposure(against);
  const rules = other === EMPTY_EXPOSURE ? exposure : other;
  return { before, after: { schema: await loadSiteSchema(against), exposure: rules } };
}

/** Null if the site, or a type of it, could not be read: it would look deleted. */
async function liveSchema({ terminal, environment }: Here): Promise<SiteSchema | null> {
  const { site } = loadSiteConfig(environment());
  const live = await readLiveSchema(
    {
      settings: site,
      clock: systemClock,
      logger: createLogger({ level: 'error' }),
      onScriptRead: atTheShell,
    },
    { parallelReads: PARALLEL_READS },
  ).catch((error: unknown) => {
    // A bug of ours is shown with its trace.
    if (!(error instanceof AppError) || error.code === 'INTERNAL') throw error;
    terminal.printError(`The site could not be read: ${error.code}: ${error.message}`);
    return null;
  });
  if (live === null) return null;
  for (const { type, code } of live.failed)
    terminal.printError(`${type} could not be read: ${code}. Run this again.`);
  if (live.failed.length > 0) return null;
  const fields = Object.fromEntries([...live.fields].map(([type, data]) => [type, { data }]));
  return parseSiteSchema({ data: live.entityTypes }, fields);
}
