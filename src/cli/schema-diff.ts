import { atTheShell } from '../shotgun/script/doors.ts';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/logger.ts';
import { loadSchemaDirectory, loadSiteConfig } from '../config/load-config.ts';
import { readLiveSchema } from '../shotgun/script/live-schema.ts';
import { loadExposure } from '../site/exposure.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import { parseSiteSchema } from '../site/parse-site-schema.ts';
import { diffSchemas, type SchemaChange } from '../site/schema-diff.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import type { SiteSchema } from '../site/site-schema.ts';
import { AppError } from '../base/errors.ts';
import { type Command, NOT_LOOKED_AT, type Terminal } from './command.ts';

const LIVE = 'live';
/** As for a pull: do not overload the site. */
const PARALLEL_READS = 4;

export const schemaDiff: Command = {
  name: 'schema diff',
  usage: 'schema diff [--directory DIR] [--against DIR|live]',
  summary:
    'says how the site differs from the snapshot; exit code 1 where that breaks clients, 3 where it could not be looked at',
  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        directory: { type: 'string' },
        against: { type: 'string', default: LIVE },
      },
    });
    const directory = values.directory ?? loadSchemaDirectory();
    const changes = await changesOf(directory, values.against, terminal);
    if (changes === null) return NOT_LOOKED_AT;
    for (const change of changes) terminal.print(lineOf(change));
    const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
    terminal.print(
      changes.length === 0
        ? 'No difference.'
        : `${changes.length} differences, ${breaking} of which break clients.`,
    );
    return breaking === 0 ? 0 : 1;
  },
};

/** Null where a side could not be read, or cannot be made a schema of: nothing is known of a difference then. */
async function changesOf(
  directory: string,
  against: string,
  terminal: Terminal,
): Promise<readonly SchemaChange[] | null> {
  try {
    const before = await loadSiteSchema(directory);
    const after = against === LIVE ? await liveSchema(terminal) : await loadSiteSchema(against);
    return after === null ? null : diffSchemas(before, after, await loadExposure(directory));
  } catch (error) {
    if (!(error instanceof SiteSchemaError)) throw error;
    terminal.printError(error.message);
    return null;
  }
}

const lineOf = ({ place, text, isBreaking }: SchemaChange): string =>
  `${isBreaking ? 'BREAKS ' : '       '}${place} ${text}`;

/** Null if the site, or a type of it, could not be read: it would look deleted. */
async function liveSchema(terminal: Terminal): Promise<SiteSchema | null> {
  const { site } = loadSiteConfig();
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
