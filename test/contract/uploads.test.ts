import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { UPLOAD_SETTINGS } from '../support/test-uploads.ts';

const { partBytes } = UPLOAD_SETTINGS;

const REQUEST = `mutation ($entity: EntityRefInput!, $field: String, $fileName: String!, $sizeBytes: SafeInt!) {
  requestUpload(entity: $entity, field: $field, fileName: $fileName, sizeBytes: $sizeBytes) {
    id partCount parts { number offset sizeBytes address expiresAt }
  }
}`;
const PARTS = `mutation ($upload: ID!, $from: Int!, $count: Int!) {
  requestUploadParts(upload: $upload, from: $from, count: $count) { number offset sizeBytes address }
}`;
const COMPLETE = `mutation ($upload: ID!, $etags: [String!]!, $displayName: String) {
  completeUpload(upload: $upload, etags: $etags, displayName: $displayName) {
    entity { id type ... on Version { code sgUploadedMovie { url name linkType id } } }
    attachment { id type ... on Attachment { displayName attachmentLinks { id type } } }
    file { id name linkType url contentType }
    verified
  }
}`;

interface Part {
  readonly number: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly address: string;
}

async function put({ address }: Part, bytes: Uint8Array): Promise<string> {
  const answer = await fetch(address, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-type': 'video/mp4' },
  });
  if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
  return answer.headers.get('etag') ?? '';
}

const sliceOf = (bytes: Uint8Array, { offset, sizeBytes }: Part): Uint8Array =>
  bytes.subarray(offset, offset + sizeBytes);

