import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PLAN } from '../support/plan-settings.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const BATCH =
  'mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { kind type id deleted { __typename id } entity { name ... on Version { description } ... on Note { subject user { name } } } } }';
const PROJECT = { type: 'Project', id: 2 };

describe('several writes at once', () => {
  let world: SiteWorld;
  let versionId: number;
  beforeAll(async () => {
    world = await startSiteWorld();
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { project: { is: { type: "Project", id: 2 } } }) { nodes { id } } }',
      { as: 'joao' },
    );
    versionId = data.versions.nodes[0].id as number;
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });
  const batch = (operations: readonly object[], as = 'joao') =>
    world.ask(BATCH, { as, variables: { operations } });

  it('are one call, answered in their order with what was selected', async () => {
    const { data, errors } = await batch([
      { updateVersion: { id: versionId, input: { description: 'in a batch' } } },
      {
        createNote: {
          project: PROJECT,
          subject: 'Of a batch',
          noteLinks: [{ type: 'Version', id: versionId }],
        },
      },
    ]);
    expect(errors).toEqual([]);
    expect(data.batch).toMatchObject([
      { kind: 'UPDATE', type: 'Version', id: versionId, entity: { description: 'in a batch' } },
      { kind: 'CREATE', type: 'Note', entity: { subject: 'Of a batch', user: { name: 'João Almeida' } } },
    ]);
    const calls = (await world.takeCalls()).map(({ method, path }) => `${method} ${path}`);
    expect(calls[0]).toBe('POST /api/v1/entity/_batch');
    // Both rows are read again beside each other.
    expect(calls.slice(1).sort()).toEqual([
      'POST /api/v1/entity/Note/_search',
      'POST /api/v1/entity/Version/_search',
    ]);
    const noteId = data.batch[1].id as number;
    const { data: gone } = await batch([
      { deleteNote: noteId },
      { updateVersion: { id: versionId, input: { description: 'beside what was deleted' } } },
    ]);
    expect(gone.batch).toMatchObject([
      { kind: 'DELETE', type: 'Note', id: noteId, entity: null, deleted: { __typename: 'Note', id: noteId } },
      { kind: 'UPDATE', type: 'Version', id: versionId, deleted: null },
    ]);
  });

  it('are all undone if one of them fails', async () => {
    const { errors } = await batch([
      { updateVersion: { id: versionId, input: { description: 'never to be seen' } } },
      { updateVersion: { id: 99999999, input: { description: 'of nothing' } } },
    ]);
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    const { data } = await world.ask('query ($id: Int!) { version(id: $id) { description } }', {
      as: 'joao',
      variables: { id: versionId },
    });
    expect(data.version.description).not.toBe('never to be seen');
  });

  it('add to lists of links and never replace them', async () => {
    const { data: before } = await world.ask('{ playlists(first: 1) { nodes { id versions { id } } } }', {
      as: 'joao',
    });
    const [playlist] = before.playlists.nodes as { id: number; versions: { id: number }[] }[];
    const ids = playlist?.versions.map(({ id }) => id) ?? [];
    expect(ids.length).toBeGreaterThan(0);
    const { errors } = await batch([
      {
        updatePlaylist: {
          id: playlist?.id,
          input: { versions: { add: [{ type: 'Version', id: versionId }] } },
        },
      },
    ]);
    expect(errors).toEqual([]);
    const { data: after } = await world.ask('query ($id: Int!) { playlist(id: $id) { versions { id } } }', {
      as: 'joao',
      variables: { id: playlist?.id },
    });
    const now = (after.playlist.versions as { id: number }[]).map(({ id }) => id);
    expect(now).toEqual(expect.arrayContaining([...ids, versionId]));
  });

  it.each([
    ['none at all', [], 'operations'],
    ['too many', Array.from({ length: 201 }, () => ({ deleteNote: 1 })), 'operations'],
    ['one without a key', [{ deleteNote: 1 }, {}], 'operations.1'],
    ['one with two keys', [{ deleteNote: 1, deleteShot: 1 }], 'operations.0'],
    ['an id that is read as no id', [{ deleteNote: 0 }], 'operations.0.deleteNote'],
    [
      'a link to no id',
      [{ updateVersion: { id: 1, input: { entity: { type: 'Shot', id: 0 } } } }],
      'operations.0.updateVersion.input.entity.id',
    ],
  ])('are refused before any call: %s', async (_, operations, path) => {
    const { errors } = await batch(operations);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('cannot create an unreadable row: the schema requires a project', async () => {
    const { codes } = await batch([{ createNote: { subject: 'Of no project' } }]);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(await world.takeCalls()).toEqual([]);
  });

  it('are refused with the person’s rights, not the script’s', async () => {
    const { data } = await world.ask('{ projects { nodes { id } } }', { as: 'joao' });
    const projectId = (data.projects.nodes as { id: number }[])[0]?.id;
    const { errors } = await batch([{ deleteProject: projectId }], 'mira');
    expect(['FORBIDDEN', 'NOT_FOUND']).toContain(errors[0]?.extensions.code);
  });
});

