import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../rules/source-files.ts';
import { appDocument } from '../support/app-documents.ts';
import { programQueriesOf, restRowsOf, tableQueriesOf, tasksOf } from '../support/doc-queries.ts';
import { openGoldenLaunch } from '../support/golden-launch.ts';
import { LAUNCH_ID } from '../support/page.ts';
import { PAGES } from '../support/pages.ts';
import { type SiteCall, startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { steadyText } from '../support/steady-text.ts';

interface Asked {
  readonly from: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly as?: string;
}

const docOf = (name: string): Promise<string> => readFile(join(ROOT, 'docs', name), 'utf8');
const graphql = await docOf('graphql.md');
const rest = await docOf('rest.md');
const frontEnd = await docOf('front-end.md');

/** Of a document that two places have, the first: it is known when the other asks it. */
const ASKED: readonly Asked[] = [
  ...PAGES.map(({ name, query, variables }) => ({ from: name, query, ...(variables && { variables }) })),
  // RenderJobs needs a connector: the journey of the render farm asks it.
  ...['NewestVersions', 'Statuses'].map((name) => ({ from: 'the review app', query: appDocument(name) })),
  ...tasksOf(graphql).map(({ query, variables }) => ({ from: 'docs/graphql.md', query, variables })),
  ...tableQueriesOf(graphql).map((query) => ({
    ...{ from: 'docs/graphql.md', query },
    ...(query.includes('$id') ? { variables: { id: LAUNCH_ID } } : { as: 'joao' }),
  })),
  ...restRowsOf(rest).flatMap(({ query = 'mutation' }) => ({ from: 'docs/rest.md', query, as: 'joao' })),
  ...tasksOf(frontEnd).map(({ query, variables }) => ({ from: 'docs/front-end.md', query, variables })),
  ...programQueriesOf(frontEnd).map((query) => ({ from: 'docs/front-end.md', query })),
].filter(
  ({ query }, index, all) =>
    !query.startsWith('mutation') && all.findIndex((other) => other.query === query) === index,
);

/** The week that docs/graphql.md speaks of. */
const NOW = Date.parse('2026-07-15T09:00:00Z');

describe('a query of the docs, of the review app or of a golden page', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({ introspection: true }, { now: () => NOW });
    openGoldenLaunch(world);
  });
  afterAll(() => world.close());

  const askedOnce = async ({ query, ...options }: Asked): Promise<object> => {
    const { text } = await world.ask(query, options);
    const calls = await world.takeCalls();
    return { text: steadyText(text, world.siteUrl), calls: calls.map(callText).sort() };
  };

  it.each(
    ASKED.map((asked) => [asked.from, asked.query.replaceAll(/\s+/gu, ' ').slice(0, 60), asked] as const),
  )('has the same answer and the same calls each of three times: %s %s', async (_from, _query, asked) => {
    const first = await askedOnce(asked);
    expect(await askedOnce(asked)).toEqual(first);
    expect(await askedOnce(asked)).toEqual(first);
  });

  it('is one of these places, each of which has some', () => {
    const places = ['docs/graphql.md', 'docs/rest.md', 'docs/front-end.md', 'the review app'];
    expect(new Set(ASKED.map(({ from }) => from))).toEqual(
      new Set([...PAGES.map(({ name }) => name), ...places]),
    );
  });
});

const callText = ({ method, path, actingAs, status }: SiteCall): string =>
  `${status} ${method} ${path} as ${actingAs}`;
