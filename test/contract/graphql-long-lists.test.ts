import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { LongListQuery, LongListQueryVariables } from '../gql/graphql.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** More than the site gives in one page (API 3.6). */
const ROWS = 7003;
const LARGEST = 4998;

const PAGE = /* GraphQL */ `
  query LongList($first: Int!, $after: String) {
    tags(first: $first, after: $after, sort: [{ field: NAME, direction: DESC }]) {
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        endCursor
      }
    }
  }
`;

type Page = NonNullable<LongListQuery['tags']>;

describe('a list longer than a page of the site', () => {
  let world: SiteWorld;
  /** Ids in the order of the list: names fall, and of equal names ids rise. */
  let order: readonly number[];
  beforeAll(async () => {
    const demo = demoDataset();
    const tags = Array.from({ length: ROWS }, (_, index) => ({ id: index + 1, name: `tag ${index % 10}` }));
    order = tags
      .toSorted((left, right) => Number(right.name > left.name) - Number(right.name < left.name))
      .map(({ id }) => id);
    world = await startSiteWorld(
      { maxFirst: LARGEST },
      { dataset: { ...demo, rows: { ...demo.rows, Tag: tags } } },
    );
  });
  afterAll(() => world.close());

  const read = async (first: number, after: string | null): Promise<Page> => {
    const variables: LongListQueryVariables = { first, after };
    const { data, errors } = await world.ask<LongListQuery>(PAGE, { variables });
    expect(errors).toEqual([]);
    if (data.tags === null) throw new Error('there is no page');
    return data.tags;
  };
  const idsOf = ({ edges }: Page): number[] => edges.map(({ node }) => node.id);

  it('is read without gap or overlap, whatever the sizes of its pages, and its end is reported exactly', async () => {
    const sizes = fc.infiniteStream(fc.integer({ min: 600, max: LARGEST }));
    await fc.assert(
      fc.asyncProperty(sizes, async (stream) => {
        const seen: number[] = [];
        let after: string | null = null;
        for (const size of stream) {
          const page = await read(size, after);
          expect(page.pageInfo.hasPreviousPage).toBe(seen.length > 0);
          seen.push(...idsOf(page));
          expect(page.pageInfo.hasNextPage).toBe(seen.length < ROWS);
          after = page.pageInfo.endCursor;
          if (!page.pageInfo.hasNextPage) break;
        }
        expect(seen).toEqual(order);
      }),
      { numRuns: 3 },
    );
  });

  it('continues after any of its rows, across the edges of the site’s own pages', async () => {
    const { edges } = await read(LARGEST, null);
    const places = fc.tuple(fc.nat(LARGEST - 1), fc.integer({ min: 1, max: 60 }));
    await fc.assert(
      fc.asyncProperty(places, async ([at, first]) => {
        const page = await read(first, edges[at]?.cursor ?? '');
        expect(idsOf(page)).toEqual(order.slice(at + 1, at + 1 + first));
        expect(page.pageInfo.hasNextPage).toBe(true);
      }),
      { numRuns: 10, examples: [[[LARGEST - 1, 60]], [[0, 1]]] },
    );
  });

  it('is counted completely', async () => {
    const { data } = await world.ask('{ tags(first: 1) { totalCount } }');
    expect(data.tags.totalCount).toBe(ROWS);
  });

  it('ends after a cursor of its last row, and no row is returned twice', async () => {
    const nearly = await read(LARGEST, null);
    const rest = await read(ROWS - LARGEST, nearly.pageInfo.endCursor);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const beyond = await read(5, rest.pageInfo.endCursor);
    expect(beyond).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, endCursor: null },
    });
  });
});
