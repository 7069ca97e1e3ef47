import { parseArgs } from 'node:util';
import { demoDataset } from './demo/dataset.ts';
import { generateRows } from './generate-rows.ts';
import { loadFacts } from './load-facts.ts';
import { loadDataset } from './load-dataset.ts';
import type { Dataset, Switches } from './ports.ts';
import { startSite } from './start.ts';
import { SWITCHES } from './switches.ts';

const DEFAULT_PORT = '4010';

const HELP = `Runs an emulated ShotGrid site on loopback.

  npm run site -- [--port N] [--storage-port N] [--schema DIR] [--data FILE] [--generate N [--seed S]] [--delay MS] [--event-lag MS] [--facts FILE] [--switch name=value ...]

  --port N          ${DEFAULT_PORT} by default; 0 takes a free one
  --storage-port N  where its files are; a free one by default
  --schema DIR      another site's schema: entity-types.json and fields.json
  --data FILE       its rows: {"<Type>": [{"id": 1, "<field>": value}]}, links as {"type", "id"}
  --generate N      N made-up rows of each type of that schema
  --seed S          which rows: the same for the same number, 1 by default
  --delay MS        waits so long before each answer of the API; a real site takes about 300
  --event-lag MS    events are visible so long after what they tell of; about 300 on a real site
  --facts FILE      behaves as the site that "shotgraph probe" measured; --switch wins
  --switch          chooses a behaviour that nobody has measured yet:

${Object.entries(SWITCHES)
  .map(
    ([name, { byDefault, choices, section, meaning }]) =>
      `    ${name}=${String(byDefault)}  (${choices?.join(' | ') ?? 'number'}; API ${section})\n        ${meaning}`,
  )
  .join('\n')}
`;

const values = readOptions();
if (values.help) console.log(HELP);
else await run();

/** What was typed; an option that there is none of ends the command with where to look. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: DEFAULT_PORT },
        'storage-port': { type: 'string', default: '0' },
        schema: { type: 'string' },
        data: { type: 'string' },
        generate: { type: 'string' },
        seed: { type: 'string', default: '1' },
        delay: { type: 'string', default: '0' },
        'event-lag': { type: 'string', default: '0' },
        facts: { type: 'string' },
        switch: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nSee npm run site -- --help.`);
    return process.exit(1);
  }
}

async function run(): Promise<void> {
  try {
    const site = await startSite({
      port: Number(values.port),
      storagePort: Number(values['storage-port']),
      dataset: await datasetOf(),
      delayMs: Number(values.delay),
      eventLagMs: Number(values['event-lag']),
      switches: {
        ...(values.facts === undefined ? {} : await loadFacts(values.facts)),
        ...switchesOf(values.switch),
      },
    });
    console.log(
      `The emulated ShotGrid site is ready at ${site.url} (script shotgraph, key demo-script-key, files at ${site.storageUrl})`,
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void site.close());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function datasetOf(): Promise<Dataset> {
  const { schema, data, generate, seed } = values;
  if (schema === undefined) {
    if (data === undefined && generate === undefined) return demoDataset();
    throw new Error('--data and --generate need --schema: rows belong to a schema.');
  }
  const dataset = await loadDataset({
    schemaDirectory: schema,
    ...(data === undefined ? {} : { dataFile: data }),
  });
  return generate === undefined ? dataset : generateRows(dataset, Number(generate), Number(seed));
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
