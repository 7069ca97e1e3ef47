import { type Command, Option } from 'commander';
import { demoDataset } from '../site/demo/dataset.ts';
import { generateRows } from '../site/generate-rows.ts';
import { loadFacts } from '../site/load-facts.ts';
import { loadDataset } from '../site/load-dataset.ts';
import type { Dataset, Switches } from '../site/ports.ts';
import { startSite } from '../site/start.ts';
import { SWITCHES } from '../site/switches.ts';
import { USUAL } from '../usual.ts';
import type { AddCommand, Running } from './surroundings.ts';
import { countOption, listOption, portOption, urlOption } from './values.ts';

interface SiteValues {
  readonly port: number;
  readonly storagePort: number;
  readonly host: string;
  readonly server: string;
  readonly schema?: string;
  readonly data?: string;
  readonly generate?: number;
  readonly seed: number;
  readonly delay: number;
  readonly eventLag: number;
  readonly facts?: string;
  readonly switch: readonly string[];
}

const EXAMPLES = `
Examples:
  The demo studio.
    shotgrid-studio site
  Another site's schema, with 50 made-up rows of each type: the same for the same --seed.
    shotgrid-studio site --schema schema/site --generate 50
  Answers and events as late as on a real site.
    shotgrid-studio site --delay 300 --event-lag 300

Switches, each a behaviour that nobody has measured yet, with its default:
${Object.entries(SWITCHES)
  .map(
    ([name, { byDefault, choices, section, meaning }]) =>
      `  ${name}=${String(byDefault)}  (${choices?.join(' | ') ?? 'number'}; API ${section})\n      ${meaning}`,
  )
  .join('\n')}`;

/** `shotgrid-studio site`: the emulated ShotGrid site. */
export const siteCommand: AddCommand = (root, _surroundings, run) => {
  optionsOf(root.command('site').description('a ShotGrid site over REST, with its pages'))
    .addHelpText('after', EXAMPLES)
    .action((values: SiteValues) => run(start(values)));
};

const optionsOf = (command: Command): Command =>
  command
    .addOption(portOption('--port <N>', 'where it listens; 0 takes a free one').default(USUAL.ports.site))
    .addOption(portOption('--storage-port <N>', 'where its files are; 0 takes a free one').default(0))
    .addOption(
      new Option(
        '--host <ADDRESS>',
        'where it listens; its passphrases are known to everybody, so keep it where it is',
      ).default('127.0.0.1'),
    )
    .addOption(
      urlOption('--server <URL>', 'where the menu items of the demo studio lead').default(USUAL.serverUrl),
    )
    .addOption(
      new Option('--schema <FOLDER>', "another site's schema: its entity-types.json and fields.json"),
    )
    .addOption(
      new Option(
        '--data <FILE>',
        'its rows: {"<Type>": [{"id": 1, "<field>": value}]}, links as {"type", "id"}',
      ),
    )
    .addOption(countOption('--generate <N>', 'so many made-up rows of each type of that schema', 1))
    .addOption(countOption('--seed <S>', 'which rows: the same for the same number').default(1))
    .addOption(
      countOption(
        '--delay <MS>',
        'waits so long before each answer of the API; a real site takes about 300',
      ).default(0),
    )
    .addOption(
      countOption(
        '--event-lag <MS>',
        'events are seen so long after what they tell of; about 300 on a real site',
      ).default(0),
    )
    .addOption(
      new Option('--facts <FILE>', 'behaves as the site that "shotgraph probe" measured; --switch wins'),
    )
    .addOption(
      listOption('--switch <name=value>', 'chooses a behaviour, see below; may be repeated').default(
        [],
        'none',
      ),
    );

async function start(values: SiteValues): Promise<Running> {
  const site = await startSite({
    port: values.port,
    storagePort: values.storagePort,
    host: values.host,
    dataset: await datasetOf(values),
    delayMs: values.delay,
    eventLagMs: values.eventLag,
    switches: {
      ...(values.facts === undefined ? {} : await loadFacts(values.facts)),
      ...switchesOf(values.switch),
    },
  });
  return {
    told: `The emulated ShotGrid site is ready at ${site.url} (script ${USUAL.scriptName}, key ${USUAL.scriptKey}, files at ${site.storageUrl})`,
    close: () => site.close(),
  };
}

async function datasetOf({ schema, data, generate, seed, server }: SiteValues): Promise<Dataset> {
  if (schema === undefined) {
    if (data === undefined && generate === undefined) return demoDataset({ bffUrl: server });
    throw new Error('--data and --generate need --schema: rows belong to a schema.');
  }
  const dataset = await loadDataset({
    schemaDirectory: schema,
    ...(data === undefined ? {} : { dataFile: data }),
  });
  return generate === undefined ? dataset : generateRows(dataset, generate, seed);
}

function switchesOf(pairs: readonly string[]): Switches {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2);
      return [
        name,
        /^\d+$/u.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value,
      ];
    }),
  );
}
