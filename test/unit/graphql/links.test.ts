import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeRows, SHOT_10 } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';

const playlistsOf = ({ playlists }: Readonly<Record<string, unknown>>): readonly unknown[] =>
  playlists as readonly unknown[];

describe('links', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
  });
  afterEach(() => world.close());

  const hide = (...places: string[]): void => {
    world.site.hidden = (_login, type, id) => places.includes(`${type} ${id}`);
  };

  it('to a row that the person may not see keep the fields that ShotGrid showed, and no other', async () => {
    hide('Task 300');
    const { data, codes } = await world.ask('{ version(id: 900) { sgTask { id name content dueDate } } }');
    expect(data.version.sgTask).toEqual({ id: 300, name: 'comp', content: null, dueDate: null });
    expect(codes).toEqual([]);
  });

  it('to such a row have null for a checkbox and a list, and keep the rest of the page', async () => {
    hide('Task 300');
    const { data, codes } = await world.ask(
      '{ versions { nodes { code sgTask { name isLate taskAssignees { id } } } } }',
    );
    expect(data.versions.nodes).toHaveLength(5);
    expect(data.versions.nodes[0]).toEqual({
      code: 'comp_v1',
      sgTask: { name: 'comp', isLate: null, taskAssignees: null },
    });
    expect(codes).toEqual([]);
  });

  it('whose rows cannot be read keep the page, with an error at each missing field', async () => {
    world.site.before = ({ type }) => {
      if (type === 'Playlist') throw new Error('no playlists today');
    };
    const { data, errors } = await world.ask(
      '{ versions(first: 2) { nodes { code playlists { id locked } } } }',
    );
    const playlists = [{ id: 500, locked: null }];
    expect(data.versions.nodes).toEqual([
      { code: 'comp_v1', playlists },
      { code: 'comp_v2', playlists },
    ]);
    expect(errors.map(({ path }) => path?.join('.'))).toEqual([
      'versions.nodes.0.playlists.0.locked',
      'versions.nodes.1.playlists.0.locked',
    ]);
  });

  it('of a type that the field may not hold are errors at their place, also in a list', async () => {
    const [first] = world.site.rows['Version'] ?? [];
    if (first === undefined) throw new Error('no version');
    world.site.rows['Version'] = [
      { ...first, sg_task: SHOT_10, playlists: [...playlistsOf(first), SHOT_10] },
    ];
    const { data, errors } = await world.ask(
      '{ version(id: 900) { code sgTask { isLate } playlists { id locked } } }',
    );
    // A list without them would look whole.
    expect(data.version).toEqual({ code: 'comp_v1', sgTask: null, playlists: null });
    const details = { type: 'Shot', id: SHOT_10.id, reason: 'linkType' };
    expect(errors.map(({ path, extensions }) => [path, extensions.code, extensions.details])).toEqual([
      [['version', 'sgTask'], 'UPSTREAM_REJECTED', details],
      [['version', 'playlists', 1], 'UPSTREAM_REJECTED', details],
    ]);
  });

  it('to an unexposed type are of a type with id, type and name only', async () => {
    const [first] = world.site.rows['Version'] ?? [];
    if (first === undefined) throw new Error('no version');
    world.site.rows['Version'] = [{ ...first, user: { type: 'ApiUser', id: 5, name: 'publisher 1.0' } }];
    const { data } = await world.ask(
      '{ version(id: 900) { user { __typename id type name ... on HumanUser { login } } } }',
    );
    expect(data.version.user).toEqual({
      __typename: 'UnexposedEntity',
      id: 5,
      type: 'ApiUser',
      name: 'publisher 1.0',
    });
  });

  it('that form a cycle are followed as deeply as the query selects', async () => {
    const { data } = await world.ask(
      '{ group(id: 60) { users { projects { id nameField } } } task(id: 300) { taskAssignees { ... on Group { users { login } } } } }',
    );
    expect(data).toEqual({
      group: { users: [{ projects: [{ id: 1, nameField: 'Bridge' }] }] },
      task: { taskAssignees: [{}, { users: [{ login: 'mira' }] }] },
    });
  });

  it('to one row from many places are one row', async () => {
    world.site.readsPaths = false;
    const { data } = await world.ask('{ versions { nodes { sgTask { content } } } }');
    expect(data.versions.nodes).toEqual(Array.from({ length: 5 }, () => ({ sgTask: { content: 'comp' } })));
    expect(world.site.calls[1]?.search?.filter.conditions).toEqual([['id', 'in', [300]]]);
  });
});

describe('values', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows(1) });
  });
  afterEach(() => world.close());

  it('are of the type that the field promises', async () => {
    const { data } =
      await world.ask(`{ version(id: 900) { sgFrameRate frameCount clientApproved createdAt sgStatusList image { url }
      sgUploadedMovie { url name contentType linkType localPath id } } }`);
    expect(data.version).toEqual({
      sgFrameRate: 23.976,
      frameCount: 100,
      clientApproved: false,
      createdAt: '2026-09-02T15:58:21Z',
      sgStatusList: 'rev',
      image: null,
      sgUploadedMovie: {
        url: 'https://files.example/x.mov',
        name: 'x.mov',
        contentType: 'video/quicktime',
        linkType: 'UPLOAD',
        localPath: null,
        id: 77,
      },
    });
  });

  it('that the site left out are null, also a checkbox and a list', async () => {
    world.site.rows['Version'] = [{ id: 900 }];
    const { data, codes } = await world.ask(
      '{ version(id: 900) { name code sgFrameRate clientApproved playlists { id } sgTask { content } } }',
    );
    expect(codes).toEqual([]);
    expect(data.version).toEqual({
      name: null,
      code: null,
      sgFrameRate: null,
      clientApproved: null,
      playlists: null,
      sgTask: null,
    });
  });
});