describe('a file on its way to ShotGrid', () => {
  let world: SiteWorld;
  let versionId: number;
  /** Into which no movie is uploaded. */
  let stillId: number;
  beforeAll(async () => {
    world = await startSiteWorld();
    const { data } = await world.ask(
      '{ versions(first: 2, filter: { user: { is: { type: "HumanUser", id: 31 } } }) { nodes { id } } }',
    );
    [versionId, stillId] = data.versions.nodes.map(({ id }: { id: number }) => id);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.control('DELETE', 'faults');
    await world.takeCalls();
  });

  const movie = (sizeBytes: number, more: object = {}) => ({
    entity: { type: 'Version', id: versionId },
    field: 'sgUploadedMovie',
    fileName: 'bridge_0040_v007.mp4',
    sizeBytes,
    ...more,
  });

  const request = async (variables: object, as = 'mira') => {
    const { data, errors } = await world.ask(REQUEST, { variables: { ...variables }, as });
    return { upload: data?.requestUpload, error: errors[0]?.extensions };
  };

  const complete = async (upload: string, etags: readonly string[], more: object = {}) => {
    const { as, ...variables } = { as: 'mira', ...more };
    const answer = await world.ask(COMPLETE, { variables: { upload, etags, ...variables }, as });
    return { done: answer.data?.completeUpload, error: answer.errors[0]?.extensions };
  };

  it('goes in one piece to an address of the storage and is linked as the person', async () => {
    const bytes = randomBytes(70_000);
    const { upload, error } = await request(movie(bytes.length));
    expect(error).toBeUndefined();
    expect(upload).toMatchObject({ partCount: 1, parts: [{ number: 1, offset: 0, sizeBytes: 70_000 }] });
    expect(Date.parse(upload.parts[0].expiresAt)).toBeGreaterThan(Date.now());
    const etag = await put(upload.parts[0], bytes);
    await world.takeCalls();
    const { done } = await complete(upload.id, [etag]);
    expect(done).toMatchObject({
      entity: { id: versionId, type: 'Version', sgUploadedMovie: { linkType: 'UPLOAD' } },
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
    const { upload } = await request(movie(bytes.length));
    expect(upload.partCount).toBe(6);
    expect(upload.parts.map(({ number }: Part) => number)).toEqual([1, 2, 3, 4]);
    const { data } = await world.ask(PARTS, { variables: { upload: upload.id, from: 5, count: 10 } });
    const parts = [...upload.parts, ...data.requestUploadParts] as Part[];
    expect(parts.map(({ number, offset }) => [number, offset])).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => [index + 1, index * partBytes]),
    );
    const etags = await Promise.all(parts.map((part) => put(part, sliceOf(bytes, part))));
    const { done } = await complete(upload.id, etags, { displayName: 'Seventh take' });
    expect(done).toMatchObject({ verified: true, file: { linkType: 'UPLOAD' } });
    const stored = Buffer.from(await (await fetch(done.file.url)).arrayBuffer());
    expect(createHash('md5').update(stored).digest('hex')).toBe(
      createHash('md5').update(bytes).digest('hex'),
    );
  });

  it('cannot be completed by somebody else, twice, or for another record', async () => {
    const bytes = randomBytes(3000);
    const { upload } = await request(movie(bytes.length));
    const etag = await put(upload.parts[0], bytes);
    expect((await complete(upload.id, [etag], { as: 'joao' })).error?.code).toBe('UPLOAD_OVER');
    expect((await complete(upload.id.replace(/.$/u, 'x'), [etag])).error?.code).toBe('UPLOAD_OVER');
    expect((await complete('../1', [etag])).error?.code).toBe('UPLOAD_OVER');
    await world.takeCalls();
    const both = await Promise.all([complete(upload.id, [etag]), complete(upload.id, [etag])]);
    expect(both.map(({ error }) => error?.code ?? 'done').sort()).toEqual(['UPLOAD_OVER', 'done']);
    const posts = (await world.takeCalls()).filter(({ path }) => path.endsWith('_upload'));
    expect(posts.map(({ path, method }) => [method, path])).toEqual([
      ['POST', `/api/v1/entity/Version/${versionId}/sg_uploaded_movie/_upload`],
    ]);
  });

  it('that was completed without bytes is found out, before or after', async () => {
    const { upload } = await request(movie(3000, { fileName: 'never_sent.mp4' }));
    const none = await complete(upload.id, []);
    expect(none.error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { path: 'etags', expected: 1 } });
    const invented = await complete(upload.id, ['"0123456789abcdef"']);
    expect(invented.error).toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { reason: 'noBytes', attachmentId: expect.any(Number) },
    });
  });

  it.each([
    ['otherSize', 2000, undefined],
    ['otherEtag', 3000, '"0123456789abcdef0123456789abcdef"'],
  ])('of which the storage has something else is found out: %s', async (reason, sizeBytes, givenEtag) => {
    const { upload } = await request(movie(3000));
    const etag = await put(upload.parts[0], randomBytes(sizeBytes));
    const { error } = await complete(upload.id, [givenEtag ?? etag]);
    expect(error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { reason } });
  });

  it('whose part is wrong is refused, and can be completed once the part is right', async () => {
    const bytes = randomBytes(partBytes + 100);
    const { upload } = await request(movie(bytes.length));
    const [first, last] = upload.parts as [Part, Part];
    const lastTag = await put(last, sliceOf(bytes, last));
    const shortTag = await put(first, bytes.subarray(0, 100));
    for (const etags of [
      [shortTag, lastTag],
      [lastTag, lastTag],
    ]) {
      const { error } = await complete(upload.id, etags);
      expect(error).toMatchObject({ code: 'UPLOAD_INCOMPLETE', details: { reason: 'parts' } });
    }
    const firstTag = await put(first, sliceOf(bytes, first));
    expect((await complete(upload.id, [firstTag, lastTag])).done).toMatchObject({ verified: true });
  });

  it('gets new addresses when the old ones have expired, and begins anew from part 1', async () => {
    const bytes = randomBytes(2 * partBytes + 5);
    const { upload } = await request(movie(bytes.length));
    await put(upload.parts[1], sliceOf(bytes, upload.parts[1]));
    const again = await world.ask(PARTS, { variables: { upload: upload.id, from: 2, count: 1 } });
    expect(again.data.requestUploadParts).toMatchObject([{ number: 2, offset: partBytes }]);
    const anew = await world.ask(PARTS, { variables: { upload: upload.id, from: 1, count: 50 } });
    const parts = anew.data.requestUploadParts as Part[];
    expect(parts.map(({ number }) => number)).toEqual([1, 2, 3]);
    const aborts = (await world.takeCalls()).filter(({ path }) => path.endsWith('/multipart_abort'));
    expect(aborts.map(({ status }) => status)).toEqual([204]);
    const etags = await Promise.all(parts.map((part) => put(part, sliceOf(bytes, part))));
    expect((await complete(upload.id, etags)).done).toMatchObject({ verified: true });
    for (const [from, count] of [
      [0, 1],
      [4, 1],
      [1, 51],
      [1, 0],
    ]) {
      const other = await request(movie(bytes.length));
      const { errors } = await world.ask(PARTS, { variables: { upload: other.upload.id, from, count } });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'from' } });
    }
  });

  it('is dropped with its parts when the person cancels', async () => {
    const { upload } = await request(movie(partBytes + 1));
    const cancel = 'mutation ($upload: ID!) { cancelUpload(upload: $upload) }';
    const { errors } = await world.ask(cancel, { variables: { upload: upload.id }, as: 'joao' });
    expect(errors[0]?.extensions.code).toBe('UPLOAD_OVER');
    await world.takeCalls();
    const { data } = await world.ask(cancel, { variables: { upload: upload.id } });
    expect(data.cancelUpload).toBe(true);
    expect((await world.takeCalls()).map(({ status }) => status)).toEqual([204]);
    expect((await complete(upload.id, ['"a"', '"b"'])).error?.code).toBe('UPLOAD_OVER');
  });

  it('becomes a thumbnail that is pending until ShotGrid has made it', async () => {
    const shown = async () => {
      const { data } = await world.ask('query ($id: Int!) { version(id: $id) { image { url state } } }', {
        variables: { id: stillId },
      });
      return data.version.image;
    };
    const picture = randomBytes(2000);
    const { upload } = await request(
      movie(2000, {
        entity: { type: 'Version', id: stillId },
        field: 'image',
        fileName: 'pending.png',
      }),
    );
    await complete(upload.id, [await put(upload.parts[0], picture)]);
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
    const image = await request(movie(2000, { field: 'image', fileName: 'frame.png' }));
    const imageTag = await put(image.upload.parts[0], picture);
    expect((await complete(image.upload.id, [imageTag])).done).toMatchObject({
      entity: { id: versionId },
      attachment: null,
      file: null,
      verified: false,
    });
    const attached = await request(movie(2000, { field: null, fileName: 'brief.pdf' }));
    const tag = await put(attached.upload.parts[0], picture);
    expect((await complete(attached.upload.id, [tag], { displayName: 'The brief' })).done).toMatchObject({
      attachment: { displayName: 'The brief', attachmentLinks: [{ id: versionId, type: 'Version' }] },
      file: { linkType: 'UPLOAD' },
      verified: true,
    });
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
    [{ entity: { type: 'Shotz', id: 1 } }, 'BAD_USER_INPUT', 'type'],
  ])('is refused before any call to ShotGrid: %j', async (change, code, path) => {
    const { error } = await request(movie(10, change));
    expect(error).toMatchObject({ code, details: { path } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('never begins for a record that is not there, or a field that the person may not change', async () => {
    const gone = await request(movie(10, { entity: { type: 'Version', id: 99_999_999 } }));
    expect(gone.error?.code).toBe('NOT_FOUND');
    const shot = { entity: { type: 'Shot', id: 1 }, field: 'image', fileName: 'frame.png' };
    const { error } = await request(movie(10, shot));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { field: 'image' } });
    expect((await world.takeCalls()).filter(({ path }) => path.includes('Shot/1'))).toEqual([]);
  });

  it('into the Version of somebody else is refused at the end, as ShotGrid tells it only then', async () => {
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { user: { isNot: { type: "HumanUser", id: 31 } } }) { nodes { id } } }',
    );
    const entity = { type: 'Version', id: data.versions.nodes[0].id };
    const { upload } = await request(movie(10, { entity }));
    const etag = await put(upload.parts[0], randomBytes(10));
    const { error } = await complete(upload.id, [etag]);
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: { field: 'sg_uploaded_movie' } });
  });

  it('is not completed again where ShotGrid may have done it already', async () => {
    const { upload } = await request(movie(10));
    const etag = await put(upload.parts[0], randomBytes(10));
    const match = { method: 'POST', path: '*/_upload' };
    await world.control('POST', 'faults', { match, drop: true, after: true, times: 1 });
    const lost = await complete(upload.id, [etag]);
    expect(lost.error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { outcome: 'unknown' } });
    expect((await complete(upload.id, [etag])).error?.code).toBe('UPLOAD_OVER');
  });

  it('never leaves an address or a ticket in the log', () => {
    expect(world.log.join('')).not.toMatch(/X-Amz|Signature|upload_id/u);
  });
});
