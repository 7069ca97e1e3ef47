import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type OpenSite, type SiteCaller } from '../support/open-site.ts';

const PROJECT = { type: 'Project', id: 2 };

interface Update {
  readonly id: number;
  readonly update_type: string;
  readonly primary_entity: { readonly type: string; readonly id: number; readonly name: string };
}

/** What people say about rows and what happens at them, over the whole site (API 9.2-9.4). */
describe('the threads and activity streams of the site', () => {
  let site: OpenSite;
  let script: SiteCaller;
  let joao: SiteCaller;
  let mira: SiteCaller;
  beforeAll(async () => {
    site = await openSite({ switches: { 'files.transcodeMs': 0 } });
    [script, joao, mira] = [await site.as(null), await site.as('joao'), await site.as('mira')];
  });
  afterAll(() => site.close());

  const made = async (who: SiteCaller, types: string, data: object): Promise<number> => {
    const { status, body } = await who.call('POST', `/entity/${types}`, data);
    expect(status).toBe(201);
    return body.data.id as number;
  };
  const updatesOf = async (path: string): Promise<readonly Update[]> =>
    (await joao.call('GET', `/entity/${path}/activity_stream?limit=500`)).body.data.updates;
  const idOf = async (login: string): Promise<number> =>
    (await script.call('GET', `/entity/human_users?filter[login]=${login}`)).body.data[0].id;

  it('shows a thread with the rights of its reader: pictures from the storage, further fields of the note only', async () => {
    const joaoId = await idOf('joao');
    const face = `/entity/human_users/${joaoId}/image/_upload`;
    const { body: begun } = await script.call('GET', `${face}?filename=joao.png`);
    await fetch(begun.links.upload, { method: 'PUT', body: 'a face' });
    await script.call('POST', face, { upload_info: begun.data, upload_data: {} });
    const note = await made(joao, 'notes', { project: PROJECT, subject: 'Retime', content: 'Earlier' });
    const reply = await made(joao, 'replies', {
      content: 'Done',
      entity: { type: 'Note', id: note },
      user: { type: 'HumanUser', id: joaoId },
    });
    await mira.call('PUT', `/entity/notes/${note}`, { read_by_current_user: 'read' });
    const fields =
      'entity_fields[Note]=replies,read_by_current_user,open_nonsense&entity_fields[Reply]=content';
    let rows: readonly Record<string, unknown>[] = [];
    let image = '';
    while (!image.includes('X-Amz-Signature')) {
      rows = (await mira.call('GET', `/entity/notes/${note}/thread_contents?${fields}`)).body.data;
      ({ image } = rows[1]!['user'] as { image: string });
      expect(image).toMatch(/^https?:/u);
    }
    expect(await (await fetch(image)).text()).toBe('a face');
    expect(rows.map(({ type, id }) => [type, id])).toEqual([
      ['Note', note],
      ['Reply', reply],
    ]);
    expect(rows[0]).toMatchObject({ read_by_current_user: 'read', replies: [{ type: 'Reply', id: reply }] });
    expect(rows[0]).not.toHaveProperty('open_nonsense');
    expect(Object.keys(rows[1]!)).toEqual(['type', 'id', 'content', 'created_at', 'user']);
  });

  it('shows one change in every stream that it concerns, under one id, and a deleted row by its name', async () => {
    const version = await made(joao, 'versions', {
      project: PROJECT,
      code: 'streamed_v001',
      entity: { type: 'Shot', id: 161 },
    });
    const note = await made(joao, 'notes', {
      project: PROJECT,
      subject: 'To be gone',
      note_links: [{ type: 'Version', id: version }],
    });
    await made(joao, 'replies', { content: 'Yes', entity: { type: 'Note', id: note } });
    await joao.call('DELETE', `/entity/notes/${note}`);
    const [own, shot, project] = [
      await updatesOf(`versions/${version}`),
      await updatesOf('shots/161'),
      await updatesOf('projects/2'),
    ];
    const created = own.find(
      ({ update_type: type, primary_entity: row }) => type === 'create' && row.id === version,
    );
    for (const stream of [shot, project]) expect(stream.map(({ id }) => id)).toContain(created!.id);
    const ofNote = own.filter(({ primary_entity: row }) => row.type === 'Note' && row.id === note);
    expect(ofNote.map(({ update_type: type }) => type)).toEqual(
      expect.arrayContaining(['create', 'create_reply', 'delete']),
    );
    const deleted = ofNote.find(({ update_type: type }) => type === 'delete');
    expect(deleted!.primary_entity.name).toBe('To be gone');
  });

  it('shows the changes of a person, and none that a script makes for itself', async () => {
    const shot = await made(script, 'shots', { project: PROJECT, code: 'silent' });
    await script.call('PUT', `/entity/shots/${shot}`, { sg_status_list: 'ip' });
    expect(await updatesOf(`shots/${shot}`)).toEqual([]);
    await joao.call('PUT', `/entity/shots/${shot}`, { sg_status_list: 'fin' });
    const [update] = await updatesOf(`shots/${shot}`);
    expect(update).toMatchObject({ update_type: 'update', created_by: { type: 'HumanUser', status: 'act' } });
    const did = await updatesOf(`human_users/${await idOf('joao')}`);
    expect(did.map(({ id }) => id)).toContain(update!.id);
    const { body } = await joao.call('GET', '/entity/shots/162/activity_stream?limit=1');
    expect(body.data.latest_update_id).toBeGreaterThanOrEqual(update!.id);
  });

  it('fails for a missing row, and returns at most 500 updates', async () => {
    const absent = await joao.call('GET', '/entity/shots/99999999/activity_stream');
    expect([absent.status, absent.body.errors[0].code]).toEqual([500, 100]);
    expect((await joao.call('GET', '/entity/shots/161/activity_stream?limit=501')).status).toBe(400);
    expect((await joao.call('GET', '/entity/shots/161/activity_stream?limit=0')).status).toBe(400);
  });

  it('lists no row to a person who may not see it, although another person follows it', async () => {
    const joaoId = await idOf('joao');
    const hidden = await script.search('shots', 'code', ['project', 'is', { type: 'Project', id: 3 }]);
    const entities = [hidden.body.data[0].id, 161].map((id) => ({ record_id: id, entity: 'Shot' }));
    expect((await joao.call('POST', `/entity/human_users/${joaoId}/follow`, { entities })).status).toBe(204);
    const list = async (who: SiteCaller) =>
      (await who.call('GET', `/entity/human_users/${joaoId}/following`)).body.data;
    expect(await list(joao)).toHaveLength(2);
    expect(await list(mira)).toEqual([{ id: 161, type: 'Shot', links: { self: '/api/v1/entity/Shot/161' } }]);
    expect((await joao.call('POST', '/entity/shots/161/unfollow', { user_id: joaoId })).status).toBe(404);
  });
});
