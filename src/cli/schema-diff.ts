import { atTheShell } from '../shotgun/script/doors.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/logger.ts';
import type { Environment } from '../config/environment.ts';
import { loadSchemaDirectory, loadSiteConfig } from '../config/load-config.ts';
import { readLiveSchema } from '../shotgun/script/live-schema.ts';
import { loadExposure } from '../site/exposure.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import { parseSiteSchema } from '../site/parse-site-schema.ts';
import { diffSchemas, type SchemaChange } from '../site/schema-diff.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import type { SiteSchema } from '../site/site-schema.ts';
import { AppError } from '../base/errors.ts';
import { command, NOT_LOOKED_AT, type Terminal } from './command.ts';

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
    json: { meaning: 'prints JSON, for programs' },
  },
  examples: [
    { line: 'schema diff', does: 'The site now, against the snapshot that the server reads.' },
    { line: 'schema diff --against ../staging/schema/site', does: 'Two snapshots.' },
  ],
  exitCodes: { 1: 'a difference breaks clients', 3: 'the site or a snapshot could not be read' },
  async run({ options, environment }, terminal) {
    const directory = options.directory ?? loadSchemaDirectory(environment());
    const changes = await changesOf(directory, options.against, { terminal, environment });
    if (changes === null) return NOT_LOOKED_AT;
    const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
    if (options.json) terminal.print(JSON.stringify(changes, null, 2));
    else printChanges(changes, breaking, terminal);
    return breaking === 0 ? 0 : 1;
  },
});

function printChanges(changes: readonly SchemaChange[], breaking: number, terminal: Terminal): void {
  for (const change of changes) terminal.print(lineOf(change), change.isBreaking ? 'bad' : undefined);
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

/** Null where a side could not be read, or cannot be made a schema of: nothing is known of a difference then. */
async function changesOf(
  directory: string,
  against: string,
  here: Here,
): Promise<readonly SchemaChange[] | null> {
  try {
    const before = await loadSiteSchema(directory);
    const after = against === LIVE ? await liveSchema(here) : await loadSiteSchema(against);
    return after === null ? null : diffSchemas(before, after, await loadExposure(directory));
  } catch (error) {
    if (!(error instanceof SiteSchemaError)) throw error;
    here.terminal.printError(error.message);
    return null;
  }
}

const lineOf = ({ place, text, isBreaking }: SchemaChange): string =>
  `${isBreaking ? 'BREAKS ' : '       '}${place} ${text}`;

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
