import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/logger.ts';
import { loadSiteConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';
import { systemFiles } from '../config/lists.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { printGraphqlSchema } from '../graphql/print-schema.ts';
import { pullSiteSchema } from './schema-pull.ts';

export const schemaPull: Command = {
  name: 'schema pull',
  usage: 'schema pull [--directory DIR]',
  summary: "reads the site's schema into the folder of the snapshot",
  async run(args, terminal) {
    const { values } = parseArgs({ args: [...args], options: { directory: { type: 'string' } } });
    const { site, schemaDirectory } = loadSiteConfig();
    const directory = values.directory ?? schemaDirectory;
    const deps = { settings: site, clock: systemClock, logger: createLogger({ level: 'error' }) };
    const result = await pullSiteSchema(deps, directory, ({ type, done, total, failure }) => {
      if (failure !== null) terminal.printError(`${type}: ${failure}`);
      else if (done === total || done % 25 === 0) terminal.print(`${done} of ${total} types`);
    });
    terminal.print(`${result.typeCount} types with ${result.fieldCount} fields in ${directory}`);
    for (const { type } of result.failed) {
      terminal.printError(
        `${type} could not be read; its fields are those of the last pull. Run this again.`,
      );
    }
    return result.failed.length === 0 ? 0 : 1;
  },
};

export const schemaPrint: Command = {
  name: 'schema print',
  usage: 'schema print [--directory DIR] [--config FILE]',
  summary: 'prints the GraphQL schema of the snapshot, with the systems of the file where one is given',
  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: { directory: { type: 'string', default: 'schema/site' }, config: { type: 'string' } },
    });
    const parts =
      values.config === undefined ? undefined : await loadSystemParts(await systemFiles(values.config));
    terminal.print(await printGraphqlSchema(values.directory, parts));
    return 0;
  },
};
