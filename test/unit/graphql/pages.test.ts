import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';

const PAGE = `query($first: Int!, $after: String, $filter: VersionFilter, $sort: [VersionSort!]) {
  versions(first: $first, after: $after, filter: $filter, sort: $sort) {
    edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

describe('pages of a list', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows(7) });
  });
  afterEach(() => world.close());

  it('follow one another without gap or overlap, and the last says so', async () => {
    const seen: number[] = [];
    let after: string | null = null;
    for (;;) {
      const { data } = await world.ask(PAGE, { variables: { first: 3, after } });
      const { nodes, pageInfo } = data.versions as {
        nodes: { id: number }[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
      };
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual([900, 901, 902, 903, 904, 905, 906]);
  });

  it('know exactly that there is no next one when they are exactly full', async () => {
    const { data } = await world.ask(PAGE, { variables: { first: 7 } });
    expect(data.versions.nodes).toHaveLength(7);
    expect(data.versions.pageInfo.hasNextPage).toBe(false);
  });

  it('continue after any of their cursors, not only the last', async () => {
    const first = await world.ask(PAGE, { variables: { first: 5 } });
    const { cursor } = first.data.versions.edges[1] as { cursor: string };
    const next = await world.ask(PAGE, { variables: { first: 2, after: cursor } });
    expect(next.data.versions.nodes).toEqual([{ id: 902 }, { id: 903 }]);
  });

  it('are empty, with no cursors, where nothing is found', async () => {
    world.site.rows['Version'] = [];
    const { data } = await world.ask(PAGE, { variables: { first: 5 } });
    expect(data.versions).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('keep rows with equal keys in one order: the id is the last key', async () => {
    const sort = [{ field: 'SG_STATUS_LIST' }, { field: 'CREATED_AT', direction: 'DESC' }];
    await world.ask(PAGE, { variables: { first: 5, sort } });
    await world.ask(PAGE, { variables: { first: 5, sort: [{ field: 'ID', direction: 'DESC' }] } });
    expect(world.site.calls.map(({ search }) => search?.sort)).toEqual([
      'sg_status_list,-created_at,id',
      '-id',
    ]);
  });

  it('send their filter', async () => {
    const filter = { sgStatusList: { in: ['rev'] }, sgTask: { content: { is: 'comp' } } };
    const { codes } = await world.ask(PAGE, { variables: { first: 5, filter } });
    expect(codes).toEqual([]);
    expect(world.site.calls[0]?.search?.filter).toEqual({
      logical_operator: 'and',
      conditions: [
        ['sg_status_list', 'in', ['rev']],
        { logical_operator: 'and', conditions: [['sg_task.Task.content', 'is', 'comp']] },
      ],
    });
  });

  it('refuse a cursor of another query, and an invented one', async () => {
    const { data } = await world.ask(PAGE, { variables: { first: 3 } });
    const after = data.versions.pageInfo.endCursor as string;
    const filter = { sgStatusList: { is: 'apr' } };
    for (const variables of [
      { first: 3, after, filter },
      { first: 3, after: 'x' },
      { first: 3, after: '' },
    ]) {
      const answer = await world.ask(PAGE, { variables });
      expect(answer.codes).toEqual(['BAD_USER_INPUT']);
      expect(answer.errors[0]?.extensions.details).toMatchObject({ path: 'after' });
    }
  });

  it('have no rows and cost nothing if none are requested', async () => {
    const rows =
      '{ versions(first: 0) { nodes { id } edges { cursor } pageInfo { endCursor hasPreviousPage } } }';
    const { data } = await world.ask(rows);
    expect(data.versions).toEqual({
      nodes: [],
      edges: [],
      pageInfo: { endCursor: null, hasPreviousPage: false },
    });
    expect(world.site.calls).toEqual([]);
  });

  it.each([-1, 1001, 2_147_483_647])('refuse %d rows, though it comes in a variable (F9)', async (first) => {
    // The same document first, so that it comes from the cache, where no rule is run again.
    await world.ask(PAGE, { variables: { first: 1 } });
    world.site.calls.length = 0;
    const answer = await world.ask(PAGE, { variables: { first } });
    expect(answer.codes).toEqual(['BAD_USER_INPUT']);
    expect(world.site.calls).toEqual([]);
  });
});
