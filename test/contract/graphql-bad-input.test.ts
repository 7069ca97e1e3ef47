import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const FILTERED = 'query ($filter: VersionFilter) { versions(filter: $filter) { nodes { id } } }';
const UPDATE =
  'mutation ($id: Int!, $input: VersionUpdateInput!) { updateVersion(id: $id, input: $input) { id } }';

const nested = (levels: number): object => (levels === 0 ? { id: { is: 1 } } : { and: [nested(levels - 1)] });

const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Each is told at its place and before any call: nothing is half-written, and ShotGrid is not asked in vain. */
describe('input that cannot be used', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  it.each<[string, string, string, Record<string, unknown>]>([
    ['text for a number', 'filter.id.is', FILTERED, { filter: { id: { is: 'seven' } } }],
    ['a number beyond 32 bits', 'filter.id.is', FILTERED, { filter: { id: { is: 2 ** 31 } } }],
    ['an id beyond 32 bits', 'id', 'query ($id: Int!) { version(id: $id) { id } }', { id: 2 ** 31 }],
    [
      'a date that never was',
      'f.or.0.dueDate.is',
      'query ($f: TaskFilter) { tasks(filter: $f) { nodes { id } } }',
      { f: { or: [{ dueDate: { is: '2026-02-30' } }] } },
    ],
    [
      'an instant without a zone',
      'filter.createdAt.lessThan',
      FILTERED,
      { filter: { createdAt: { lessThan: '2026-02-20T10:00:00' } } },
    ],
    [
      'an hour that never was',
      'filter.createdAt.is',
      FILTERED,
      { filter: { createdAt: { is: '2026-01-01T25:00:00Z' } } },
    ],
    ['a field that is not there', 'filter', FILTERED, { filter: { nope: { is: 1 } } }],
    ['an operator that is not there', 'filter.code', FILTERED, { filter: { code: { greaterThan: 'a' } } }],
    ['nothing in a list', 'filter.id.in.0', FILTERED, { filter: { id: { in: [null] } } }],
    ['10,000 ids', 'filter.id.in', FILTERED, { filter: { id: { in: ids(10_000) } } }],
    [
      '10,000 ids to read',
      'ids',
      'query ($ids: [Int!]!) { versionsByIds(ids: $ids) { id } }',
      { ids: ids(10_000) },
    ],
    [
      '10,000 conditions',
      'filter',
      FILTERED,
      { filter: { or: ids(10_000).map((id) => ({ id: { is: id } })) } },
    ],
    ['a range of one end', 'filter.id.between', FILTERED, { filter: { id: { between: [1] } } }],
    ['a range turned round', 'filter.id.between', FILTERED, { filter: { id: { between: [9, 1] } } }],
    ['a filter nested 300 deep', 'filter.and.0', FILTERED, { filter: nested(300) }],
    [
      'a period of ten thousand years',
      'filter.createdAt.inLast',
      FILTERED,
      { filter: { createdAt: { inLast: { count: 10_000, unit: 'YEAR' } } } },
    ],
    [
      'a year that no calendar has',
      'filter.createdAt.inCalendarYear',
      FILTERED,
      { filter: { createdAt: { inCalendarYear: -999_999 } } },
    ],
    ['no alternative', 'filter.or', FILTERED, { filter: { or: [] } }],
    [
      'an invalid order',
      's.0.field',
      'query ($s: [VersionSort!]) { versions(sort: $s) { nodes { id } } }',
      { s: [{ field: 'NOPE' }] },
    ],
    ['a cursor of nothing', 'after', '{ versions(after: "bm90IG91cnM") { nodes { id } } }', {}],
    ['a page that is too large', 'first', '{ versions(first: 100000) { nodes { id } } }', {}],
    ['fewer rows than none', 'first', '{ versions(first: -1) { nodes { id } } }', {}],
    [
      'a number beyond 32 bits, to write',
      'input.frameCount',
      UPDATE,
      { id: 1, input: { frameCount: 2 ** 31 } },
    ],
    ['nothing to change', 'input', UPDATE, { id: 1, input: {} }],
    [
      'two ways to change a list',
      'input.playlists',
      UPDATE,
      { id: 1, input: { playlists: { add: [], set: [] } } },
    ],
    [
      'a link to a script',
      'input.path',
      'mutation ($input: PublishedFileCreateInput!) { createPublishedFile(input: $input) { id } }',
      { input: { project: { type: 'Project', id: 1 }, path: { url: 'javascript:alert(1)' } } },
    ],
    ['a read-only field', 'input', UPDATE, { id: 1, input: { createdAt: '2026-01-01T00:00:00Z' } }],
  ])('is refused at its place and before any call: %s', async (_, path, query, variables) => {
    const { errors, data } = await world.ask(query, { variables });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    expect(errors[0]?.message).not.toBe('');
    // What the schema has instead is told to those who develop only (F2).
    expect(errors[0]?.message).not.toContain('Did you mean');
    expect(Object.values((data ?? {}) as object).filter((part) => part !== null)).toEqual([]);
    expect(await world.takeCalls()).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['a type that the link does not hold', 'is', { type: 'Status', id: 1 }],
    ['an unknown type', 'typeIs', 'Shotz'],
  ])(
    'is refused at its place once the live schema was asked, and nothing is searched: %s',
    async (_, name, value) => {
      const { errors } = await world.ask(FILTERED, { variables: { filter: { entity: { [name]: value } } } });
      const path = `filter.entity.${name}`;
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
      expect((await world.takeCalls()).map((call) => call.path)).toEqual([
        expect.stringContaining('/schema/Version/fields/entity'),
      ]);
    },
  );

  it('in the text of a document is refused by its line and column', async () => {
    const { errors, codes } = await world.ask(
      '{ versions(filter: {\n id: { is: 2147483648 } }) { nodes { id } } }',
    );
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(errors[0]).toMatchObject({ locations: [{ line: 2, column: 12 }] });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('such as a cursor of another list is refused: filter, order, type and scope are bound to it', async () => {
    const { data } = await world.ask(
      '{ versions(first: 2, sort: [{ field: CODE }]) { pageInfo { endCursor } } }',
    );
    const after = data.versions.pageInfo.endCursor as string;
    for (const list of [
      'versions(first: 2, after: $after)',
      'versions(first: 2, after: $after, sort: [{ field: CODE, direction: DESC }])',
      'versions(first: 2, after: $after, sort: [{ field: CODE }], filter: { id: { greaterThan: 1 } })',
      'versions(first: 2, after: $after, sort: [{ field: CODE }], retired: true)',
      'shots(first: 2, after: $after, sort: [{ field: CODE }])',
    ]) {
      const { errors } = await world.ask(`query ($after: String) { ${list} { nodes { id } } }`, {
        variables: { after },
      });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'after' } });
    }
    await world.takeCalls();
    const same = 'versions(first: 3, after: $after, sort: [{ field: CODE }])';
    const { errors } = await world.ask(`query ($after: String) { ${same} { nodes { id } } }`, {
      variables: { after },
    });
    expect(errors).toEqual([]);
  });

  it('of a row that was deleted meanwhile is reported as absent', async () => {
    const { data } = await world.ask(
      'mutation { createVersion(input: { project: { type: "Project", id: 2 }, code: "soon_gone" }) { id } }',
      { as: 'joao' },
    );
    const id = data.createVersion.id as number;
    await world.ask('mutation ($id: Int!) { deleteVersion(id: $id) { id } }', {
      as: 'joao',
      variables: { id },
    });
    const { codes } = await world.ask(UPDATE, {
      as: 'joao',
      variables: { id, input: { description: 'late' } },
    });
    expect(codes).toEqual(['NOT_FOUND']);
    const { data: read } = await world.ask('query ($id: Int!) { version(id: $id) { id } }', {
      variables: { id },
    });
    expect(read.version).toBeNull();
  });

  it('of a type that the person may not see is FORBIDDEN, not an empty list', async () => {
    const { codes } = await world.ask('{ apiUsers { nodes { id } } }');
    expect(codes).toEqual(['FORBIDDEN']);
  });

  it('of a field that the person may not change is FORBIDDEN and names it', async () => {
    const { data } = await world.ask('{ shots(first: 1) { nodes { id } } }');
    const { errors } = await world.ask(
      'mutation ($id: Int!) { updateShot(id: $id, input: { code: "mine_now" }) { id } }',
      { variables: { id: data.shots.nodes[0].id } },
    );
    expect(errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      details: { entityType: 'Shot', field: 'code' },
    });
  });
});
