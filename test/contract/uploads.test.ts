import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { UPLOAD_SETTINGS } from '../support/test-uploads.ts';
import { createUploader, type Part, PARTS, put, sliceOf, type Uploader } from '../support/uploading.ts';

const { partBytes } = UPLOAD_SETTINGS;

describe('a file on its way to ShotGrid', () => {
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

  it('goes in one piece to an address of the storage and is linked as the person', async () => {
    const bytes = randomBytes(70_000);
    const { upload, error } = await uploader.request(uploader.movie(bytes.length));
    expect(error).toBeUndefined();
    expect(upload).toMatchObject({ partCount: 1, parts: [{ number: 1, offset: 0, sizeBytes: 70_000 }] });
    expect(Date.parse(upload.parts[0].expiresAt)).toBeGreaterThan(Date.now());
    const etag = await put(upload.parts[0], bytes);
    await world.takeCalls();
    const { done } = await uploader.complete(upload.id, [etag]);
    expect(done).toMatchObject({
      entity: { id: uploader.versionId, type: 'Version', sgUploadedMovie: { linkType: 'UPLOAD' } },
      attachment: { type: 'Attachment', displayName: 'bridge_0040_v007.mp4' },
      file: { name: 'bridge_0040_v007.mp4', linkType: 'UPLOAD', contentType: 'video/mp4' },
      verified: true,
    });
    const calls = await world.takeCalls();
    expect(new Set(calls.map(({ actingAs }) => actingAs))).toEqual(new Set(['mira']));
    const stored = Buffer.from(await (await fetch(done.file.url)).arrayBuffer());
    expect(stored.equals(bytes)).toBe(true);
  });

  it('goes in parts when it is large, each from its own address', async () => {
    const bytes = randomBytes(5 * partBytes + 1234);
    const { upload } = await uploader.request(uploader.movie(bytes.length));
    expect(upload.partCount).toBe(6);
    expect(upload.parts.map(({ number }: Part) => number)).toEqual([1, 2, 3, 4]);
    const { data } = await world.ask(PARTS, { variables: { upload: upload.id, from: 5, count: 10 } });
    const parts = [...upload.parts, ...data.requestUploadParts] as Part[];
    expect(parts.map(({ number, offset }) => [number, offset])).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => [index + 1, index * partBytes]),
    );
    const etags = await Promise.all(parts.map((part) => put(part, sliceOf(bytes, part))));
    const { done } = await uploader.complete(upload.id, etags, { displayName: 'Seventh take' });
    expect(done).toMatchObject({ verified: true, file: { linkType: 'UPLOAD' } });
    const stored = Buffer.from(await (await fetch(done.file.url)).arrayBuffer());
    expect(createHash('md5').update(stored).digest('hex')).toBe(
      createHash('md5').update(bytes).digest('hex'),
    );
  });

  it('gets new addresses after the old ones expire, and restarts from part 1', async () => {
    const bytes = randomBytes(2 * partBytes + 5);
    const { upload } = await uploader.request(uploader.movie(bytes.length));
    await put(upload.parts[1], sliceOf(bytes, upload.parts[1]));
    const again = await world.ask(PARTS, { variables: { upload: upload.id, from: 2, count: 1 } });
    expect(again.data.requestUploadParts).toMatchObject([{ number: 2, offset: partBytes }]);
    const anew = await world.ask(PARTS, { variables: { upload: upload.id, from: 1, count: 50 } });
    const parts = anew.data.requestUploadParts as Part[];
    expect(parts.map(({ number }) => number)).toEqual([1, 2, 3]);
    const aborts = (await world.takeCalls()).filter(({ path }) => path.endsWith('/multipart_abort'));
    expect(aborts.map(({ status }) => status)).toEqual([204]);
    const etags = await Promise.all(parts.map((part) => put(part, sliceOf(bytes, part))));
    expect((await uploader.complete(upload.id, etags)).done).toMatchObject({ verified: true });
    for (const [from, count] of [
      [0, 1],
      [4, 1],
      [1, 51],
      [1, 0],
    ]) {
      const other = await uploader.request(uploader.movie(bytes.length));
      const { errors } = await world.ask(PARTS, { variables: { upload: other.upload.id, from, count } });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'from' } });
    }
  });

  it('goes on with a new address when the old one has expired', async () => {
    let nowMs = Date.now();
    const slow = await startSiteWorld({}, { now: () => nowMs });
    try {
      const slowUploader = await createUploader(slow);
      const bytes = randomBytes(partBytes + 5);
      const { upload } = await slowUploader.request(slowUploader.movie(bytes.length));
      const [first, last] = upload.parts as [Part, Part];
      const firstTag = await put(first, sliceOf(bytes, first));
      nowMs += 16 * 60_000;
      await expect(put(last, sliceOf(bytes, last))).rejects.toThrow('403');
      const { data } = await slow.ask(PARTS, { variables: { upload: upload.id, from: 2, count: 1 } });
      const lastTag = await put(data.requestUploadParts[0], sliceOf(bytes, last));
      const { done } = await slowUploader.complete(upload.id, [firstTag, lastTag]);
      expect(done).toMatchObject({ verified: true });
    } finally {
      await slow.close();
    }
  });

  it('is dropped with its parts when the person cancels', async () => {
    const { upload } = await uploader.request(uploader.movie(partBytes + 1));
    const cancel = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
    const { errors } = await world.ask(cancel, { variables: { upload: upload.id }, as: 'joao' });
    expect(errors[0]?.extensions.code).toBe('UPLOAD_OVER');
    await world.takeCalls();
    const { data } = await world.ask(cancel, { variables: { upload: upload.id } });
    expect(data.cancelUpload).toBe(true);
    expect((await world.takeCalls()).map(({ status }) => status)).toEqual([204]);
    expect((await uploader.complete(upload.id, ['"a"', '"b"'])).error?.code).toBe('UPLOAD_OVER');
  });

  /** The site refuses to drop the same upload twice. */
  const aborts = async (): Promise<readonly number[]> =>
    (await world.takeCalls())
      .filter(({ path }) => path.endsWith('/multipart_abort'))
      .map(({ status }) => status);

  it('leaves nothing in the storage if it starts again twice at once', async () => {
    const { upload } = await uploader.request(uploader.movie(partBytes + 5));
    await world.takeCalls();
    const anew = { variables: { upload: upload.id, from: 1, count: 2 } };
    await Promise.all([world.ask(PARTS, anew), world.ask(PARTS, anew)]);
    expect(await aborts()).toEqual([204, 204]);
  });

  it('leaves nothing in the storage if it is cancelled while it starts again', async () => {
    const { upload } = await uploader.request(uploader.movie(partBytes + 5));
    await world.takeCalls();
    const match = { method: 'GET', path: '*/_upload' };
    await world.control('POST', 'faults', { match, delayMs: 300, times: 1 });
    const cancel = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
    await Promise.all([
      world.ask(PARTS, { variables: { upload: upload.id, from: 1, count: 2 } }),
      world.ask(cancel, { variables: { upload: upload.id } }),
    ]);
    expect(await aborts()).toEqual([204, 204]);
  });

  it('becomes a thumbnail that is pending until ShotGrid has made it', async () => {
    const shown = async () => {
      const { data } = await world.ask('query ($id: Int!) { version(id: $id) { image { url state } } }', {
        variables: { id: uploader.stillId },
      });
      return data.version.image;
    };
    const picture = randomBytes(2000);
    const { upload } = await uploader.request(
      uploader.movie(2000, {
        entity: { type: 'Version', id: uploader.stillId },
        field: 'image',
        fileName: 'pending.png',
      }),
    );
    await uploader.complete(upload.id, [await put(upload.parts[0], picture)]);
    expect(await shown()).toEqual({ url: null, state: 'PENDING' });
    let image = await shown();
    while (image.state === 'PENDING') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      image = await shown();
    }
    const bytes = Buffer.from(await (await fetch(image.url)).arrayBuffer());
    expect(bytes.equals(picture)).toBe(true);
  });

  it('becomes a thumbnail, or an attachment of the record', async () => {
    const picture = randomBytes(2000);
    const image = await uploader.request(uploader.movie(2000, { field: 'image', fileName: 'frame.png' }));
    const imageTag = await put(image.upload.parts[0], picture);
    expect((await uploader.complete(image.upload.id, [imageTag])).done).toMatchObject({
      entity: { id: uploader.versionId },
      attachment: null,
      file: null,
      verified: false,
    });
    const attached = await uploader.request(uploader.movie(2000, { field: null, fileName: 'brief.pdf' }));
    const tag = await put(attached.upload.parts[0], picture);
    expect(
      (await uploader.complete(attached.upload.id, [tag], { displayName: 'The brief' })).done,
    ).toMatchObject({
      attachment: {
        displayName: 'The brief',
        attachmentLinks: [{ id: uploader.versionId, type: 'Version' }],
      },
      file: { linkType: 'UPLOAD' },
      verified: true,
    });
  });

  it('never leaves an address or a ticket in the log', () => {
    expect(world.log.join('')).not.toMatch(/X-Amz|Signature|upload_id/u);
  });
});
