import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VersionsByShotQuery, VersionsByStepQuery, VersionsOfProjectQuery } from '../gql/graphql.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const OF_PROJECT = /* GraphQL */ `
  query VersionsOfProject {
    versions(first: 1000, filter: { project: { is: { type: "Project", id: 1 } } }) {
      nodes {
        id
        entity {
          type
          ... on Shot {
            code
          }
        }
      }
    }
  }
`;

const BY_STEP = /* GraphQL */ `
  query VersionsByStep {
    versions(first: 1000, sort: [{ sgTask: { step: { field: CODE } } }, { field: ID, direction: DESC }]) {
      nodes {
        id
        sgTask {
          step {
            code
          }
        }
      }
    }
  }
`;

const BY_SHOT = /* GraphQL */ `
  query VersionsByShot {
    versions(
      first: 1000
      filter: { project: { is: { type: "Project", id: 1 } } }
      sort: [
        { entity: { onShot: { sgSequence: { field: CODE } } } }
        { entity: { onShot: { field: CODE, direction: DESC } } }
      ]
    ) {
      nodes {
        id
        entity {
          type
          ... on Shot {
            code
            sgSequence {
              code
            }
          }
        }
      }
    }
  }
`;

describe('a list by fields of linked rows', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  it('are not read as a type that a fragment names but the link never holds', async () => {
    world.takeSearches();
    const { data, errors } = await world.ask(
      '{ shots(first: 2) { nodes { sgSequence { id ... on Entity { ... on Asset { sgAssetType tasks { content } } } } } } }',
    );
    expect([errors, Object.keys(data.shots.nodes[0].sgSequence)]).toEqual([[], ['id']]);
    expect(world.takeSearches().flatMap(({ fields }) => fields)).toEqual([
      'cached_display_name',
      'code',
      'sg_sequence',
    ]);
  });

  it('filters by fields of the row at the end of a link of several types', async () => {
    const { data } = await world.ask<VersionsOfProjectQuery>(OF_PROJECT);
    const nodes = data.versions?.nodes.map((node) => ({ ...node, code: codeOf(node.entity) })) ?? [];
    const code = nodes.find((node) => node.code !== null)?.code ?? null;
    const { data: found } = await world.ask(
      'query ($code: String) { versions(first: 1000, filter: { entity: { onShot: { code: { is: $code }, project: { is: { type: "Project", id: 1 } } } } }) { nodes { id } } }',
      { variables: { code } },
    );
    const expected = nodes.filter((node) => node.code === code).map(({ id }) => ({ id }));
    expect(found.versions.nodes).toEqual(expected);
    const { errors } = await world.ask(
      '{ versions(filter: { entity: { onStatus: { code: { is: "x" } } } }) { nodes { id } } }',
    );
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'filter.entity.onStatus' },
    });
  });

  it('sorts by a field of the row at the end of a link', async () => {
    const { data } = await world.ask<VersionsByStepQuery>(BY_STEP);
    const codes = data.versions?.nodes.flatMap(({ sgTask }) => sgTask?.step?.code ?? []) ?? [];
    expect(new Set(codes).size).toBeGreaterThan(1);
    expect(codes).toEqual([...codes].sort());
    const { errors } = await world.ask(
      '{ versions(sort: [{ field: CODE, sgTask: { field: CONTENT } }]) { nodes { id } } }',
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'sort.0' } });
  });

  it('takes the direction of a key beside the link as beside the field, and refuses two that differ', async () => {
    const codesOf = async (key: string): Promise<string[]> => {
      const { data, errors } = await world.ask(
        `{ shots(sort: [${key}, { field: ID }], first: 200) { nodes { sgSequence { code } } } }`,
      );
      expect(errors).toEqual([]);
      return (data.shots.nodes as { sgSequence: { code: string } }[]).map(
        ({ sgSequence }) => sgSequence.code,
      );
    };
    const descending = await codesOf('{ sgSequence: { field: CODE, direction: DESC } }');
    expect(descending).toEqual([...descending].sort().reverse());
    expect(new Set(descending).size).toBeGreaterThan(1);
    expect(await codesOf('{ sgSequence: { field: CODE }, direction: DESC }')).toEqual(descending);
    const both = '{ sgSequence: { field: CODE, direction: ASC }, direction: DESC }';
    const { errors } = await world.ask(`{ shots(sort: [${both}]) { nodes { id } } }`);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'sort.0.sgSequence.direction' },
    });
  });

  it('sorts by a field of the rows of one type at the end of a link of several types, and puts the others last', async () => {
    const { data, errors } = await world.ask<VersionsByShotQuery>(BY_SHOT);
    expect(errors).toEqual([]);
    const entities = data.versions?.nodes.map(({ entity }) => entity) ?? [];
    const keys = entities.flatMap((entity) =>
      entity !== null && 'code' in entity ? [[entity.sgSequence?.code ?? '', entity.code ?? '']] : [],
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.length).toBeLessThan(entities.length);
    expect(entities.slice(keys.length).filter((entity) => entity?.type === 'Shot')).toEqual([]);
    const compare = (left = '', right = ''): number => Number(left > right) - Number(left < right);
    expect(keys).toEqual(
      keys.toSorted((left, right) => compare(left[0], right[0]) || compare(right[1], left[1])),
    );
  });

  const NOTHING: readonly string[] = [];
  it.each([
    ['[{ entity: { onShot: { field: CODE }, onAsset: { field: CODE } } }]', 'sort.0.entity', NOTHING],
    ['[{ entity: {} }]', 'sort.0.entity', NOTHING],
    [
      '[{ field: ID }, { entity: { onStatus: { field: CODE } } }]',
      'sort.1.entity.onStatus',
      // An administrator may have allowed the type since the pull: the live schema decides.
      ['/api/v1/schema/Version/fields/entity'],
    ],
    ['[{ entity: { onShot: {} } }]', 'sort.0.entity.onShot', NOTHING],
  ])('refuses the order %s at its place', async (sort, path, asked) => {
    const { errors } = await world.ask(`{ versions(sort: ${sort}) { nodes { id } } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    expect((await world.takeCalls()).map((call) => call.path)).toEqual(asked);
  });
});

type ShotLink = NonNullable<VersionsOfProjectQuery['versions']>['nodes'][number]['entity'];

const codeOf = (entity: ShotLink): string | null =>
  entity !== null && 'code' in entity ? entity.code : null;
