import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { golden } from '../support/golden.ts';
import { launchOf } from '../support/graphql-world.ts';
import { LAUNCH_ID, type Page, PAGES } from '../support/pages.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/**
 * What pages of real tools cost and answer: each golden file has the document, the searches that the site got for it,
 * the waves in which they went, and the answer. `UPDATE_GOLDEN=1 npm test -- test/golden` writes them anew.
 */
describe('golden pages', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({ plan: { paths: true, beside: true, maxSearches: 40, shown: true } });
    const ids = (world.dataset.rows['Version'] ?? [])
      .filter((row) => (row['project'] as { id: number }).id === 1)
      .slice(0, 50)
      .map(({ id }) => id);
    world.launches.set('mira', [launchOf(LAUNCH_ID, { selectedIds: ids, ids })]);
    await world.takeCalls();
  });
  afterAll(() => world.close());

  const open = async ({ query, variables = {} }: Page) => {
    const { data, errors, text } = await world.ask(query, { variables });
    const { plan } = (JSON.parse(text) as { extensions: { plan: { waves: number; calls: object[] } } }).extensions;
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
      variables,
      waves: plan.waves,
      calls: inOrder(calls),
      searches: inOrder(searches),
      errors,
      data: data as unknown,
    };
    return JSON.parse(JSON.stringify(seen)) as typeof seen;
  };

  it.each(PAGES)('$name: $story', async (page) => {
    const seen = await open(page);
    expect(seen.errors).toEqual([]);
    expect({ waves: seen.waves, calls: seen.calls.length }).toEqual({ waves: page.waves, calls: page.calls });
    expect(seen).toEqual(await golden(page.name, seen));
  });
});
