import { afterEach, describe, expect, it } from 'vitest';
import { KnownFields } from '../../../src/query/read/live-fields.ts';
import { EMPTY_SELECTION } from '../../../src/query/ports/selection.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld, type WorldOptions } from '../../support/graphql-world.ts';
import { PLAN } from '../../support/plan-settings.ts';

/** A front-end developer asks; what it costs is counted in searches. */
describe('what a query costs', () => {
  let world: GraphqlWorld;
  const open = async (options: WorldOptions = {}): Promise<GraphqlWorld> => {
    world = await createGraphqlWorld({ rows: bridgeRows(), ...options });
    return world;
  };
  /** A site that leaves out dotted paths: what links lead to takes searches of its own. */
  const openWithoutPaths = async (): Promise<void> => {
    await open();
    world.site.readsPaths = false;
  };
  afterEach(() => world.close());

  it('one search for a page with scalars and the names of its links', async () => {
    await open();
    const { data, codes } = await world.ask(`{
      versions(first: 2) { nodes { id type name code sgFrameRate clientApproved
        entity { id name type __typename } sgTask { name } user { name } playlists { id name } } }
    }`);
    expect(codes).toEqual([]);
    expect(data.versions.nodes[0]).toEqual({
      id: 900,
      type: 'Version',
      name: 'comp_v1',
      code: 'comp_v1',
      sgFrameRate: 23.976,
      clientApproved: false,
      entity: { id: 100, name: 'br_010', type: 'Shot', __typename: 'Shot' },
      sgTask: { name: 'comp' },
      user: { name: 'Mira' },
      playlists: [{ id: 500, name: 'dailies' }],
    });
    expect(world.takeSearches()).toEqual([
      'Version: cached_display_name,client_approved,code,entity,playlists,sg_frame_rate,sg_task,user',
    ]);
  });

  const DEEP = `{
    versions { nodes { entity { ... on Shot { sgCutIn sgSequence { code } } ... on Asset { sgIsHero } }
      sgTask { dueDate taskAssignees { name ... on HumanUser { login } ... on Group { code } } } } }
  }`;
  const DEEP_ANSWER = {
    entity: { sgCutIn: 1001, sgSequence: { code: 'br' } },
    sgTask: {
      dueDate: '2026-09-09',
      taskAssignees: [
        { name: 'Mira', login: 'mira' },
        { name: 'Comp', code: 'Comp' },
      ],
    },
  };

  it('nothing for chains of single links, and one further search per type and level for lists of links', async () => {
    await open();
    const { data } = await world.ask(DEEP);
    expect(data.versions.nodes[0]).toEqual(DEEP_ANSWER);
    const searches = world.takeSearches();
    expect(searches[0]).toBe(
      'Version: cached_display_name,code,entity,entity.Asset.sg_is_hero,entity.Shot.sg_cut_in,entity.Shot.sg_sequence,entity.Shot.sg_sequence.Sequence.code,entity.Shot.sg_sequence.Sequence.id,sg_task,sg_task.Task.due_date',
    );
    expect(searches[1]).toBe('Task: cached_display_name,content,task_assignees');
    // The shot without a sequence: nothing by path, or a row that may not be seen. Only its own row tells.
    expect(searches.slice(2).sort()).toEqual(['Group: code', 'HumanUser: login,name']);
  });

  it('one further search per type and level for all parents together, where the site reads no paths', async () => {
    await openWithoutPaths();
    const { data } = await world.ask(DEEP);
    expect(data.versions.nodes[0]).toEqual(DEEP_ANSWER);
    const types = world.takeSearches().map((search) => search.split(':')[0]);
    expect(types[0]).toBe('Version');
    expect(types.slice(1, 4).sort()).toEqual(['Asset', 'Shot', 'Task']);
    expect(types.slice(4).sort()).toEqual(['Group', 'HumanUser', 'Sequence']);
  });

  it('one search for links that lead to the same type, with the fields of all', async () => {
    await openWithoutPaths();
    const { data } = await world.ask(
      '{ version(id: 900) { createdBy { email } user { ... on HumanUser { login } } } }',
    );
    expect(data.version).toEqual({ createdBy: { email: 'mira@studio.example' }, user: { login: 'mira' } });
    expect(world.takeSearches()[1]).toBe('HumanUser: email,login,name');
  });

  it('one search for a type that occurs again further down', async () => {
    await openWithoutPaths();
    await world.ask('{ version(id: 900) { project { sgStatus } sgTask { project { nameField } content } } }');
    // The task's project is the version's, which is there by then, its display name too.
    expect(world.takeSearches().filter((search) => search.startsWith('Project'))).toEqual([
      'Project: name,sg_status',
    ]);
  });

  it('nothing for a row that the request has already read', async () => {
    await openWithoutPaths();
    await world.ask(
      '{ version(id: 900) { project { nameField } sgTask { content project { nameField } } } }',
    );
    expect(world.takeSearches().map((search) => search.split(':')[0])).toEqual([
      'Version',
      'Project',
      'Task',
    ]);
  });

  it('one search for aliases and root fields of one type', async () => {
    await open();
    const { data } = await world.ask(
      '{ a: version(id: 900) { code } b: version(id: 901) { frameCount } gone: version(id: 1) { code } }',
    );
    expect(data).toEqual({ a: { code: 'comp_v1' }, b: { frameCount: 100 }, gone: null });
    expect(world.takeSearches()).toEqual(['Version: cached_display_name,code,frame_count']);
  });

  it('nothing for skipped fields, in fragments and with variables too', async () => {
    await open();
    const { data } = await world.ask(
      `query($full: Boolean!, $brief: Boolean!) { version(id: 900) { ...Part code @skip(if: $brief) } }
       fragment Part on Version { sgTask @include(if: $full) { content } ... @skip(if: $brief) { frameCount } ...Same ...Same }
       fragment Same on Entity { name }`,
      { variables: { full: false, brief: true } },
    );
    expect(data).toEqual({ version: { name: 'comp_v1' } });
    expect(world.takeSearches()).toEqual(['Version: cached_display_name,code']);
  });

  it('one search for a field that is selected twice, with both selections', async () => {
    await openWithoutPaths();
    const { data } = await world.ask('{ version(id: 900) { sgTask { content } sgTask { duration } } }');
    expect(data.version.sgTask).toEqual({ content: 'comp', duration: 480 });
    expect(world.takeSearches()[1]).toBe('Task: cached_display_name,content,duration');
  });

  it('searches in parallel for more ids than one search accepts', async () => {
    await open();
    const ids = Array.from({ length: 12_000 }, (_, index) => index + 1);
    const { createReader } = await import('../../../src/query/read/reader.ts');
    const { Plans } = await import('../../../src/query/read/level-reader.ts');
    const { stubClient } = await import('../../support/stub-client.ts');
    const { smallStudio } = await import('../../support/small-studio.ts');
    const plans = new Plans(smallStudio(), PLAN);
    const reader = createReader(stubClient(world.site, 'mira'), plans, {
      maxSearches: PLAN.maxSearches,
      known: new KnownFields(),
    });
    const nodes = await reader.many('Version', ids, {
      ...EMPTY_SELECTION,
      fields: new Set(['code', 'sg_frame_rate']),
    });
    expect(nodes).toHaveLength(12_000);
    expect(nodes[899]).toMatchObject({ id: 900, code: 'comp_v1', sgFrameRate: 23.976 });
    expect(nodes[0]).toBeNull();
    expect(world.site.calls.map(({ search }) => search?.pageSize)).toEqual([5000, 5000, 2000]);
  });

  it('passes the signal of the request to every search, so that no read runs for a client that has gone (F23)', async () => {
    await openWithoutPaths();
    const controller = new AbortController();
    await world.ask('{ version(id: 900) { sgTask { content } } }', { signal: controller.signal });
    expect(world.site.calls.map((call) => call.signal?.aborted)).toEqual([false, false]);
    controller.abort();
    expect(world.site.calls.map((call) => call.signal?.aborted)).toEqual([true, true]);
  });
});
