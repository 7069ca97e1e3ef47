import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type OpenSite, type SiteCaller } from '../support/open-site.ts';

const PROJECT = { type: 'Project', id: 2 };
const PENDING = '/images/status/transient/thumbnail_pending.png';
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** What becomes of a file from its upload to its reading (API 6). */
describe('a file on the site', () => {
  let site: OpenSite;
  let joao: SiteCaller;
  let script: SiteCaller;
  beforeAll(async () => {
    site = await openSite({ switches: { 'files.transcodeMs': 30 } });
    [joao, script] = [await site.as('joao'), await site.as(null)];
  });
  afterAll(() => site.close());

  const newVersion = async (): Promise<string> => {
    const { body } = await joao.call('POST', '/entity/versions', { project: PROJECT, code: 'files_v001' });
    return `/entity/versions/${body.data.id}`;
  };
  const upload = async (
    path: string,
    filename: string,
    bytes: Uint8Array<ArrayBuffer>,
    data: object = {},
  ) => {
    const begun = await joao.call('GET', `${path}/_upload?filename=${filename}`);
    const { links, data: info } = begun.body;
    expect((await fetch(links.upload, { method: 'PUT', body: bytes })).status).toBe(200);
    return joao.call('POST', links.complete_upload.replace('/api/v1', ''), {
      upload_info: info,
      upload_data: data,
    });
  };
  const read = async (path: string, ...fields: string[]) => {
    const { body } = await joao.call('GET', `${path}?fields=${fields.join(',')}`);
    return { ...body.data.attributes, ...body.data.relationships };
  };
  const until = async <T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> => {
    for (;;) {
      const seen = await look();
      if (isDone(seen)) return seen;
    }
  };
  const eventsOf = async (path: string, field: string) => {
    const id = Number(path.split('/').at(-1));
    const conditions = [
      ['entity', 'is', { type: 'Version', id }],
      ['attribute_name', 'is', field],
    ];
    const { body } = await script.search('event_log_entries', 'meta', ...conditions);
    return body.data.map(({ attributes }: { attributes: { meta: object } }) => attributes.meta);
  };

  it('is first a placeholder of the site, then a link to the storage by the hash of its content', async () => {
    const path = await newVersion();
    const bytes = Buffer.from('a picture, as far as anybody looks');
    expect((await upload(`${path}/image`, 'a.png', bytes)).status).toBe(201);
    const image = async (): Promise<string> => (await read(path, 'image')).image;
    const link = await until(image, (seen) => {
      if (!seen.includes('/images/status/transient/')) return true;
      expect(seen).toBe(site.url + PENDING);
      return false;
    });
    const { origin, pathname, searchParams } = new URL(link);
    expect(origin).not.toBe(site.url);
    expect(pathname).toBe(`/${md5(bytes)}`);
    expect(searchParams.get('X-Amz-Expires')).toBe('900');
    const got = await fetch(link);
    expect([got.headers.get('etag'), Buffer.from(await got.arrayBuffer())]).toEqual([
      `"${md5(bytes)}"`,
      bytes,
    ]);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(403);
    const [pending, ready] = await eventsOf(path, 'image');
    expect(pending).toMatchObject({ old_value: null, new_value: expect.any(Number), is_transient: true });
    expect(ready).toMatchObject({ old_value: null, new_value: expect.any(Number), is_transient: false });
    await upload(`${path}/image`, 'b.png', Buffer.from('another'));
    const again = await until(
      () => eventsOf(path, 'image'),
      ({ length }) => length === 4,
    );
    expect(again[2]).toMatchObject({ old_value: ready.new_value, is_transient: true });
  });

  it('is returned by its field, whole or in part, as a file or as a picture of it', async () => {
    const path = await newVersion();
    const bytes = Buffer.from('0123456789');
    const field = `${path}/sg_uploaded_movie`;
    expect((await joao.call('GET', `${field}?alt=original`)).status).toBe(404);
    await upload(field, 'a.mov', bytes);
    const original = await joao.call('GET', `${field}?alt=original`);
    expect(original.status).toBe(302);
    const stored = await fetch(String(original.headers.get('location')));
    expect(Buffer.from(await stored.arrayBuffer())).toEqual(bytes);
    const ranged = await joao.call('GET', `${field}?alt=original`, undefined, { range: 'bytes=2-4' });
    expect([ranged.status, ranged.text, ranged.headers.get('content-range')]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    const picture = await joao.call('GET', `${field}?alt=thumbnail`);
    expect((await fetch(String(picture.headers.get('location')))).headers.get('content-type')).toBe(
      'image/png',
    );
    const wrong = await joao.call('GET', `${field}?alt=small`);
    expect([wrong.status, wrong.body.errors[0].code]).toEqual([400, 103]);
    const value = await joao.call('GET', field);
    expect(value.body.data).toMatchObject({ name: 'a.mov', link_type: 'upload', type: 'Attachment' });
    const dotted = await joao.call('GET', `${path}/entity.Shot.image`);
    expect([dotted.status, dotted.text.length, dotted.headers.get('content-type')]).toEqual([
      406,
      1,
      'text/html; charset=utf-8',
    ]);
    const none = await joao.call('GET', `/entity/versions/99999999/sg_uploaded_movie?alt=original`);
    expect(none.status).toBe(404);
  });

  it('keeps the pictures of the movie before it until its own are made', async () => {
    const path = await newVersion();
    const field = `${path}/sg_uploaded_movie`;
    const names = [
      'sg_uploaded_movie',
      'sg_uploaded_movie_mp4',
      'sg_uploaded_movie_transcoding_status',
      'image',
    ];
    const values = () => read(path, ...names);
    await upload(field, 'first.mov', Buffer.from('first'));
    const first = await until(values, (seen) => seen.sg_uploaded_movie_transcoding_status === 1);
    expect(first.sg_uploaded_movie_mp4).toMatchObject({ content_type: 'video/mp4', type: 'Attachment' });
    const picture = new URL(first.image).pathname;
    // Nothing can be made of a text: the fields beside it go on about the movie.
    await upload(field, 'second.txt', Buffer.from('second'));
    const { body } = await joao.call('GET', field);
    const isSettled = async () =>
      (await read(`/entity/attachments/${body.data.id}`, 'processing_status')).processing_status;
    await until(isSettled, (status) => status === null);
    const second = await values();
    expect(second.sg_uploaded_movie.name).toBe('second.txt');
    expect(new URL(second.sg_uploaded_movie_mp4.url).pathname).toBe(
      new URL(first.sg_uploaded_movie_mp4.url).pathname,
    );
    expect([second.sg_uploaded_movie_transcoding_status, new URL(second.image).pathname]).toEqual([
      1,
      picture,
    ]);
    await upload(field, 'third.mov', Buffer.from('third'));
    const third = await until(
      values,
      (seen) => seen.sg_uploaded_movie_mp4.id !== first.sg_uploaded_movie_mp4.id,
    );
    expect(new URL(third.sg_uploaded_movie_mp4.url).pathname).toBe(`/${md5(Buffer.from('third'))}`);
    expect(JSON.stringify(await eventsOf(path, 'sg_uploaded_movie'))).not.toMatch(/https?:|studio-/u);
  });

  it('is attached to a Shot as an Attachment of its own, with tags, and the log has an event for each field', async () => {
    const shot = '/entity/shots/161';
    const { body: tags } = await script.call('GET', '/entity/tags?page[size]=1');
    const tag = { type: 'Tag', id: tags.data[0].id };
    const done = await upload(shot, 'notes.pdf', Buffer.from('pdf'), { display_name: 'Notes', tags: [tag] });
    expect([done.status, done.text, done.headers.get('content-type')]).toEqual([
      201,
      ' ',
      'application/json; charset=utf-8',
    ]);
    const linked = ['attachment_links', 'is', { type: 'Shot', id: 161 }];
    const { body } = await script.search('attachments', '*', linked);
    const [{ id, attributes, relationships }] = body.data;
    expect(attributes).toMatchObject({
      display_name: 'Notes',
      original_fname: 'notes.pdf',
      file_size: null,
      file_extension: null,
      this_file: { name: 'Notes', link_type: 'upload', type: 'Attachment', id },
    });
    expect(relationships.tags.data).toMatchObject([tag]);
    const { body: log } = await script.search('event_log_entries', 'attribute_name,meta', [
      'event_type',
      'starts_with',
      'Shotgun_Attachment',
    ]);
    const rows = log.data as { attributes: { attribute_name: string; meta: { entity_id: number } } }[];
    const told = rows
      .filter(({ attributes: { meta } }) => meta.entity_id === id)
      .map(({ attributes: { attribute_name: field } }) => field);
    expect(told).toEqual(
      expect.arrayContaining([null, 'this_file', 'display_name', 'attachment_links', 'tags']),
    );
  });

  it('accepts no invalid tag, except for a thumbnail, whose tags are not checked', async () => {
    const bad = { tags: [{ type: 'Tag', id: 99_999_999 }] };
    const refused = await upload('/entity/shots/161', 'a.txt', Buffer.from('x'), bad);
    expect([refused.status, refused.body.errors[0]]).toEqual([
      400,
      expect.objectContaining({
        code: 104,
        title: 'Update failed for [Attachment.tags]: Value is not legal.',
      }),
    ]);
    const path = await newVersion();
    expect((await upload(`${path}/image`, 'a.png', Buffer.from('x'), bad)).status).toBe(201);
  });

  it('is accepted in parts for a field or for a Note only', async () => {
    const parts = 'filename=a.mov&multipart_upload=true';
    const refused = await joao.call('GET', `/entity/shots/161/_upload?${parts}`);
    expect([refused.status, refused.body.errors[0].detail]).toEqual([
      404,
      "Field 'Shot.attachments' does not exist.",
    ]);
    const { body } = await joao.call('GET', '/entity/notes?filter[project.Project.id]=2&page[size]=1');
    const note = await joao.call('GET', `/entity/notes/${body.data[0].id}/_upload?${parts}`);
    expect(note.body.links.complete_upload).toMatch(/\/attachments\/_upload$/u);
    expect(note.body.links).toHaveProperty('get_next_part');
  });

  it('of the demo lies in the storage like any other', async () => {
    const { body } = await joao.search(
      'versions',
      'image',
      ['image', 'is_not', null],
      ['project', 'is', PROJECT],
    );
    const link: string = body.data[0].attributes.image;
    const got = await fetch(link);
    expect(new URL(link).origin).not.toBe(site.url);
    expect(got.headers.get('etag')).toBe(`"${md5(new Uint8Array(await got.arrayBuffer()))}"`);
    site.clock.ms += 900_000;
    expect((await fetch(link)).status).toBe(403);
  });
});
