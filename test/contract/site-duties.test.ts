import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type OpenSite, type SiteAnswer, type SiteCaller } from '../support/open-site.ts';

const PROJECT = { type: 'Project', id: 2 };
const ARRAY = 'application/vnd+shotgun.api3_array+json';
const HASH = 'application/vnd+shotgun.api3_hash+json';
const ALL = { logical_operator: 'and', conditions: [] };
const refusal = ({ status, body }: SiteAnswer) => [status, body.errors[0].code, body.errors[0].title];

/** The duties of an emulator that no other story tells (API 12.1), each with the number of its point. */
describe('the site as a client meets it', () => {
  let site: OpenSite;
  let script: SiteCaller;
  beforeAll(async () => {
    site = await openSite();
    script = await site.as(null);
  });
  afterAll(() => site.close());
  const made = async (types: string, data: object): Promise<number> =>
    (await script.call('POST', `/entity/${types}`, { project: PROJECT, ...data })).body.data.id;
  const read = (path: string): Promise<SiteAnswer> => script.call('GET', `/entity/${path}`);

  it('3: names the required media types in both directions, and returns none of the vendor’s own', async () => {
    const search = await script.call('POST', '/entity/shots/_search', { filters: ALL });
    expect(refusal(search)).toEqual([415, 103, "Unsupported Content-Type 'application/json'"]);
    expect(search.body.errors[0].source).toEqual({
      content_type: `Content-Type must be one of: '${ARRAY}', '${HASH}'.`,
    });
    const create = await script.call('POST', '/entity/shots', {}, { 'content-type': HASH });
    expect(refusal(create)).toEqual([415, 103, `Unsupported Content-Type '${HASH}'`]);
    expect(create.body.errors[0].source).toEqual({
      content_type: "Content-Type must be one of: 'application/json'.",
    });
    const accepted = await script.call('GET', '/entity/shots/1', undefined, { accept: ARRAY });
    expect([accepted.status, accepted.text]).toEqual([406, '']);
  });

  it('4: links its rows canonically and its pages as requested, keys in order, without a last page', async () => {
    const { body } = await read('Shot?page[size]=2&fields=sg_sequence,assets,code&page[number]=1');
    const [row] = body.data;
    expect(row.links.self).toBe(`/api/v1/entity/shots/${row.id}`);
    expect(row.relationships.sg_sequence.links.related).toMatch(/^\/api\/v1\/entity\/sequences\/\d+$/u);
    expect(row.relationships.assets.links).toEqual({
      self: `/api/v1/entity/shots/${row.id}/relationships/assets`,
    });
    const query = (page: number) =>
      `/api/v1/entity/Shot?fields=sg_sequence%2Cassets%2Ccode&page%5Bnumber%5D=${page}&page%5Bsize%5D=2`;
    expect(body.links).toEqual({ self: query(1), next: query(2) });
    const { body: last } = await read('Shot?page[size]=2&fields=sg_sequence,assets,code&page[number]=9999');
    expect([last.data, last.links]).toEqual([
      [],
      { self: query(9999), next: query(10_000), prev: query(9998) },
    ]);
    const lone = await made('shots', { code: 'alone' });
    const { body: unlinked } = await read(`shots/${lone}?fields=sg_sequence`);
    expect(unlinked.data.relationships.sg_sequence).toEqual({
      data: null,
      links: { self: `/api/v1/entity/shots/${lone}/relationships/sg_sequence` },
    });
  });

  it('5: silently ignores a sort, a filter or fields that it does not accept, and a path into another type', async () => {
    const ids = ({ body }: SiteAnswer) => body.data.map(({ id }: { id: number }) => id);
    const few = { filters: ALL, page: { size: 3 }, fields: 'code' };
    const search = (more: object, query = '') =>
      script.call('POST', `/entity/shots/_search${query}`, { ...few, ...more }, { 'content-type': HASH });
    const plain = ids(await search({}));
    expect(ids(await search({ sort: 'sg_nope' }))).toEqual(plain);
    expect(ids(await search({}, '?filter[code]=nothing'))).toEqual(plain);
    const { body } = await script.call('PUT', '/entity/shots/161?fields=code', { description: 'x' });
    expect(Object.keys(body.data.attributes).length).toBeGreaterThan(5);
    const version = await made('versions', { entity: { type: 'Shot', id: 161 } });
    const { body: dotted } = await read(
      `versions/${version}?fields=entity.Asset.code,entity.Step.code,entity.Shot.code`,
    );
    expect(dotted.data.attributes).toEqual({
      'entity.Asset.code': null,
      'entity.Shot.code': expect.any(String),
    });
  });

  it('6: lists the relations of a data type under the name of the field', async () => {
    const { status, body } = await script.search('shots', 'code', ['code', 'matches', 'x']);
    expect(status).toBe(400);
    expect(Object.keys(body.errors[0].source)).toEqual(['Shot.code']);
    expect(body.errors[0].source['Shot.code']).toContain(
      'Valid relations: ["is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in"]',
    );
  });

  it('9: answers a create with few fields and a change with all, invents missing names, and accepts duplicates', async () => {
    const { body: created } = await script.call('POST', '/entity/versions', { project: PROJECT });
    const { id, attributes } = created.data;
    expect(attributes).toMatchObject({
      code: `New Version ${id}`,
      sg_status_list: 'rev',
    });
    expect(attributes.updated_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/u);
    expect(attributes).not.toHaveProperty('frame_count');
    expect(created).not.toHaveProperty('links');
    const { body: changed } = await script.call('PUT', `/entity/versions/${id}`, { code: 'twice' });
    expect(changed.data.attributes).toMatchObject({ code: 'twice', frame_count: null });
    expect(changed.data.attributes.updated_at).toMatch(/Z$/u);
    expect([changed.links, changed.status]).toEqual([{}, 'successful']);
    expect(await made('versions', { code: 'twice' })).toBeGreaterThan(id);
    expect((await script.call('POST', '/entity/projects', { name: 'Nightjar' })).status).toBe(400);
  });

  it('10: retires dependent rows with a row, removes its links, and restores all of them', async () => {
    const shot = await made('shots', { code: 'to be gone', description: 'kept' });
    const link = { type: 'Shot', id: shot };
    const version = await made('versions', { entity: link });
    const note = await made('notes', { subject: 'About it', note_links: [link] });
    const links = async () =>
      (await read(`notes/${note}?fields=note_links`)).body.data.relationships.note_links.data;
    await script.call('DELETE', `/entity/shots/${shot}`);
    const absent = await read('shots/99999999');
    const gone = await read(`shots/${shot}`);
    const shape = ({ status, body }: SiteAnswer, id: number) => {
      const { id: _, ...error } = body.errors[0];
      return [status, JSON.stringify(error).replaceAll(String(id), 'ID')];
    };
    expect(shape(gone, shot)).toEqual(shape(absent, 99_999_999));
    expect((await read(`versions/${version}`)).status).toBe(404);
    expect((await read(`versions/${version}?options[return_only]=retired`)).status).toBe(200);
    expect(await links()).toEqual([]);
    const revived = await script.call('POST', `/entity/shots/${shot}?revive=1`);
    expect(revived.body.meta).toEqual({ did_revive: true });
    expect((await read(`shots/${shot}`)).body.data.attributes.description).toBe('kept');
    expect(
      (await read(`versions/${version}?fields=entity`)).body.data.relationships.entity.data,
    ).toMatchObject(link);
    expect(await links()).toMatchObject([link]);
    expect((await script.call('POST', `/entity/shots/${shot}?revive=1`)).body.meta).toEqual({
      did_revive: false,
    });
  });

  it('11: carries out a batch in order, each kind with an answer of its own, and checks less strictly', async () => {
    const batch = (...requests: object[]) => script.call('POST', '/entity/_batch', { requests });
    const playlist = await made('playlists', { code: 'in a batch' });
    const done = await batch(
      { request_type: 'delete', entity: 'Playlist', record_id: playlist },
      { request_type: 'create', entity: 'Note', data: { project: PROJECT, subject: 'first' } },
      { request_type: 'update', entity: 'Shot', record_id: 161, data: { description: 'third' } },
    );
    expect(done.status).toBe(200);
    const [deleted, created, updated] = done.body.data;
    expect(deleted).toEqual({
      ...{ request_type: 'delete', type: 'Playlist', id: playlist, did_delete: true },
      uuid: expect.any(String),
    });
    expect(Object.keys(created)).toEqual(['data']);
    expect(created.data).toMatchObject({ type: 'Note', attributes: { subject: 'first' } });
    expect(updated).toMatchObject({
      links: {},
      status: 'successful',
      data: { attributes: { description: 'third' } },
    });
    expect((await batch()).body).toEqual({ data: [] });
    // Without a project a row is made that nobody can read.
    const lost = (await batch({ request_type: 'create', entity: 'Note', data: { subject: 'lost' } })).body
      .data[0].data.id;
    expect((await read(`notes/${lost}`)).status).toBe(404);
    expect((await script.search('notes', 'subject', ['id', 'is', lost])).body.data).toEqual([]);
    expect((await script.call('DELETE', `/entity/notes/${lost}`)).status).toBe(204);
    const noId = await batch({ request_type: 'update', entity: 'Shot', entity_id: 161, data: {} });
    expect([noId.status, noId.body.errors[0].detail]).toEqual([
      404,
      'Entity of type [Shot] with id=0 does not exist.',
    ]);
    const zero = await batch({ request_type: 'update', entity: 'Shot', record_id: 0, data: {} });
    expect([zero.status, JSON.stringify(zero.body)]).toEqual([
      400,
      expect.stringContaining('record_id must be greater than 0'),
    ]);
  });

  it('17: accepts pages of at most 25 in a text search', async () => {
    const textSearch = (size: number) =>
      script.call(
        'POST',
        '/entity/_text_search',
        { text: 'e10', entity_types: { Shot: [] }, page: { size } },
        { 'content-type': ARRAY },
      );
    const [most, more] = [await textSearch(25), await textSearch(26)];
    expect([most.status, most.body.data.length]).toEqual([200, 25]);
    expect([more.status, JSON.stringify(more.body)]).toEqual([
      400,
      expect.stringContaining('size must be less than 25'),
    ]);
  });
});
