import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { UPLOAD_SETTINGS } from '../support/test-uploads.ts';
import { createUploader, type Part, put, sliceOf, type Uploader } from '../support/uploading.ts';

const { partBytes } = UPLOAD_SETTINGS;

describe('a file that does not get to ShotGrid', () => {
  let world: SiteWorld;
  let uploader: Uploader;
  beforeAll(async () => {
    world = await startSiteWorld();
    uploader = await createUploader(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.control('DELETE', 'faults');
    await world.takeCalls();
  });

  it('cannot be completed by another person, twice, or for another record', async () => {
    const bytes = randomBytes(3000);
    const { upload } = await uploader.request(uploader.movie(bytes.length));
    const etag = await put(upload.parts[0], bytes);
    expect((await uploader.complete(upload.id, [etag], { as: 'joao' })).error?.code).toBe('UPLOAD_OVER');
    expect((await uploader.complete(upload.id.replace(/.$/u, 'x'), [etag])).error?.code).toBe('UPLOAD_OVER');
    expect((await uploader.complete('../1', [etag])).error?.code).toBe('UPLOAD_OVER');
    await world.takeCalls();
    const both = await Promise.all([
      uploader.complete(upload.id, [etag]),
      uploader.complete(upload.id, [etag]),
    ]);
    expect(both.map(({ error }) => error?.code ?? 'done').sort()).toEqual(['UPLOAD_OVER', 'done']);
    const posts = (await world.takeCalls()).filter(({ path }) => path.endsWith('_upload'));
    expect(posts.map(({ path, method }) => [method, path])).toEqual([
      ['POST', `/api/v1/entity/Version/${uploader.versionId}/sg_uploaded_movie/_upload`],
    ]);
  });

  it('that was completed without bytes is found out, before or after', async () => {
    const { upload } = await uploader.request(uploader.movie(3000, { fileName: 'never_sent.mp4' }));
    const none = await uploader.complete(upload.id, []);
    expect(none.error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { path: 'etags', expected: 1 } });
    const invented = await uploader.complete(upload.id, ['"0123456789abcdef"']);
    expect(invented.error).toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { reason: 'noBytes', attachmentId: expect.any(Number) },
    });
  });

  it.each([
    ['otherSize', 2000, undefined],
    ['otherEtag', 3000, '"0123456789abcdef0123456789abcdef"'],
  ])('of which the storage has something else is found out: %s', async (reason, sizeBytes, givenEtag) => {
    const { upload } = await uploader.request(uploader.movie(3000));
    const etag = await put(upload.parts[0], randomBytes(sizeBytes));
    const { error } = await uploader.complete(upload.id, [givenEtag ?? etag]);
    expect(error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { reason } });
  });

  it('whose part is wrong is refused, and can be completed once the part is right', async () => {
    const bytes = randomBytes(partBytes + 100);
    const { upload } = await uploader.request(uploader.movie(bytes.length));
    const [first, last] = upload.parts as [Part, Part];
    const lastTag = await put(last, sliceOf(bytes, last));
    const shortTag = await put(first, bytes.subarray(0, 100));
    for (const etags of [
      [shortTag, lastTag],
      [lastTag, lastTag],
    ]) {
      const { error } = await uploader.complete(upload.id, etags);
      expect(error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { reason: 'parts' } });
    }
    const firstTag = await put(first, sliceOf(bytes, first));
    expect((await uploader.complete(upload.id, [firstTag, lastTag])).done).toMatchObject({ verified: true });
  });

  it.each([
    [{ fileName: '../../etc/passwd' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: 'a\\b.mov' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: '' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: '  ' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: '..' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: 'a\u0000b.mov' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: 'a\nb.mov' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: 'exe\u202egpj.mov' }, 'BAD_USER_INPUT', 'fileName'],
    [{ fileName: 'é'.repeat(128) }, 'BAD_USER_INPUT', 'fileName'],
    [{ sizeBytes: 0 }, 'BAD_USER_INPUT', 'sizeBytes'],
    [{ sizeBytes: -1 }, 'BAD_USER_INPUT', 'sizeBytes'],
    [{ sizeBytes: UPLOAD_SETTINGS.maxBytes + 1 }, 'TOO_LARGE', 'sizeBytes'],
    [{ field: 'code' }, 'BAD_USER_INPUT', 'field'],
    [{ field: 'nothingLikeIt' }, 'BAD_USER_INPUT', 'field'],
    [{ entity: { type: 'Shotz', id: 1 } }, 'BAD_USER_INPUT', 'entity.type'],
  ])('is refused before any call to ShotGrid: %j', async (change, code, path) => {
    const { error } = await uploader.request(uploader.movie(10, change));
    expect(error).toMatchObject({ code, details: { path } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('is refused before it is sent where files are attached to no such records', async () => {
    const { error } = await uploader.request({
      ...{ entity: { type: 'Playlist', id: 1 }, fileName: 'notes.txt', sizeBytes: 10 },
    });
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'entity' } });
    expect(error.details.legal).toContain('Version');
    // One look at the live schema, where an administrator may have allowed it.
    expect((await world.takeCalls()).map(({ path }) => path)).toEqual([
      '/api/v1/schema/Attachment/fields/attachment_links',
    ]);
  });

  it('never begins for a record that is not there, or a field that the person may not change', async () => {
    const gone = await uploader.request(uploader.movie(10, { entity: { type: 'Version', id: 99_999_999 } }));
    expect(gone.error?.code).toBe('NOT_FOUND');
    const shot = { entity: { type: 'Shot', id: 1 }, field: 'image', fileName: 'frame.png' };
    const { error } = await uploader.request(uploader.movie(10, shot));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { field: 'image' } });
    expect((await world.takeCalls()).filter(({ path }) => path.includes('Shot/1'))).toEqual([]);
  });

  it('into another person’s Version is refused at the end, because ShotGrid reports it only then', async () => {
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { user: { isNot: { type: "HumanUser", id: 31 } } }) { nodes { id } } }',
    );
    const entity = { type: 'Version', id: data.versions.nodes[0].id };
    const { upload } = await uploader.request(uploader.movie(10, { entity }));
    const etag = await put(upload.parts[0], randomBytes(10));
    const { error } = await uploader.complete(upload.id, [etag]);
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { field: 'sg_uploaded_movie' } });
  });

  it('is not completed again where ShotGrid may have done it already', async () => {
    const { upload } = await uploader.request(uploader.movie(10));
    const etag = await put(upload.parts[0], randomBytes(10));
    const match = { method: 'POST', path: '*/_upload' };
    await world.control('POST', 'faults', { match, drop: true, after: true, times: 1 });
    const lost = await uploader.complete(upload.id, [etag]);
    expect(lost.error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { outcome: 'unknown' } });
    expect((await uploader.complete(upload.id, [etag])).error?.code).toBe('UPLOAD_OVER');
  });
});
