import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import express from 'express';
import { createEventLog } from '../../../studio/site/events/event-log.ts';
import { createFiles } from '../../../studio/site/files/files.ts';
import { createPermissions } from '../../../studio/site/permissions/permissions.ts';
import type { Caller } from '../../../studio/site/ports.ts';
import { studioSchema, studioStorage } from './studio-rows.ts';
import { answerRefusal, atEnd, serveApp } from './serve-app.ts';

const mira: Caller = {
  actor: { type: 'HumanUser', id: 31 },
  script: null,
  sudoLogin: null,
  sessionUuid: null,
  role: 'artist',
};
const TYPES: Record<string, string> = { versions: 'Version', notes: 'Note', shots: 'Shot' };
const DATA_TYPES: Record<string, string> = {
  'Version.image': 'image',
  'Version.sg_uploaded_movie': 'url',
  'Version.playlists': 'multi_entity',
  'Note.attachments': 'multi_entity',
};

interface UploadStep {
  data: Record<string, unknown>;
  links: { upload: string; complete_upload: string; get_next_part: string };
}

async function site(switches: Record<string, string> = {}) {
  const storage = studioStorage();
  const schema = studioSchema();
  const clock = { ms: Date.UTC(2026, 8, 4, 12) };
  const now = () => clock.ms;
  const address = { site: '' };
  const files = createFiles({
    siteUrl: () => address.site,
    storage,
    now,
    permissions: createPermissions({ storage, schema }),
    events: createEventLog({ storage, schema, now, eventLagMs: 0 }),
    callerOf: () => mira,
    typeOfPath: (segment) => TYPES[segment],
    dataTypeOf: (type, field) => DATA_TYPES[`${type}.${field}`],
    switches: { 'files.transcodeMs': 5, ...switches },
  });
  await files.start('127.0.0.1');
  const app = express();
  app.use('/api/v1', files.routes);
  app.use(answerRefusal);
  const base = await serveApp(app);
  address.site = base;
  atEnd(() => files.close());
  const get = async (path: string) => (await fetch(base + path)).json() as Promise<UploadStep>;
  const post = (path: string, body: object) =>
    fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const value = (type: string, id: number, field: string) => storage.get(type, id)!.values[field];
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return { storage, clock, files, base, get, post, value, until };
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

describe('An artist who uploads a picture', () => {
  it('takes three calls, sees a placeholder first and the picture later', async () => {
    const slow = { 'files.transcodeMs': '300' };
    const { files, base, get, post, value, until, storage } = await site(slow);
    const path = '/api/v1/entity/versions/9001/image/_upload';
    const begun = await get(`${path}?filename=frame.png`);
    expect(begun).toEqual({
      data: {
        timestamp: '2026-09-04T12:00:00Z',
        upload_type: 'Thumbnail',
        upload_id: null,
        storage_service: 's3',
        original_filename: 'frame.png',
        multipart_upload: false,
      },
      links: { upload: expect.any(String), complete_upload: path },
    });
    expect(new URL(begun.links.upload).origin).not.toBe(base);
    const bytes = Buffer.from('the bytes of a picture');
    const stored = await fetch(begun.links.upload, {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: bytes,
    });
    expect([stored.status, await stored.text(), stored.headers.get('etag')]).toEqual([
      200,
      '',
      `"${md5(bytes)}"`,
    ]);
    const done = await post(path, { upload_info: begun.data, upload_data: {} });
    expect([done.status, await done.text()]).toEqual([201, ' ']);
    expect(files.read(mira, value('Version', 9001, 'image'))).toBe(
      `${base}/images/status/transient/thumbnail_pending.png`,
    );
    await until(() => !JSON.stringify(value('Version', 9001, 'image')).includes('pending'));
    const link = String(files.read(mira, value('Version', 9001, 'image')));
    expect(new URL(link).searchParams.get('x-amz-meta-user-id')).toBe('31');
    const read = await fetch(link);
    expect([read.headers.get('content-type'), Buffer.from(await read.arrayBuffer())]).toEqual([
      'image/png',
      bytes,
    ]);
    const events = [...storage.all('EventLogEntry')].map(({ values }) => values.attribute_name);
    expect(events).toEqual(['image', 'image']);
  });

  it('gets links that allow one operation on one file for a quarter of an hour', async () => {
    const { clock, files, get, post, value, until } = await site();
    const path = '/api/v1/entity/versions/9001/image/_upload';
    const { data, links } = await get(`${path}?filename=frame.png`);
    await fetch(links.upload, { method: 'PUT', body: 'x' });
    await post(path, { upload_info: data, upload_data: {} });
    await until(() => !JSON.stringify(value('Version', 9001, 'image')).includes('pending'));
    const link = String(files.read(mira, value('Version', 9001, 'image')));
    const status = async (url: string, method = 'GET') => (await fetch(url, { method })).status;
    expect(await status(link, 'HEAD')).toBe(403);
    expect(await status(link, 'PUT')).toBe(403);
    expect(await status(links.upload)).toBe(403);
    expect(await status(link.replace('user-id=31', 'user-id=32'))).toBe(403);
    clock.ms += 899_000;
    expect(await status(link)).toBe(200);
    clock.ms += 1000;
    const expired = await fetch(link);
    expect([expired.status, await expired.text()]).toEqual([
      403,
      expect.stringContaining('Request has expired'),
    ]);
    expect(await status(String(files.read(mira, value('Version', 9001, 'image'))))).toBe(200);
  });

  it('gets no error at any step if the bytes never arrived', async () => {
    const { files, get, post, value } = await site();
    const path = '/api/v1/entity/versions/9001/sg_uploaded_movie/_upload';
    const { data } = await get(`${path}?filename=a.mov`);
    expect(data.upload_type).toBe('Attachment');
    expect((await post(path, { upload_info: data, upload_data: {} })).status).toBe(201);
    const movie = files.read(mira, value('Version', 9001, 'sg_uploaded_movie')) as { url: string };
    expect(movie).toMatchObject({
      name: 'a.mov',
      link_type: 'upload',
      type: 'Attachment',
      id: expect.any(Number),
    });
    expect((await fetch(movie.url)).status).toBe(404);
  });

  it('hangs a file on a Note without naming a field', async () => {
    const { get, post, value, storage } = await site();
    const { data, links } = await get('/api/v1/entity/notes/8001/_upload?filename=sketch.png');
    expect(links.complete_upload).toBe('/api/v1/entity/notes/8001/attachments/_upload');
    await post(links.complete_upload, { upload_info: data, upload_data: { display_name: 'A sketch' } });
    const [attachment] = [...storage.all('Attachment')];
    expect(attachment!.values).toMatchObject({
      display_name: 'A sketch',
      attachment_links: [{ type: 'Note', id: 8001 }],
    });
    expect(value('Note', 8001, 'attachments')).toEqual([{ type: 'Attachment', id: attachment!.id }]);
  });

  it.each([
    ['/api/v1/entity/versions/9001/image/_upload', 400, { filename: ['filename is missing'] }, null],
    [
      '/api/v1/entity/shots/1001/attachments/_upload?filename=a',
      404,
      null,
      "Field 'Shot.attachments' does not exist.",
    ],
    [
      '/api/v1/entity/versions/9001/playlists/_upload?filename=a',
      404,
      null,
      "Field 'Version.playlists' does not exist.",
    ],
    ['/api/v1/entity/versions/9003/image/_upload?filename=a', 404, null, 'Version: 9003 not found'],
    ['/api/v1/entity/shotz/1/image/_upload?filename=a', 404, null, "Entity type 'shotz' does not exist."],
  ])('is refused for %s', async (path, status, source, detail) => {
    const { get } = await site();
    expect(await get(path)).toMatchObject({ status, source, detail });
  });

  it('may not put a picture on the Version of another', async () => {
    const { get, post } = await site();
    const path = '/api/v1/entity/versions/9002/image/_upload';
    const { data } = await get(`${path}?filename=a.png`);
    const refused = await post(path, { upload_info: data, upload_data: {} });
    expect(await refused.json()).toMatchObject({ status: 400, code: 104 });
  });
});

describe('A large file in parts', () => {
  const path = '/api/v1/entity/versions/9001/sg_uploaded_movie/_upload';
  const part = Buffer.alloc(5_242_880, 7);

  async function uploaded(parts: readonly Buffer[]) {
    const world = await site();
    const { data, links } = await world.get(`${path}?filename=big.mov&multipart_upload=true`);
    const etags: string[] = [];
    let next: { upload: string; get_next_part: string } = links;
    for (const bytes of parts) {
      const stored = await fetch(next.upload, { method: 'PUT', body: bytes });
      etags.push(stored.headers.get('etag')!);
      next = (await world.get(next.get_next_part)).links;
    }
    expect(data).toMatchObject({ multipart_upload: true, upload_id: expect.stringMatching(/^.{152}$/) });
    const complete = (info: object) =>
      world.post(path, { upload_info: { ...data, ...info }, upload_data: {} });
    return { ...world, data, etags, complete };
  }

  it('is assembled in the order of its ETags', async () => {
    const { files, value, complete, etags } = await uploaded([part, Buffer.from('the end')]);
    expect((await complete({ etags })).status).toBe(201);
    const { url } = files.read(mira, value('Version', 9001, 'sg_uploaded_movie')) as { url: string };
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(bytes.equals(Buffer.concat([part, Buffer.from('the end')]))).toBe(true);
  });

  it('is refused without etags, with wrong ones, or with a small part that is not the last', async () => {
    const { complete, etags } = await uploaded([Buffer.from('small'), Buffer.from('the end')]);
    const titles = [];
    for (const info of [{}, { etags }, { etags: [etags[0], '"x"'] }]) {
      titles.push(((await (await complete(info)).json()) as { title: string }).title);
    }
    expect(titles).toEqual([
      "'multipart_upload' is True but no 'etags' send with request.",
      'Error completing multipart upload.',
      'Error completing multipart upload.',
    ]);
  });

  it('can be cancelled once, with the flat info object', async () => {
    const { post, data, complete, etags } = await uploaded([part]);
    const abort = async (body: object) => (await post(`${path}/multipart_abort`, body)).status;
    expect(await abort({ upload_info: data })).toBe(400);
    expect(await abort(data)).toBe(204);
    expect(await abort(data)).toBe(400);
    expect((await complete({ etags })).status).toBe(400);
  });
});

describe('A site without cloud storage', () => {
  const path = '/api/v1/entity/versions/9001/sg_uploaded_movie/_upload';

  it('receives the bytes itself and returns two values that replace those of the first step', async () => {
    const { files, get, post, value } = await site({ 'files.storageService': 'sg' });
    const { data, links } = await get(`${path}?filename=a.mov`);
    expect([data.storage_service, data.upload_id]).toEqual(['sg', null]);
    const bytes = Buffer.from('the bytes of a movie');
    const put = await fetch(links.upload, { method: 'PUT', body: bytes });
    const taken = (await put.json()) as UploadStep;
    expect(taken.data).toEqual({ upload_id: expect.any(String), original_filename: 'a.mov' });
    const done = await post(path, { upload_info: { ...data, ...taken.data }, upload_data: {} });
    expect(done.status).toBe(201);
    const movie = files.read(mira, value('Version', 9001, 'sg_uploaded_movie')) as { url: string };
    expect(Buffer.from(await (await fetch(movie.url)).arrayBuffer())).toEqual(bytes);
  });

  it('accepts no file in parts', async () => {
    const { get } = await site({ 'files.storageService': 'sg' });
    expect(await get(`${path}?filename=a.mov&multipart_upload=true`)).toMatchObject({
      title: 'Multi-part is not supported for this upload.',
    });
  });
});
