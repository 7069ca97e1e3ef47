import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../rules/source-files.ts';
import { appDocument } from '../support/app-documents.ts';
import { programQueriesOf, restRowsOf, tableQueriesOf, tasksOf } from '../support/doc-queries.ts';
import { openGoldenLaunch } from '../support/golden-launch.ts';
import { LAUNCH_ID } from '../support/page.ts';
import { PAGES } from '../support/pages.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
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

/** From its second time on a document runs compiled. */
const TIMES = 3;

describe('a query of the docs, of the review app or of a golden page', () => {
  let compiled: SiteWorld;
  let interpreted: SiteWorld;
  beforeAll(async () => {
    const settings = { introspection: true };
    [compiled, interpreted] = await Promise.all([
      startSiteWorld(settings, { now: () => NOW }),
      startSiteWorld({ ...settings, compiled: false }, { now: () => NOW }),
    ]);
    openGoldenLaunch(compiled);
    openGoldenLaunch(interpreted);
  });
  afterAll(() => Promise.all([compiled.close(), interpreted.close()]));

  const answerOf = async (world: SiteWorld, { query, ...options }: Asked): Promise<string> =>
    steadyText((await world.ask(query, options)).text, world.siteUrl);

  it.each(
    ASKED.map((asked) => [asked.from, asked.query.replaceAll(/\s+/gu, ' ').slice(0, 60), asked] as const),
  )('is answered by its compiled function as by the interpreter: %s %s', async (_from, _query, asked) => {
    const expected = await answerOf(interpreted, asked);
    expect(interpreted.takeInterpreted()).toBe(1);
    const ways: string[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      expect(await answerOf(compiled, asked)).toBe(expected);
      ways.push(compiled.takeInterpreted() === 1 ? 'interpreted' : 'compiled');
    }
    // What is asked of the schema itself is the interpreter's.
    const later = asked.query.includes('__type(') ? 'interpreted' : 'compiled';
    expect(ways).toEqual(['interpreted', later, later]);
  });

  it('is one of these places, each of which has some', () => {
    const places = ['docs/graphql.md', 'docs/rest.md', 'docs/front-end.md', 'the review app'];
    expect(new Set(ASKED.map(({ from }) => from))).toEqual(
      new Set([...PAGES.map(({ name }) => name), ...places]),
    );
  });
});

describe('compiling', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  const waysOf = async (query: string, times: number): Promise<boolean[]> => {
    const ways: boolean[] = [];
    for (let time = 0; time < times; time += 1) {
      await world.ask(query);
      ways.push(world.takeInterpreted() === 1);
    }
    return ways;
  };
  /** Links that can be of every type: what is asked of each is compiled for all of them. */
  const links = (count: number, name = 'Links'): string => {
    const fields = Array.from({ length: count }, (_, index) => `link${index}: entity { id type name }`);
    return `query ${name} { version(id: 1) { ${fields.join(' ')} } }`;
  };

  it('is not done for a document of fragments that double', async () => {
    const links = 'noteLinks { id } addressingsTo { id } user { id } createdBy { id } updatedBy { id }';
    const levels = Array.from(
      { length: 8 },
      (_, level) =>
        `fragment L${level + 1} on Note { ${links} notes { ...L${level} } openNotes { ...L${level} } }`,
    );
    const bomb = `{ note(id: 4) { ...L8 } } fragment L0 on Note { ${links} } ${levels.join(' ')}`;
    expect(await waysOf(bomb, 3)).toEqual([true, true, true]);
  });

  it('begins anew when functions of many documents are kept', async () => {
    const query = links(1);
    expect(await waysOf(query, 3)).toEqual([true, false, false]);
    for (let other = 0; other < 30; other += 1) {
      await waysOf(links(15, `Other${other}`), 2);
    }
    expect(await waysOf(query, 3)).toEqual([true, false, false]);
  }, 60_000);
});
