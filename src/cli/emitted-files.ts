import { readFile } from 'node:fs/promises';
import { loadGraphFiles } from '../config/load-config.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { printGraphqlSchema } from '../graphql/print-schema.ts';
import { renderDoors } from '../shotgun/script/doors.ts';
import { renderFactsSchema } from '../site/facts/site-facts.ts';
import { renderAdvice } from './client/render-advice.ts';
import { renderErrorsPage } from './render-errors.ts';
import { renderDataTypes } from '../site/data-types/render-data-types.ts';
import { renderQuestions } from './probe/render-questions.ts';
import { COMMANDS } from './commands.ts';
import { renderCommands } from './line/render-commands.ts';
import {
  renderEnvironmentExample,
  renderListsSchema,
  renderSettingsPage,
} from '../config/render-settings.ts';

/**
 * A page with one part made from a table: the text between the two marks of that name.
 *
 * @throws Error if the page has no such marks
 */
async function withPart(path: string, name: string, part: string): Promise<string> {
  const page = await readFile(path, 'utf8');
  const [begin, end] = [`<!-- begin: ${name}, made by npm run fix:emitted -->`, `<!-- end: ${name} -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no marks for "${name}".`);
  return `${before}${begin}\n\n${part}\n\n${end}${after}`;
}

export interface EmittedFile {
  /** From the root of the project. */
  readonly path: string;
  render(): string | Promise<string>;
}

/** The schema of the demo: its site and its other systems. */
async function demoSchema(): Promise<string> {
  return printGraphqlSchema('schema/site', await loadSystemParts(await loadGraphFiles('shotgraph.yml')));
}

/**
 * Files that are made from tables in the code. A test compares each with its table; `npm run fix:emitted` writes
 * them.
 */
export const EMITTED_FILES: readonly EmittedFile[] = [
  { path: 'docs/settings.md', render: renderSettingsPage },
  { path: 'docs/commands.md', render: () => renderCommands(COMMANDS) },
  { path: '.env.example', render: renderEnvironmentExample },
  { path: 'schema/shotgraph.schema.json', render: renderListsSchema },
  { path: 'schema/facts.schema.json', render: renderFactsSchema },
  { path: 'docs/errors.md', render: renderErrorsPage },
  { path: 'clients/typescript/src/advice.ts', render: renderAdvice },
  { path: 'docs/data-types.md', render: () => renderDataTypes() },
  { path: 'ARCHITECTURE.md', render: () => withPart('ARCHITECTURE.md', 'doors', renderDoors()) },
  { path: 'docs/probe.md', render: () => withPart('docs/probe.md', 'questions', renderQuestions()) },
  { path: 'schema/schema.graphql', render: demoSchema },
];
