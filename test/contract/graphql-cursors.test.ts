import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const FIRST = 4;
const FILTER = '{ code: { startsWith: "cursor_" }, sgStatusList: { is: "rev" } }';
const PROJECT = { type: 'Project', id: 2 };

interface Row {
  readonly id: number;
  readonly code: string;
}

interface ListPage {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type Answer = ListPage | 'listChanged';

/** People work on the rows of a list while somebody pages through it. */
describe('a list that changes between two pages', () => {
  let world: SiteWorld;
  let ids: readonly number[];
  beforeAll(async () => {
    world = await startSiteWorld({ maxBatch: 200 });
    const operations = Array.from({ length: 24 }, (_, index) => ({
      createVersion: { project: PROJECT, code: `cursor_${index}` },
    }));
    ids = (await batch(operations)).map(({ id }: Row) => id);
  });
  afterAll(() => world.close());
  const batch = async (operations: readonly object[]) => {
    const { data, errors } = await world.ask(
      'mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { id } }',
      { as: 'joao', variables: { operations } },
    );
    expect(errors).toEqual([]);
    return data.batch;
  };
  const update = (id: number | undefined, input: object) => ({ updateVersion: { id, input } });
  const text = (index: number) => `cursor_${String(index).padStart(2, '0')}`;
  beforeEach(async () => {
    const values = ids.map((id, index) =>
      update(id, {
        code: text(index),
        sgStatusList: 'rev',
        frameCount: index % 5 === 0 ? null : index % 7,
        sgUploadedMovieFrameRate: index % 4 === 0 ? null : (index % 3) + 0.5,
        clientApprovedAt: index % 3 === 0 ? null : `2026-0${(index % 4) + 1}-02T10:00:00Z`,
      }),
    );
    await batch(values);
  });

  const page = async (sort: string, after: string | null): Promise<Answer> => {
    const { data, errors } = await world.ask(
      `query ($after: String) { versions(first: ${FIRST}, after: $after, filter: ${FILTER}, sort: ${sort}) {
        nodes { id code } pageInfo { hasNextPage endCursor } } }`,
      { as: 'joao', variables: { after } },
    );
    const details = errors[0]?.extensions['details'] as { reason?: string } | undefined;
    if (details?.reason === 'listChanged') return 'listChanged';
    expect(errors).toEqual([]);
    return data.versions as ListPage;
  };
  const walk = async (
    sort: string,
    between: () => Promise<void>,
  ): Promise<readonly number[] | 'listChanged'> => {
    const seen: number[] = [];
    for (let after: string | null = null; ;) {
      // Page after page.
      const found: Answer = await page(sort, after);
      if (found === 'listChanged') return found;
      seen.push(...found.nodes.map(({ id }) => id));
      if (!found.pageInfo.hasNextPage) return seen;
      after = found.pageInfo.endCursor;
      // Changes between pages.
      await between();
    }
  };

  it('skips no row when two rows of the first page are approved, sorted by id or by name', async () => {
    for (const sort of ['[]', '[{ field: CODE }]', '[{ field: FRAME_COUNT, direction: DESC }]']) {
      const approve = [update(ids[0], { sgStatusList: 'apr' }), update(ids[1], { sgStatusList: 'apr' })];
      const back = [update(ids[0], { sgStatusList: 'rev' }), update(ids[1], { sgStatusList: 'rev' })];
      const seen = await walk(sort, () => batch(approve));
      const others = seen === 'listChanged' ? [] : seen.filter((id) => !ids.slice(0, 2).includes(id));
      expect(others.toSorted((a, b) => a - b)).toEqual(ids.slice(2));
      await batch(back);
    }
  });

  it('reports an error if the last row of the page was approved and only its name states the place', async () => {
    const first = (await page('[{ field: CODE }]', null)) as ListPage;
    await batch([update(first.nodes.at(-1)?.id, { sgStatusList: 'apr' })]);
    expect(await page('[{ field: CODE }]', first.pageInfo.endCursor)).toBe('listChanged');
  });

  const SORTS = [
    '[]',
    '[{ field: ID, direction: DESC }]',
    '[{ field: FRAME_COUNT }]',
    '[{ field: FRAME_COUNT, direction: DESC }, { field: CLIENT_APPROVED_AT }]',
    '[{ field: SG_UPLOADED_MOVIE_FRAME_RATE, direction: DESC }, { field: FRAME_COUNT }]',
    '[{ field: CLIENT_APPROVED_AT, direction: DESC }]',
    '[{ field: CODE }]',
    '[{ field: SG_STATUS_LIST }, { field: CODE, direction: DESC }]',
    '[{ project: { field: ID } }, { field: FRAME_COUNT }]',
  ];

  it('shows each remaining row exactly once, or reports that this cannot be known', async () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('rev', 'apr'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SORTS),
        fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        async (sort, steps) => {
          await batch(ids.map((id) => update(id, { sgStatusList: 'rev' })));
          const touched = new Set(steps.flat().map(([index]) => ids[index]));
          const left = [...steps];
          const seen = await walk(sort, async () => {
            const changes = left.shift() ?? [];
            if (changes.length > 0)
              await batch(changes.map(([index, sgStatusList]) => update(ids[index], { sgStatusList })));
          });
          if (seen === 'listChanged') {
            expect(sort).toMatch(/CODE|project/u);
            return;
          }
          const staying = seen.filter((id) => !touched.has(id));
          expect([...staying].sort((a, b) => a - b)).toEqual(ids.filter((id) => !touched.has(id)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses values in a cursor that its order cannot have', async () => {
    const { pageInfo } = (await page('[{ field: FRAME_COUNT }]', null)) as ListPage;
    const parts = JSON.parse(Buffer.from(pageInfo.endCursor ?? '', 'base64url').toString()) as unknown[];
    for (const keys of [['x', 1], [1], [1, 2, 3], [{}, 1], [1, null], [['is', 1], 1], 'x'.repeat(5000)]) {
      const after = Buffer.from(JSON.stringify([...parts.slice(0, 3), keys])).toString('base64url');
      const { codes } = await world.ask(
        `query ($after: String) { versions(after: $after, first: ${FIRST}, filter: ${FILTER}, sort: [{ field: FRAME_COUNT }]) { nodes { id } } }`,
        { as: 'joao', variables: { after } },
      );
      expect(codes).toEqual(['BAD_USER_INPUT']);
    }
  });
});
