import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** A page whose filter is emptied: one of none is no row, and none of none is every row. */
describe('an empty list in a filter', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  const count = async (filter: string): Promise<number> => {
    const { data, errors } = await world.ask(
      `{ versions(first: 2, filter: ${filter}) { totalCount nodes { id } } }`,
    );
    expect(errors).toEqual([]);
    return data.versions.totalCount as number;
  };

  it.each([
    '{ id: { in: [] } }',
    '{ sgStatusList: { in: [] } }',
    '{ playlists: { in: [] } }',
    '{ project: { code: { in: [] } } }',
    '{ code: { contains: "a", in: [] } }',
    '{ and: [{ id: { in: [] } }, {}] }',
    '{ or: [{ id: { in: [] } }, { code: { in: [] } }] }',
  ])('finds nothing by "in", without a call: %s', async (filter) => {
    await world.takeCalls();
    expect(await count(filter)).toBe(0);
    expect(await world.takeCalls()).toEqual([]);
  });

  it('finds everything by "notIn"', async () => {
    const all = await count('{}');
    expect(await count('{ code: { notIn: [] } }')).toBe(all);
    expect(await count('{ or: [{ id: { in: [] } }, { id: { notIn: [] } }] }')).toBe(all);
  });

  it('leaves the other alternatives of "or" as they are', async () => {
    const some = await count('{ sgStatusList: { is: "rev" } }');
    expect(await count('{ or: [{ id: { in: [] } }, { sgStatusList: { is: "rev" } }] }')).toBe(some);
  });

  it('sums up no row', async () => {
    const { data, errors } = await world.ask(
      '{ summarizeVersions(filter: { id: { in: [] } }, summaries: [{ field: ID, type: COUNT }]) { values { number } } }',
    );
    expect(errors).toEqual([]);
    expect(data.summarizeVersions.values).toEqual([{ number: 0 }]);
  });
});
