import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadPlanConfig, loadSchemaDirectory, loadGraphFilesOfServer } from '../config/load-config.ts';
import { createExplainer, type Explanation, explanationJson, printExplanation } from '../graphql/explain.ts';
import { printDiagram } from '../query/plan/print-plan.ts';
import { exposeSchema } from '../site/expose.ts';
import { loadExposure } from '../site/exposure.ts';
import { loadSiteSchema } from '../site/load-site-schema.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { type Command, UsageError } from './command.ts';

export const explainQuery: Command = {
  name: 'explain',
  usage:
    'explain QUERY.graphql [--variables VARIABLES.json] [--operation NAME] [--launch-type TYPE] [--json | --mermaid] [--directory DIR] [--config FILE]',
  summary: 'prints which calls a query makes, in which waves, without making any',
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        variables: { type: 'string' },
        operation: { type: 'string' },
        'launch-type': { type: 'string', default: 'Version' },
        directory: { type: 'string' },
        config: { type: 'string' },
        json: { type: 'boolean', default: false },
        mermaid: { type: 'boolean', default: false },
      },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new UsageError('Name one file with a query.');
    if (values.json && values.mermaid) throw new UsageError('Take either --json or --mermaid.');
    const directory = values.directory ?? loadSchemaDirectory();
    const schema = await loadSiteSchema(directory);
    const exposed = exposeSchema(schema, await loadExposure(directory));
    const { systems, extensions } = await loadGraphFilesOfServer(values.config);
    const parts = await loadSystemParts(systems, extensions);
    const explain = createExplainer({ exposed, parts, ...loadPlanConfig() });
    const explanation = await explain({
      document: await readText(file),
      variables: values.variables === undefined ? {} : await readVariables(values.variables),
      operationName: values.operation,
      launchType: values['launch-type'],
    });
    for (const { message, locations } of explanation.errors) {
      const place = locations?.[0] === undefined ? '' : `${file}:${locations[0].line}: `;
      terminal.printError(`${place}${message}`);
    }
    terminal.print(printed(explanation, values));
    return explanation.errors.length === 0 ? 0 : 1;
  },
};

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
