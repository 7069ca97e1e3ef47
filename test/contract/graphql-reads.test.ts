import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphqlAnswer } from '../support/ask-graphql.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const PROJECT = '{ project: { is: { type: "Project", id: 1 } } }';

/** The real client and the emulated site answer what the schema promises. */
describe('reads on a site', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  const versionIds = async (filter: string, rest = ''): Promise<number[]> => {
    const { data, errors } = await world.ask(
      `{ versions(first: 1000, filter: ${filter} ${rest}) { nodes { id } } }`,
    );
    expect(errors).toEqual([]);
    return (data.versions.nodes as { id: number }[]).map(({ id }) => id);
  };

  it.each([
    '{ code: { startsWith: "attic" } }',
    '{ code: { endsWith: "v001" } }',
    '{ code: { contains: "_fx_" } }',
    '{ code: { notContains: "_fx_" } }',
    '{ code: { in: ["a", "b"] } }',
    '{ code: { isNot: "a" } }',
    '{ description: { is: null } }',
    '{ id: { between: [1, 50] } }',
    '{ id: { greaterThan: 100, lessThan: 200 } }',
    '{ id: { notIn: [1, 2] } }',
    '{ sgStatusList: { in: ["rev", "apr"] } }',
    '{ sgStatusList: { is: null } }',
    '{ createdAt: { greaterThan: "2026-03-01T00:00:00Z" } }',
    '{ createdAt: { between: ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00+02:00"] } }',
    '{ createdAt: { inLast: { count: 20, unit: YEAR } } }',
    '{ createdAt: { notInNext: { count: 2, unit: HOUR } } }',
    '{ createdAt: { inCalendarMonth: -3 } }',
    '{ createdAt: { inCalendarDay: 0 } }',
    '{ entity: { typeIs: "Shot" } }',
    '{ entity: { typeIsNot: "Asset" } }',
    '{ entity: { nameContains: "attic" } }',
    '{ entity: { nameNotContains: "attic" } }',
    '{ entity: { in: [{ type: "Shot", id: 69 }, { type: "Asset", id: 53 }] } }',
    '{ entity: { isNot: { type: "Shot", id: 69 } } }',
    '{ entity: { isNull: false } }',
    '{ user: { nameIs: "Mira Okafor" } }',
    '{ playlists: { isNull: true } }',
    '{ playlists: { notIn: [{ type: "Playlist", id: 1 }] } }',
    '{ sgTask: { content: { is: "FX" } } }',
    '{ sgTask: { step: { code: { is: "FX" } } } }',
    '{ playlists: { code: { contains: "a" } } }',
    '{ image: { isNull: false } }',
    '{ clientApproved: { is: false } }',
    '{ or: [{ code: { is: "x" } }, { and: [{ id: { is: 3 } }, { sgStatusList: { isNot: "na" } }] }] }',
    '{ and: [] }',
  ])('take the filter %s', async (filter) => {
    await versionIds(filter);
  });

  it('find by a filter through links the rows that match when read', async () => {
    const { data } = await world.ask(
      `{ versions(first: 1000, filter: ${PROJECT}) { nodes { id sgTask { content step { code } } } } }`,
    );
    const nodes = data.versions.nodes as { id: number; sgTask: { step: { code: string } } | null }[];
    const expected = nodes.filter(({ sgTask }) => sgTask?.step.code === 'FX').map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(0);
    const found = await versionIds(
      '{ project: { is: { type: "Project", id: 1 } }, sgTask: { step: { code: { is: "FX" } } } }',
    );
    expect(found.filter((id) => nodes.some((node) => node.id === id))).toEqual(expected);
  });

  it('find nothing by a list of links that are all deleted', async () => {
    expect(await versionIds('{ playlists: { in: [{ type: "Playlist", id: 99999999 }] } }')).toEqual([]);
  });

  it('send text as text, whatever it looks like (F27)', async () => {
    expect(await versionIds('{ code: { is: "[\\"id\\",\\"greater_than\\",0]" } }')).toEqual([]);
  });

  it('finds notes by what their structured field holds', async () => {
    const make = async (subject: string, meta: object): Promise<number> => {
      const { data } = await world.ask(
        'mutation ($input: NoteCreateInput!) { createNote(input: $input) { id } }',
        { variables: { input: { project: { type: 'Project', id: 2 }, subject, meta } } },
      );
      return data.createNote.id as number;
    };
    const marked = await make('Marked', { tool: 'review', frame: { in: 1001 } });
    const other = await make('Other', { tool: 'farm' });
    const found = async (filter: object): Promise<number[]> => {
      const { data, errors } = await world.ask(
        'query ($filter: NoteFilter) { notes(first: 1000, filter: $filter) { nodes { id } } }',
        { variables: { filter: { and: [{ id: { in: [marked, other] } }, filter] } } },
      );
      expect(errors).toEqual([]);
      return (data.notes.nodes as { id: number }[]).map(({ id }) => id);
    };
    expect(await found({ meta: { contains: { frame: { in: 1001 } } } })).toEqual([marked]);
    expect(await found({ meta: { notContains: { tool: 'review' } } })).toEqual([other]);
  });

  it('page through all without gap or overlap, in any order', async () => {
    const all = await versionIds(
      PROJECT,
      ', sort: [{ field: SG_STATUS_LIST }, { field: CODE, direction: DESC }]',
    );
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page: GraphqlAnswer = await world.ask(
        `query($after: String) { versions(first: 333, after: $after, filter: ${PROJECT}, sort: [{ field: SG_STATUS_LIST }, { field: CODE, direction: DESC }])
          { nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { variables: { after } },
      );
      seen.push(...(page.data.versions.nodes as { id: number }[]).map(({ id }) => id));
      after = page.data.versions.pageInfo.hasNextPage
        ? (page.data.versions.pageInfo.endCursor as string)
        : null;
    } while (after !== null);
    expect(seen.slice(0, all.length)).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await countOf(world, 'Version')).length);
  });

  it('are made with each person’s rights: João does not get rows of projects that he is not in', async () => {
    const document = '{ versions(first: 1000) { nodes { id project { id } } } }';
    const projectsOf = async (as: string): Promise<number[]> => {
      const { data } = await world.ask(document, { as });
      const nodes = data.versions.nodes as { project: { id: number } }[];
      return [...new Set(nodes.map(({ project }) => project.id))].sort();
    };
    expect(await projectsOf('mira')).toEqual([1, 2]);
    expect(await projectsOf('joao')).toEqual([2, 3]);
    const ids = (await countOf(world, 'Version')).slice(0, 3);
    const one = (id: number) => `{ version(id: ${id}) { code } }`;
    for (const id of ids) {
      expect((await world.ask(one(id), { as: 'mira' })).data.version).not.toBeNull();
      expect((await world.ask(one(id), { as: 'joao' })).data.version).toBeNull();
    }
  });

  it('of a type that the person may not read are refused, and the rest of the answer stays (F15)', async () => {
    const { data, errors } = await world.ask(
      '{ apiUsers { nodes { id } } shots(first: 1) { nodes { id } } viewer { login } summarizeApiUsers(summaries: [{ field: ID, type: COUNT }]) { name } }',
    );
    expect(data).toEqual({
      apiUsers: null,
      shots: { nodes: [{ id: expect.any(Number) }] },
      viewer: { login: 'mira' },
      summarizeApiUsers: null,
    });
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      expect.arrayContaining([
        [['apiUsers'], 'FORBIDDEN'],
        [['summarizeApiUsers'], 'FORBIDDEN'],
      ]),
    );
  });

  it('keep the page whose count failed (F15)', async () => {
    await world.control('POST', 'faults', {
      match: { method: 'POST', path: '/api/v1/entity/Shot/_summarize' },
      status: 400,
      times: 1,
    });
    const { data, errors } = await world.ask('{ shots(first: 1) { nodes { id } totalCount } }');
    await world.control('DELETE', 'faults');
    expect(data.shots).toEqual({ nodes: [{ id: expect.any(Number) }], totalCount: null });
    expect(errors.map(({ path }) => path)).toEqual([['shots', 'totalCount']]);
  });

  it('that cost a call for each row are refused before the first call if there are too many rows', async () => {
    await world.takeCalls();
    const { data, codes } = await world.ask('{ notes(first: 110) { nodes { id thread { id } } } }');
    expect(new Set(codes)).toEqual(new Set(['PLAN_TOO_LARGE']));
    expect(JSON.stringify(data)).not.toContain('"thread":[');
    expect((await world.takeCalls()).filter((call) => JSON.stringify(call).includes('thread'))).toEqual([]);
  });
});

/** Ids of the rows of project 1, from the data itself. */
const countOf = async (world: SiteWorld, type: string): Promise<number[]> =>
  (world.dataset.rows[type] ?? [])
    .filter((row) => (row['project'] as { id: number } | undefined)?.id === 1)
    .map(({ id }) => id);
