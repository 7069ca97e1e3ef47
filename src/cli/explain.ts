import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { loadPlanConfig } from '../config/load-config.ts';
import {
  createExplainer,
  type ExplainRequest,
  type Explanation,
  explanationJson,
  printExplanation,
} from '../graphql/explain.ts';
import { placeIn, printPlace, sourceOf } from '../operations/operation.ts';
import type { GraphFiles } from '../config/lists.ts';
import { operationNamed, toolsOf } from './operations/find-operations.ts';
import { printDiagram } from '../query/plan/print-plan.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { command, UsageError } from './command.ts';
import { readSite } from './read-site.ts';

export const explainQuery = command({
  name: 'explain',
  words: 'QUERY.graphql|OPERATION',
  summary: 'prints which calls a query makes, in which waves, without making any',
  options: {
    variables: { takes: 'FILE', meaning: 'a file with the variables as JSON' },
    operation: { takes: 'NAME', meaning: 'the operation to explain, where the file has several' },
    tool: { takes: 'NAME', meaning: 'the tool whose operation it is, where several have one of this name' },
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
    {
      line: 'explain ReviewRoom',
      does: 'The plan of an operation of a tool of shotgraph.yml, with sample values for variables that are not given.',
    },
    { line: 'explain query.graphql --mermaid', does: 'The same as a diagram for a page of docs.' },
  ],
  exitCodes: { 1: 'the query does not fit the schema, or the settings cannot be used' },
  async run({ options, words, environment }, terminal) {
    const [word] = words;
    if (word === undefined || words.length > 1)
      throw new UsageError('Name one file with a query, or one operation of a tool.');
    if (options.json && options.mermaid) throw new UsageError('Take either --json or --mermaid.');
    const { exposed, files, settings } = await readSite(options, environment());
    const asked = await askedBy(word, options, { files, settings });
    const explain = createExplainer({ exposed, parts: await loadSystemParts(files), ...settings });
    const explanation = await explain({
      ...asked,
      variables: options.variables === undefined ? {} : await readVariables(options.variables),
      launchType: options['launch-type'],
    });
    for (const { message, locations, source } of explanation.errors) {
      const line = locations?.[0]?.line;
      const place =
        source === undefined || line === undefined ? '' : `${printPlace(placeIn(source, line))}: `;
      terminal.printError(`${place}${message}`);
    }
    terminal.print(printed(explanation, options));
    return explanation.errors.length === 0 ? 0 : 1;
  },
});

type Asked = Pick<ExplainRequest, 'document' | 'operationName' | 'isSampled' | 'maxSearches'>;

/** A file, or an operation of a tool by its name. */
async function askedBy(
  word: string,
  { tool, operation }: { readonly tool: string | undefined; readonly operation: string | undefined },
  { files, settings }: { readonly files: GraphFiles; readonly settings: ReturnType<typeof loadPlanConfig> },
): Promise<Asked> {
  if (tool === undefined && (!OPERATION_NAME.test(word) || existsSync(word)))
    return { document: sourceOf(await readText(word), word), operationName: operation };
  if (operation !== undefined) throw new UsageError('--operation is for a file. Name the operation alone.');
  const named = operationNamed(word, await toolsOf(files.tools, settings, tool));
  const maxSearches = named.tool.rules.get(word)?.maxSearches ?? settings.plan.maxSearches;
  return {
    ...{ document: named.operation.document, operationName: word, isSampled: true },
    maxSearches: Math.min(maxSearches, settings.plan.maxSearches),
  };
}

const OPERATION_NAME = /^[_A-Za-z][_0-9A-Za-z]*$/u;

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
