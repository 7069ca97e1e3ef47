import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

describe('lists by what is at the end of a link', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  it('filters by what the row at the end of a link of several types says', async () => {
    const { data } = await world.ask(
      '{ versions(first: 1000, filter: { project: { is: { type: "Project", id: 1 } } }) { nodes { id entity { type ... on Shot { code } } } } }',
    );
    const nodes = data.versions.nodes as { id: number; entity: { type: string; code?: string } | null }[];
    const code = nodes.find(({ entity }) => entity?.type === 'Shot')?.entity?.code;
    const { data: found } = await world.ask(
      'query ($code: String) { versions(first: 1000, filter: { entity: { onShot: { code: { is: $code }, project: { is: { type: "Project", id: 1 } } } } }) { nodes { id } } }',
      { variables: { code } },
    );
    const expected = nodes.filter(({ entity }) => entity?.code === code).map(({ id }) => ({ id }));
    expect(found.versions.nodes).toEqual(expected);
    const { errors } = await world.ask(
      '{ versions(filter: { entity: { onStatus: { code: { is: "x" } } } }) { nodes { id } } }',
    );
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'filter.entity.onStatus' },
    });
  });

  it('sorts by what the row at the end of a link says', async () => {
    const { data } = await world.ask(
      '{ versions(first: 1000, sort: [{ sgTask: { step: { field: CODE } } }, { field: ID, direction: DESC }]) { nodes { id sgTask { step { code } } } } }',
    );
    const codes = (data.versions.nodes as { sgTask: { step: { code: string } } | null }[])
      .map(({ sgTask }) => sgTask?.step?.code)
      .filter((code) => code !== undefined);
    expect(new Set(codes).size).toBeGreaterThan(1);
    expect(codes).toEqual([...codes].sort());
    const { errors } = await world.ask(
      '{ versions(sort: [{ field: CODE, sgTask: { field: CONTENT } }]) { nodes { id } } }',
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'sort.0' } });
  });

  it('sorts by what the rows of one type say at the end of a link of several types, and the others last', async () => {
    const { data, errors } = await world.ask(
      `{ versions(first: 1000, filter: { project: { is: { type: "Project", id: 1 } } }, sort: [{ entity: { onShot: { sgSequence: { field: CODE } } } }, { entity: { onShot: { field: CODE, direction: DESC } } }])
        { nodes { id entity { type ... on Shot { code sgSequence { code } } } } } }`,
    );
    expect(errors).toEqual([]);
    type Entity = { type: string; code: string; sgSequence: { code: string } };
    const entities = (data.versions.nodes as { entity: Entity }[]).map(({ entity }) => entity);
    const firstOther = entities.findIndex(({ type }) => type !== 'Shot');
    expect(firstOther).toBeGreaterThan(0);
    expect(entities.slice(firstOther).every(({ type }) => type !== 'Shot')).toBe(true);
    const shots = entities.slice(0, firstOther);
    const inOrder = shots.toSorted((left, right) =>
      left.sgSequence.code === right.sgSequence.code
        ? Number(left.code < right.code) - Number(left.code > right.code)
        : Number(left.sgSequence.code > right.sgSequence.code) -
          Number(left.sgSequence.code < right.sgSequence.code),
    );
    expect(shots).toEqual(inOrder);
  });

  it.each([
    ['[{ entity: { onShot: { field: CODE }, onAsset: { field: CODE } } }]', 'sort.0.entity'],
    ['[{ entity: {} }]', 'sort.0.entity'],
    ['[{ field: ID }, { entity: { onStatus: { field: CODE } } }]', 'sort.1.entity.onStatus'],
    ['[{ entity: { onShot: {} } }]', 'sort.0.entity.onShot'],
  ])('refuses the order %s at its place', async (sort, path) => {
    const { errors } = await world.ask(`{ versions(sort: ${sort}) { nodes { id } } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    expect(await world.takeCalls()).toEqual([]);
  });
});
