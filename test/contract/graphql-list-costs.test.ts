import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

describe('a list', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  const SHOTS: unknown = expect.any(Number);
  const COUNT = 'Shot/_summarize';
  const ROWS = 'Shot/_search';
  it.each([
    ['the count alone', '{ shots { totalCount } }', { totalCount: SHOTS }, [COUNT]],
    [
      'the count by another name',
      '{ shots { all: totalCount __typename } }',
      { all: SHOTS, __typename: 'ShotConnection' },
      [COUNT],
    ],
    [
      'no rows and the count',
      '{ shots(first: 0) { nodes { id tasks { id } } totalCount } }',
      { nodes: [], totalCount: SHOTS },
      [COUNT],
    ],
    ['no rows', '{ shots(first: 0) { nodes { id } edges { cursor } } }', { nodes: [], edges: [] }, []],
    [
      'the cursors of no rows',
      '{ shots(first: 0) { pageInfo { startCursor hasPreviousPage } } }',
      { pageInfo: { startCursor: null, hasPreviousPage: false } },
      [],
    ],
    [
      'whether there is a row',
      '{ shots(first: 0) { nodes { tasks { id } } pageInfo { hasNextPage } } }',
      { nodes: [], pageInfo: { hasNextPage: true } },
      [ROWS],
    ],
    [
      'whether there are more than two rows',
      '{ shots(first: 2) { pageInfo { hasNextPage } } }',
      { pageInfo: { hasNextPage: true } },
      [ROWS],
    ],
    [
      'the last cursor',
      '{ shots(first: 2) { pageInfo { endCursor } } }',
      { pageInfo: { endCursor: expect.any(String) } },
      [ROWS],
    ],
    [
      'a count that is left out',
      'query ($with: Boolean = false) { shots { totalCount @include(if: $with) } }',
      {},
      [],
    ],
  ])('makes only the calls that an answer needs: %s', async (_, document, shots, paths) => {
    const { data, errors } = await world.ask(document);
    expect([errors, data.shots]).toEqual([[], shots]);
    const calls = await world.takeCalls();
    expect(calls.map(({ path }) => path.replace('/api/v1/entity/', ''))).toEqual(paths);
  });

  it('makes no call for lists without rows', async () => {
    const { data, errors } = await world.ask(
      '{ search(text: "attic", first: 0) { name } activity(entity: { type: "Shot", id: 1 }, first: 0) { id } }',
    );
    expect([errors, data]).toEqual([[], { search: [], activity: [] }]);
    expect(await world.takeCalls()).toEqual([]);
  });
});
