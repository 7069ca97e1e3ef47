import { loadSystemFiles } from '../config/load-config.ts';
import { loadSystemParts } from '../systems/load-system-parts.ts';
import { printGraphqlSchema } from '../graphql/print-schema.ts';
import { renderErrorsPage } from '../base/render-errors.ts';
import { renderEnvironmentExample, renderSettingsPage } from '../config/render-settings.ts';

export interface EmittedFile {
  /** From the root of the project. */
  readonly path: string;
  render(): string | Promise<string>;
}

/** The contract of the demo: its site and its other systems. */
const demoSchema = async (): Promise<string> =>
  printGraphqlSchema('schema/site', await loadSystemParts(await loadSystemFiles('shotgraph.yml')));

/** Files that are made from tables in the code. A test holds each to its table; `npm run fix:emitted` writes them. */
export const EMITTED_FILES: readonly EmittedFile[] = [
  { path: 'docs/settings.md', render: renderSettingsPage },
  { path: '.env.example', render: renderEnvironmentExample },
  { path: 'docs/errors.md', render: renderErrorsPage },
  { path: 'schema/schema.graphql', render: demoSchema },
];
