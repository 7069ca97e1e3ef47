import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Switches } from '../../studio/site/ports.ts';
import { HASH_SYNTAX, openSite, type OpenSite } from '../support/every-type-site.ts';

const PROJECT = { type: 'Project', id: 1 };

/** What single types demand, refuse and take with them (API 5.1, 5.2, 8). */
describe('the rules of', () => {
  let site: OpenSite;
  const open = async (switches: Switches = {}): Promise<void> => {
    site = await openSite(demoDataset(), { switches });
  };
  beforeEach(() => open());
  afterEach(() => site.close());

  const add = async (types: string, values: object): Promise<number> => {
    const { status, body } = await site.call('POST', `/entity/${types}`, values);
    expect({ status, errors: body.errors }).toEqual({ status: 201 });
    return body.data.id as number;
  };
  const refusal = async (method: string, path: string, values?: object): Promise<unknown[]> => {
    const { status, body } = await site.call(method, path, values);
    const [{ code, title }] = body.errors;
    return [status, code, title];
  };
  const linked = async (path: string, field: string): Promise<number[]> => {
    const { data } = (await site.call('GET', `${path}/relationships/${field}`)).body;
    return data.map(({ id }: { id: number }) => id);
  };
  const status = async (path: string): Promise<number> => (await site.call('GET', path)).status;

  it('people: REST cannot activate a person, and a login is free again once its person is deleted', async () => {
    const person = { login: 'nadia', email: 'nadia@studio.example', firstname: 'Nadia', lastname: 'Reyes' };
    const promotion = [401, 110, 'User promotion to active is permitted only for Identity Users'];
    expect(await refusal('POST', '/entity/human_users', person)).toEqual(promotion);
    expect(await refusal('POST', '/entity/human_users', { ...person, sg_status_list: 'act' })).toEqual(
      promotion,
    );
    const id = await add('human_users', { ...person, sg_status_list: 'dis' });
    expect(await refusal('PUT', `/entity/human_users/${id}`, { sg_status_list: 'act' })).toEqual(promotion);
    expect((await site.call('PUT', `/entity/human_users/${id}`, { lastname: 'Reyes-Lund' })).status).toBe(
      200,
    );
    const again = { ...person, sg_status_list: 'dis' };
    expect(await refusal('POST', '/entity/human_users', again)).toEqual([
      400,
      104,
      'Create failed for [HumanUser]: The value for the Login field is required to be unique. <br> ',
    ]);
    await site.call('DELETE', `/entity/human_users/${id}`);
    await add('human_users', again);
  });

  it('people: the flag that exempts from sudo cannot be written', async () => {
    const [code, , title] = await refusal('PUT', '/entity/human_users/31', {
      can_impersonate_this_user: false,
    });
    expect([code, title]).toEqual([
      400,
      expect.stringContaining(
        'The field is not editable for this user: [HumanUser.can_impersonate_this_user].',
      ),
    ]);
  });

  it('fields that a create alone may write', async () => {
    const step = await add('steps', { code: 'Paint', entity_type: 'Shot' });
    const note = await add('notes', { project: PROJECT, subject: 'x', created_at: '2020-01-02T03:04:05Z' });
    const read = await site.call('GET', `/entity/notes/${note}?fields=created_at`);
    expect(read.body.data.attributes.created_at).toBe('2020-01-02T03:04:05Z');
    for (const [path, values] of [
      [`/entity/steps/${step}`, { entity_type: 'Asset' }],
      [`/entity/notes/${note}`, { created_at: '2021-01-02T03:04:05Z' }],
      [`/entity/notes/${note}`, { updated_at: '2021-01-02T03:04:05Z' }],
    ] as const) {
      const [code, , title] = await refusal('PUT', path, values);
      expect([code, title]).toEqual([400, expect.stringMatching(/ is editable on create only\.$/u)]);
    }
  });

  it.each([
    ['time_logs', { date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u), description: 'New Time Log' }],
    [
      'tasks',
      { content: expect.stringMatching(/^New Task \d+$/u), color: 'pipeline_step', sg_status_list: 'wtg' },
    ],
    ['notes', { publish_status: 'published', sg_status_list: 'opn' }],
    ['versions', { code: expect.stringMatching(/^New Version \d+$/u), sg_status_list: 'rev' }],
  ])(
    '%s: the answer of a create has the values that the site filled in, and no field that nobody set',
    async (types, filled) => {
      const { body } = await site.call('POST', `/entity/${types}`, { project: PROJECT });
      const { attributes, relationships } = body.data;
      expect(attributes).toMatchObject(filled);
      const server = ['cached_display_name', 'created_at', 'updated_at', 'open_notes_count'];
      expect(Object.keys(attributes).filter((name) => !(name in filled || server.includes(name)))).toEqual(
        [],
      );
      expect(relationships.created_by.data).toMatchObject({ type: 'ApiUser' });
      expect(relationships).not.toHaveProperty('sg_task');
    },
  );

  it('Sequences and Shots: a Shot is in one Sequence, whichever end is written', async () => {
    const [one, other] = [
      await add('sequences', { project: PROJECT }),
      await add('sequences', { project: PROJECT }),
    ];
    const shot = await add('shots', { project: PROJECT, sg_sequence: { type: 'Sequence', id: one } });
    expect(await linked(`/entity/sequences/${one}`, 'shots')).toEqual([shot]);
    await site.call('PUT', `/entity/sequences/${other}`, { shots: [{ type: 'Shot', id: shot }] });
    expect(await linked(`/entity/sequences/${one}`, 'shots')).toEqual([]);
    const read = await site.call('GET', `/entity/shots/${shot}?fields=sg_sequence`);
    expect(read.body.data.relationships.sg_sequence.data.id).toBe(other);
    for (const code of ['', null]) {
      expect(await refusal('POST', '/entity/shots', { project: PROJECT, code })).toEqual([
        400,
        104,
        'Create failed for [Shot]: Cannot set identifier field to empty. (Shot)',
      ]);
    }
    const nameless = await add('tasks', { project: PROJECT, content: '' });
    const name = await site.call('GET', `/entity/tasks/${nameless}?fields=cached_display_name`);
    expect(name.body.data.attributes.cached_display_name).toBe('-');
  });

  it('Playlists: the order is kept by rows of its own, each pair once', async () => {
    const version = (id: number) => ({ type: 'Version', id });
    const playlist = await add('playlists', { project: PROJECT, versions: [version(3), version(1)] });
    const connections = async () => {
      const filters = {
        logical_operator: 'and',
        conditions: [['playlist', 'is', { type: 'Playlist', id: playlist }]],
      };
      const search = { filters, fields: 'sg_sort_order,version', sort: 'id' };
      return (await site.call('POST', '/entity/playlist_version_connections/_search', search, HASH_SYNTAX))
        .body.data;
    };
    const [first] = await connections();
    expect(first.attributes).toEqual({ sg_sort_order: null });
    const pair = { playlist: { type: 'Playlist', id: playlist }, version: version(3) };
    expect(await refusal('POST', '/entity/playlist_version_connections', pair)).toEqual([
      400,
      104,
      'Create failed for [PlaylistVersionConnection]: There is already a connection between the entities.',
    ]);
    const change = (mode: string) => ({ versions: { multi_entity_update_mode: mode, value: [version(3)] } });
    await site.call('PUT', `/entity/playlists/${playlist}`, change('remove'));
    await site.call('PUT', `/entity/playlists/${playlist}`, change('add'));
    const ids = (await connections()).map(({ id }: { id: number }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).not.toContain(first.id);
  });

  it.each([
    [true, 200],
    [false, 404],
  ])(
    'Shots: rows that were deleted with one are restored with it (%s), rows deleted before are not (5.1)',
    async (isBack, expected) => {
      await site.close();
      await open({ 'write.shotRevivesVersions': isBack });
      const shot = await add('shots', { project: PROJECT });
      const entity = { type: 'Shot', id: shot };
      const [kept, thrown] = [
        await add('versions', { project: PROJECT, entity }),
        await add('versions', { project: PROJECT, entity }),
      ];
      await site.call('DELETE', `/entity/versions/${thrown}`);
      await site.call('DELETE', `/entity/shots/${shot}`);
      expect(await status(`/entity/versions/${kept}`)).toBe(404);
      await site.call('POST', `/entity/shots/${shot}?revive=yes`);
      expect(await status(`/entity/versions/${kept}`)).toBe(expected);
      expect(await status(`/entity/versions/${thrown}`)).toBe(404);
    },
  );

  it.each([0, -1])('records: the id %i is refused before any look-up (2.8)', async (id) => {
    for (const [method, path] of [
      ['GET', `/entity/shots/${id}`],
      ['PUT', `/entity/shots/${id}`],
      ['DELETE', `/entity/shots/${id}`],
      ['POST', `/entity/_batch`],
    ] as const) {
      const requests = [{ request_type: 'update', entity: 'Shot', record_id: id, data: {} }];
      const body = method === 'PUT' ? {} : method === 'POST' ? { requests } : undefined;
      const answer = await site.call(method, path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].title).toBe('Request Parameters invalid.');
      expect(JSON.stringify(answer.body.errors[0].source)).toContain('record_id must be greater than 0');
    }
  });
});