describe('the order of a playlist', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  const ORDERED = 'query ($id: Int!) { playlist(id: $id) { orderedVersions { id } versions { id } } }';
  const ORDER =
    'mutation ($id: Int!, $versionIds: [Int!]!) { orderPlaylist(playlistId: $id, versionIds: $versionIds) { orderedVersions { id } } }';
  const idsOf = (rows: { id: number }[]): number[] => rows.map(({ id }) => id);

  it('starts with the named versions; the others follow in their old order', async () => {
    const { data: found } = await world.ask('{ playlists(first: 1) { nodes { id } } }', { as: 'joao' });
    const id = found.playlists.nodes[0].id as number;
    const { data: before } = await world.ask(ORDERED, { as: 'joao', variables: { id } });
    const ordered = idsOf(before.playlist.orderedVersions);
    expect([...ordered].sort()).toEqual(idsOf(before.playlist.versions).sort());
    const last = ordered.slice(-2).reverse();
    const { data, errors } = await world.ask(ORDER, { as: 'joao', variables: { id, versionIds: last } });
    expect(errors).toEqual([]);
    expect(idsOf(data.orderPlaylist.orderedVersions)).toEqual([...last, ...ordered.slice(0, -2)]);

    await world.takeCalls();
    for (const versionIds of [[99999999], [last[0], last[0]], []]) {
      const { errors: refused } = await world.ask(ORDER, { as: 'joao', variables: { id, versionIds } });
      expect(refused[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { path: 'versionIds' },
      });
    }
    expect((await world.takeCalls()).filter(({ path }) => path.endsWith('_batch'))).toEqual([]);
  });

  it('leaves versions that never had a place without one, which is last', async () => {
    const { data: made } = await world.ask(
      `mutation { createPlaylist(input: { project: { type: "Project", id: 2 }, code: "fresh",
         versions: [{ type: "Version", id: 1340 }, { type: "Version", id: 1272 }, { type: "Version", id: 1282 }] }) { id } }`,
      { as: 'joao' },
    );
    const id = made.createPlaylist.id as number;
    await world.takeCalls();
    const { data, errors } = await world.ask(ORDER, { as: 'joao', variables: { id, versionIds: [1282] } });
    expect(errors).toEqual([]);
    expect(idsOf(data.orderPlaylist.orderedVersions)[0]).toBe(1282);
    expect(data.orderPlaylist.orderedVersions).toHaveLength(3);
  });
});

describe('several writes of a request that may make one search', () => {
  let small: SiteWorld;
  beforeAll(async () => {
    small = await startSiteWorld({ plan: { ...PLAN, maxSearches: 1 } });
  });
  afterAll(() => small.close());

  it('need no search for rows that are not read afterwards: deleted ones, and ones that are not selected', async () => {
    const create = (name: string) => ({ [name]: { project: PROJECT, code: 'not_read' } });
    const ask = (selection: string, operations: readonly object[]) =>
      small.ask(
        `mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { id ${selection} } }`,
        { as: 'joao', variables: { operations } },
      );
    const both = [create('createVersion'), create('createPlaylist')];
    const made = await ask('', both);
    expect(made.codes).toEqual([]);
    const [version, playlist] = made.data.batch as readonly { id: number }[];
    const mixed = [
      { deleteVersion: version?.id },
      { updatePlaylist: { id: playlist?.id, input: { code: 'read' } } },
    ];
    const { codes, data } = await ask('entity { name }', mixed);
    expect([codes, data.batch]).toMatchObject([[], [{ entity: null }, { entity: { name: 'read' } }]]);
    expect((await ask('entity { name }', both)).codes).toEqual(['PLAN_TOO_LARGE']);
  });
});
