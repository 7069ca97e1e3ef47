import { readFile } from 'node:fs/promises';
import { loadPlanConfig, loadSchemaDirectory, loadGraphFilesOfServer } from '../config/load-config.ts';
import { createExplainer, type Explanation, explanationJson, printExplanation } from '../graphql/explain.ts';
import { printDiagram } from '../query/plan/print-plan.ts';
import { loadSite } from '../site/load-site.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { command, UsageError } from './command.ts';

export const explainQuery = command({
  name: 'explain',
  words: 'QUERY.graphql',
  summary: 'prints which calls a query makes, in which waves, without making any',
  options: {
    variables: { takes: 'FILE', meaning: 'a file with the variables as JSON' },
    operation: { takes: 'NAME', meaning: 'the operation to explain, where the file has several' },
    'launch-type': {
      takes: 'TYPE',
      meaning: 'the entity type of the rows that a launch has selected',
      byDefault: 'Version',
    },
    json: { meaning: 'prints JSON, for programs' },
    mermaid: { meaning: 'prints a diagram' },
    directory: { takes: 'DIR', meaning: "the folder of the site's schema" },
    config: { takes: 'FILE', meaning: 'the shotgraph.yml whose systems belong to the schema' },
  },
  examples: [
    {
      line: 'explain query.graphql --variables variables.json',
      does: 'The plan of a query: waves, calls, and the fields of each.',
    },
    { line: 'explain query.graphql --mermaid', does: 'The same as a diagram for a page of docs.' },
  ],
  exitCodes: { 1: 'the query does not fit the schema, or the settings cannot be used' },
  async run({ options, words, environment }, terminal) {
    const [file] = words;
    if (file === undefined || words.length > 1) throw new UsageError('Name one file with a query.');
    if (options.json && options.mermaid) throw new UsageError('Take either --json or --mermaid.');
    const directory = options.directory ?? loadSchemaDirectory(environment());
    const { exposed } = await loadSite(directory);
    const files = await loadGraphFilesOfServer(options.config, environment());
    const parts = await loadSystemParts(files);
    const explain = createExplainer({ exposed, parts, ...loadPlanConfig(environment()) });
    const explanation = await explain({
      document: await readText(file),
      variables: options.variables === undefined ? {} : await readVariables(options.variables),
      operationName: options.operation,
      launchType: options['launch-type'],
    });
    for (const { message, locations } of explanation.errors) {
      const place = locations?.[0] === undefined ? '' : `${file}:${locations[0].line}: `;
      terminal.printError(`${place}${message}`);
    }
    terminal.print(printed(explanation, options));
    return explanation.errors.length === 0 ? 0 : 1;
  },
});

function printed(explanation: Explanation, as: { json: boolean; mermaid: boolean }): string {
  if (as.json) return explanationJson(explanation);
  return as.mermaid ? printDiagram(explanation.calls) : printExplanation(explanation);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read.`, { cause });
  }
}

async function readVariables(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readText(file)) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file} is not JSON.`, { cause });
  }
}
