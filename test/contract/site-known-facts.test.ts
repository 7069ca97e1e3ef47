import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { ARRAY_SYNTAX, openSite, type OpenSite } from '../support/every-type-site.ts';

const PROJECT = { type: 'Project', id: 1 };

/** What is known of real sites from recordings and from those who measured them. */
describe('the emulated site, as real ones are', () => {
  let site: OpenSite;
  beforeAll(async () => {
    const dataset = demoDataset();
    const scripts = (dataset.rows['ApiUser'] ?? []).map((row) => ({
      ...row,
      generate_event_log_entries: true,
    }));
    site = await openSite({ ...dataset, rows: { ...dataset.rows, ApiUser: scripts } });
  });
  afterAll(() => site.close());

  const create = async (types: string, values: object): Promise<number> => {
    const { status, body } = await site.call('POST', `/entity/${types}`, { project: PROJECT, ...values });
    expect(status).toBe(201);
    return body.data.id as number;
  };
  it('gives an image source with its type first', async () => {
    const { data } = (
      await site.call(
        'POST',
        '/entity/versions/_search',
        { filters: [['image_source_entity', 'is_not', null]], fields: 'image_source_entity' },
        ARRAY_SYNTAX,
      )
    ).body;
    const sources = data.map((row: Row) => row.relationships.image_source_entity.data).filter(Boolean);
    for (const source of sources) expect(Object.keys(source)).toEqual(['type', 'id', 'name']);
  });
  interface Row {
    readonly relationships: { readonly image_source_entity: { readonly data: object } };
  }

  it('reports a Task that moved at both parents, with the event that caused it', async () => {
    const [from, to] = [await create('shots', { code: 'from' }), await create('shots', { code: 'to' })];
    const task = await create('tasks', { content: 'Moved', entity: { type: 'Shot', id: from } });
    await site.call('PUT', `/entity/tasks/${task}`, { entity: { type: 'Shot', id: to } });
    const events = async (type: string, id: number, name: string) => {
      const filters = [
        ['entity', 'is', { type, id }],
        ['attribute_name', 'is', name],
        ['event_type', 'is', `Shotgun_${type}_Change`],
      ];
      const search = { filters, fields: 'meta', sort: '-id' };
      return (await site.call('POST', '/entity/event_log_entries/_search', search, ARRAY_SYNTAX)).body.data;
    };
    const [own] = await events('Task', task, 'entity');
    const [left, came] = [await events('Shot', from, 'tasks'), await events('Shot', to, 'tasks')];
    const [removed, added] = [left[0].attributes.meta, came[0].attributes.meta];
    expect(removed).toMatchObject({ removed: [{ type: 'Task', id: task }], added: [] });
    expect(added).toMatchObject({ added: [{ type: 'Task', id: task }], removed: [] });
    for (const meta of [removed, added]) expect(meta.original_event_log_entry_id).toBe(own.id);
  });

  it('keeps the name of a deleted field, and restores the field by a body', async () => {
    const properties = [{ property_name: 'name', value: 'Spent Name' }];
    const path = '/schema/Version/fields';
    expect((await site.call('POST', path, { data_type: 'text', properties })).status).toBe(201);
    expect((await site.call('DELETE', `${path}/sg_spent_name`)).status).toBe(204);
    for (const data_type of ['text', 'number']) {
      const { status, body } = await site.call('POST', path, { data_type, properties });
      expect([status, body.errors[0].title]).toEqual([
        400,
        'API schema_field_create() failed, there is a retired field with the same field_name: sg_spent_name. Delete the retired field forever from the Trash Page in Shotgun and try again.',
      ]);
    }
    const asked = await site.call('POST', `${path}/sg_spent_name`, {});
    expect([asked.status, asked.body.errors[0].source]).toEqual([400, { revive: ['revive is missing'] }]);
    expect((await site.call('POST', `${path}/sg_spent_name`, { revive: true })).status).toBe(204);
    const { data } = (await site.call('GET', `${path}/sg_spent_name`)).body;
    expect(data.data_type.value).toBe('text');
  });

  it.each(['zzznope', '', null, 1, true])('refuses %j as a read state', async (value) => {
    for (const [path, place] of [
      ['notes/4', 'Note.read_by_current_user'],
      ['versions/900', 'Version.viewed_by_current_user'],
    ] as const) {
      const [, field = ''] = place.split('.');
      const { status, body } = await site.call('PUT', `/entity/${path}`, { [field]: value });
      if (status === 404) continue;
      expect([status, body.errors[0].title]).toEqual([
        400,
        `Update failed for [${place}]: '${String(value)}' is not a valid list value. Valid list values: 'read', 'unread'.`,
      ]);
    }
  });
});

describe('switches of the emulated site', () => {
  const begin = async (site: OpenSite) => {
    const search = { filters: [], fields: 'code', page: { size: 1 } };
    const { data } = (await site.call('POST', '/entity/versions/_search', search, ARRAY_SYNTAX)).body;
    const path = `/entity/versions/${data[0].id}`;
    return { path, ...(await site.call('GET', `${path}/image/_upload?filename=a.png`)).body };
  };

  it('can let a picture fail, and the site then shows its own', async () => {
    const site = await openSite(demoDataset(), {
      switches: { 'files.pictures': 'failed', 'files.transcodeMs': 0 },
    });
    const { path, links, data } = await begin(site);
    await fetch(links.upload, { method: 'PUT', body: 'no picture' });
    const done = { upload_info: data, upload_data: {} };
    await site.call('POST', links.complete_upload.replace('/api/v1', ''), done);
    let image = '';
    while (!image.endsWith('/images/status/thumbnail_failed.png')) {
      image = (await site.call('GET', `${path}?fields=image`)).body.data.attributes.image;
    }
    await site.close();
  });

  it('separate two uploads of one name that begin at the same moment', async () => {
    const site = await openSite(demoDataset(), { nowMs: Date.UTC(2026, 8, 15) });
    const [first, second] = [await begin(site), await begin(site)];
    expect(new URL(first.links.upload).pathname).not.toBe(new URL(second.links.upload).pathname);
    await site.close();
  });

  it.each(['default', 'oxygen'])('state %s as the way in which people sign in', async (method) => {
    const site = await openSite(demoDataset(), { switches: { 'auth.userMethod': method } });
    const { data } = (await site.call('GET', '')).body;
    expect(data.user_authentication_method).toBe(method);
    await site.close();
  });
});
