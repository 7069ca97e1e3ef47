import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../rules/source-files.ts';
import { appDocument } from './app-documents.ts';
import { programQueriesOf, restRowsOf, tableQueriesOf, tasksOf } from './doc-queries.ts';
import { LAUNCH_ID } from './page.ts';
import { PAGES } from './pages.ts';

/** A document that stands in the docs, in a golden page or in the review app. */
export interface AskedDocument {
  readonly from: string;
  /** Name of its operation; empty where it has none. */
  readonly title: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly as: 'mira' | 'joao';
}

const docOf = (name: string): Promise<string> => readFile(join(ROOT, name), 'utf8');

/** All of them, each once. They name a launch by `LAUNCH_ID`. */
export async function askedDocuments(): Promise<readonly AskedDocument[]> {
  const graphql = await docOf('docs/graphql.md');
  const frontEnd = await docOf('docs/front-end.md');
  const fences = ['docs/graphql.md', 'docs/front-end.md', 'docs/files.md', 'README.md'];
  const tasks = await Promise.all(
    fences.map(async (from) =>
      tasksOf(await docOf(from)).map(({ title, query, variables }) => ({
        ...{ from, title, query },
        variables: query.includes('$launch') ? { launch: LAUNCH_ID } : variables,
      })),
    ),
  );
  const inTables = (from: string, query: string) => ({
    ...{ from, title: '', query },
    variables: query.includes('$id') ? { id: LAUNCH_ID } : {},
    ...(!query.includes('$id') && { as: 'joao' as const }),
  });
  const all = [
    ...PAGES.map(({ name, query, variables = {} }) => ({ from: name, title: '', query, variables })),
    // RenderJobs needs a connector: the journey of the render farm asks it.
    ...['NewestVersions', 'Statuses'].map((name) => ({
      ...{ from: 'the review app', title: name, query: appDocument(name), variables: {} },
    })),
    ...tasks.flat(),
    ...tableQueriesOf(graphql).map((query) => inTables('docs/graphql.md', query)),
    ...restRowsOf(await docOf('docs/rest.md')).flatMap(({ query }) =>
      query === undefined ? [] : inTables('docs/rest.md', query),
    ),
    ...programQueriesOf(frontEnd).map((query) => ({
      from: 'docs/front-end.md',
      title: '',
      query,
      variables: {},
    })),
  ];
  return all
    .map((asked): AskedDocument => ({
      as: isOfJoao(asked) ? 'joao' : 'mira',
      ...asked,
    }))
    .filter(({ query }, index, others) => others.findIndex((other) => other.query === query) === index);
}

/** What is written is of projects of João's, but for a version of Mira's in docs/files.md. */
const isOfJoao = ({ from, query }: { readonly from: string; readonly query: string }): boolean =>
  query.trim().startsWith('mutation') && from !== 'docs/files.md';
