import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/logger.ts';
import { loadSchemaDirectory, loadSiteConfig, loadGraphFiles } from '../config/load-config.ts';
import { command, type Terminal } from './command.ts';
import { exposeSchema } from '../site/expose.ts';
import { loadExposure } from '../site/exposure.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import { SiteSchemaError } from '../site/site-schema-error.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { printGraphqlSchema } from '../graphql/print-schema.ts';
import { pullSiteSchema } from './schema-pull.ts';

export const schemaPull = command({
  name: 'schema pull',
  summary: "reads the site's schema into the folder of the snapshot; continues an interrupted pull",
  options: {
    directory: { takes: 'DIR', meaning: 'the folder, in place of SHOTGRAPH_SCHEMA_DIRECTORY' },
    fresh: { meaning: 'reads everything again, and does not continue an interrupted pull' },
    partial: { meaning: 'leaves out types that cannot be read' },
  },
  examples: [
    { line: 'schema pull', does: 'Then look at the difference, and commit it.' },
    { line: 'schema pull --env staging', does: 'The schema of the site that .env.staging names.' },
  ],
  exitCodes: { 1: 'a type could not be read, or expose.yml does not fit what was read' },
  async run({ options, environment }, terminal) {
    const { site, schemaDirectory } = loadSiteConfig(environment());
    const directory = options.directory ?? schemaDirectory;
    const deps = { settings: site, clock: systemClock, logger: createLogger({ level: 'error' }) };
    const result = await pullSiteSchema(deps, {
      directory,
      isFresh: options.fresh,
      isPartialTaken: options.partial,
      onProgress({ type, done, total, failure }) {
        if (failure !== null) terminal.printError(`${type}: ${failure}`);
        else terminal.progress?.(`${done} of ${total} types`);
      },
    });
    if (result.resumedCount > 0)
      terminal.print(
        `${result.resumedCount} of them were read by the pull that was interrupted; --fresh reads them again.`,
      );
    if (!result.isWritten) {
      const types = result.failed.map(({ type }) => type).join(', ');
      terminal.printError(
        `${types} could not be read, and no earlier pull has all of their fields: nothing was written to ${directory}. Run this again: it reads what failed. --partial leaves these types out.`,
      );
      return 1;
    }
    terminal.print(`${result.typeCount} types with ${result.fieldCount} fields in ${directory}`);
    for (const { type } of result.failed) {
      terminal.printError(
        `${type} could not be read; its fields are those of the last pull, where there was one. Run this again: it reads what failed.`,
      );
    }
    const isUsable = await reportNames(directory, terminal);
    return result.failed.length === 0 && isUsable ? 0 : 1;
  },
});

/** Reports names that differ from the rule, and rules of `expose.yml` that do not fit the pulled schema. */
async function reportNames(directory: string, terminal: Terminal): Promise<boolean> {
  try {
    const { names } = exposeSchema(await loadSiteSchema(directory), await loadExposure(directory));
    for (const { place, graphqlName, reason } of names.notes)
      terminal.print(`${place} is ${graphqlName} in GraphQL: ${reason}.`);
    return true;
  } catch (error) {
    if (!(error instanceof SiteSchemaError)) throw error;
    for (const problem of error.problems) terminal.printError(problem);
    return false;
  }
}

export const schemaPrint = command({
  name: 'schema print',
  summary: 'prints the GraphQL schema of the snapshot, with the systems of the file where one is given',
  options: {
    directory: { takes: 'DIR', meaning: 'the folder of the snapshot' },
    config: { takes: 'FILE', meaning: 'a shotgraph.yml: its systems become part of the schema' },
  },
  examples: [
    { line: 'schema print > schema.graphql', does: 'For the tools of a front end.' },
    { line: 'schema print --config shotgraph.yml', does: 'The same with the other systems of the studio.' },
  ],
  async run({ options, environment }, terminal) {
    const files = options.config === undefined ? undefined : await loadGraphFiles(options.config);
    const parts = files && (await loadSystemParts(files));
    const directory = options.directory ?? loadSchemaDirectory(environment());
    terminal.print(await printGraphqlSchema(directory, parts));
    return 0;
  },
});
