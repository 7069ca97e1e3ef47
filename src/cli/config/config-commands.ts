import { variablesOfProcess } from '../../config/environment.ts';
import { listsPathOf, loadConfig } from '../../config/load-config.ts';
import { looseAddresses } from '../../config/tools/weaknesses.ts';
import { printGraphqlSchema } from '../../graphql/print-schema.ts';
import { loadSystemParts } from '../../systems/load-system-parts.ts';
import { command } from '../command.ts';
import { checkPlans } from '../operations/check-plans.ts';
import { checkPlaces } from '../places.ts';
import { listValues, type ShownValue, settingValues } from './config-values.ts';

/** What `start` checks before it listens, without a call to anybody. */
export const configCheck = command({
  name: 'config check',
  summary: 'checks settings, shotgraph.yml and the files that they name, as start does, and calls nobody',
  options: {},
  examples: [
    { line: 'config check', does: 'Every problem at once, before a server is replaced.' },
    { line: 'config check --env staging', does: 'The same with the file .env.staging.' },
  ],
  async run({ environment }, terminal) {
    const config = await loadConfig(environment(), [checkPlaces, checkPlans]);
    // Names of systems and extensions can clash with those of the site, which shows only in the whole graph.
    await printGraphqlSchema(config.schemaDirectory, await loadSystemParts(config));
    const counts = [
      ['menu items', config.amis.length],
      ['front ends', config.apps.length + config.frontEndOrigins.length],
      ['other systems', config.systems.length],
    ].map(([what, count]) => `${what}: ${count}`);
    terminal.print(`The configuration can be used, for ${config.environment}. ${counts.join(', ')}.`);
    for (const problem of looseAddresses(config)) terminal.print(`Warning: ${problem}`);
    return 0;
  },
});

/** Where each value comes from, for somebody who wonders why a server does what it does. */
export const configShow = command({
  name: 'config show',
  summary:
    'shows every setting and shotgraph.yml, with the place that each value comes from; secrets are masked',
  options: { json: { meaning: 'prints JSON' } },
  examples: [
    { line: 'config show', does: 'All values, also those that are defaults.' },
    { line: 'config show --json', does: 'The same for a script: name, value, from.' },
  ],
  async run({ options, environment }, terminal) {
    const variables = { environment: environment(), ofProcess: variablesOfProcess() };
    const problems: string[] = [];
    const ofLists = await listValues(listsPathOf(variables.environment), variables, problems);
    const values = [...settingValues(variables), ...ofLists];
    terminal.print(options.json ? JSON.stringify(values, null, 2) : tableOf(values));
    for (const problem of problems) terminal.printError(problem);
    return problems.length > 0 ? 1 : 0;
  },
});

function tableOf(values: readonly ShownValue[]): string {
  const width = Math.max(...values.map(({ name }) => name.length));
  return values.map(({ name, value, from }) => `${name.padEnd(width)}  ${value ?? ''}  (${from})`).join('\n');
}
