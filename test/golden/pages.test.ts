import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { golden } from '../support/golden.ts';
import { launchOf } from '../support/graphql-world.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/**
 * What pages of real tools cost and answer: each golden file has the document, the calls that the site got for it,
 * what was searched, and the answer. `UPDATE_GOLDEN=1 npm test -- test/golden` writes them anew.
 */
describe('golden pages', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
    await world.takeCalls();
  });
  afterAll(() => world.close());

  const page = async (
    query: string,
    options: { launchId?: string; variables?: Record<string, unknown> } = {},
  ) => {
    const { data, errors } = await world.ask(query, options);
    const calls = (await world.takeCalls()).map(({ method, path, actingAs }) => ({ method, path, actingAs }));
    const searches = world
      .takeSearches()
      .map(({ type, fields, filter, sort }) => ({ type, fields, filter, sort }));
    // Calls of one wave come in any order.
    const inOrder = <T>(items: T[]): T[] =>
      items.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
    // As the golden file has them: without what is undefined.
    const seen = {
      query,
      variables: options.variables ?? {},
      calls: inOrder(calls),
      searches: inOrder(searches),
      errors,
      data: data as unknown,
    };
    return JSON.parse(JSON.stringify(seen)) as typeof seen;
  };

  it('50 Versions with entity, task and user names: one call', async () => {
    const seen = await page(`query Review {
      versions(first: 50, filter: { project: { is: { type: "Project", id: 1 } } }, sort: [{ field: ID, direction: DESC }]) {
        nodes { id code sgStatusList createdAt entity { id type name } sgTask { id name } user { id type name } }
        pageInfo { hasNextPage }
      }
    }`);
    expect(seen.errors).toEqual([]);
    expect((seen.data as { versions: { nodes: unknown[] } }).versions.nodes).toHaveLength(50);
    expect(seen.calls).toHaveLength(1);
    expect(seen).toEqual(await golden('fifty-versions', seen));
  });

  it('a selection of 50 Versions as a launch opens it: one call', async () => {
    const ids = (world.dataset.rows['Version'] ?? [])
      .filter((row) => (row['project'] as { id: number }).id === 1)
      .slice(0, 50)
      .map(({ id }) => id);
    world.launches.set('mira', [launchOf('golden', { selectedIds: ids, ids })]);
    const seen = await page(`query Launch {
      launch(id: "golden") {
        selectedCount
        missingCount
        selected { id name ... on Version { code sgStatusList entity { id type name } sgTask { id name } user { id type name } } }
      }
    }`);
    expect(seen.errors).toEqual([]);
    expect(seen.calls).toHaveLength(1);
    expect(seen).toEqual(await golden('fifty-selected', seen));
  });

  it('the review app, two levels deep: one call per type and level', async () => {
    const seen = await page(`query Deep {
      versions(first: 10, filter: { project: { is: { type: "Project", id: 1 } } }) {
        nodes { code
          entity { name ... on Shot { sgStatusList sgSequence { code } } ... on Asset { sgAssetType } }
          sgTask { content dueDate step { code } taskAssignees { name ... on HumanUser { login } } } }
      }
    }`);
    expect(seen.errors).toEqual([]);
    const types = seen.searches.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(seen).toEqual(await golden('two-levels', seen));
  });
});
