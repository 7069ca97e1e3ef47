import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const FILTERED = 'query ($filter: VersionFilter) { versions(filter: $filter) { nodes { id } } }';
const UPDATE =
  'mutation ($id: Int!, $input: VersionUpdateInput!) { updateVersion(id: $id, input: $input) { id } }';

const nested = (levels: number): object => (levels === 0 ? { id: { is: 1 } } : { and: [nested(levels - 1)] });

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

  it.each<[string, string, Record<string, unknown>]>([
    ['a field that is not there', '{ versions { nodes { nope } } }', {}],
    ['text for a number', FILTERED, { filter: { id: { is: 'seven' } } }],
    ['a number beyond 32 bits', FILTERED, { filter: { id: { is: 2 ** 31 } } }],
    [
      'a date that never was',
      'query ($f: TaskFilter) { tasks(filter: $f) { nodes { id } } }',
      { f: { dueDate: { is: '2026-02-30' } } },
    ],
    ['an instant without a zone', FILTERED, { filter: { createdAt: { lessThan: '2026-02-20T10:00:00' } } }],
    ['an empty list', FILTERED, { filter: { id: { in: [] } } }],
    ['a range of one end', FILTERED, { filter: { id: { between: [1] } } }],
    ['a filter nested 300 deep', FILTERED, { filter: nested(300) }],
    ['no alternative', FILTERED, { filter: { or: [] } }],
    [
      'a type that the link does not hold',
      FILTERED,
      { filter: { entity: { is: { type: 'Status', id: 1 } } } },
    ],
    ['a cursor of another query', '{ versions(after: "bm90IG91cnM") { nodes { id } } }', {}],
    ['a page that is too large', '{ versions(first: 100000) { nodes { id } } }', {}],
    ['no rows at all', '{ versions(first: 0) { nodes { id } } }', {}],
    ['a status that is none', UPDATE, { id: 1, input: { sgStatusList: 'nope' } }],
    ['a number beyond 32 bits, to write', UPDATE, { id: 1, input: { frameCount: 2 ** 31 } }],
    ['nothing to change', UPDATE, { id: 1, input: {} }],
    ['two ways to change a list', UPDATE, { id: 1, input: { playlists: { add: [], set: [] } } }],
    [
      'a link to a script',
      'mutation ($input: PublishedFileCreateInput!) { createPublishedFile(input: $input) { id } }',
      { input: { project: { type: 'Project', id: 1 }, path: { url: 'javascript:alert(1)' } } },
    ],
    ['a read-only field', UPDATE, { id: 1, input: { createdAt: '2026-01-01T00:00:00Z' } }],
  ])('is refused before any call: %s', async (_, query, variables) => {
    const { codes, errors, data } = await world.ask(query, { variables });
    expect(codes).toHaveLength(1);
    expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(codes[0]);
    expect(errors[0]?.message).not.toBe('');
    expect(data ?? null).toBeNull();
    expect(await world.takeCalls()).toEqual([]);
  });

  it('of a row that was deleted meanwhile is told as absent', async () => {
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
