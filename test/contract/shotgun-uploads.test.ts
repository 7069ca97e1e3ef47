import { afterEach, describe, expect, it } from 'vitest';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { abortUpload, beginUpload, completeUpload, readNextPart } from '../../src/shotgun/calls/upload.ts';
import { type BentSite, json, refusal, startBentSite } from '../support/bent-site.ts';
import { createTestShotgun, login } from '../support/test-shotgun.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function mira(): Promise<{ site: BentSite; client: ActingClient }> {
  const site = await startBentSite();
  const { shotgun, close } = createTestShotgun(site.url);
  closing.push(close, () => site.close());
  return { site, client: shotgun.as(login('mira')) };
}

const TARGET = { type: 'Version', id: 42, field: 'sg_uploaded_movie' };
const PLACE = '/api/v1/entity/versions/42/sg_uploaded_movie/_upload';
const DATA = {
  timestamp: '2026-09-04T03:53:31Z',
  upload_type: 'Attachment',
  upload_id: null,
  storage_service: 's3',
  original_filename: 'a b&c.mov',
  multipart_upload: false,
  something_new: [1],
};
const LINKS = { upload: 'https://bucket.example/key?X-Amz-Signature=1', complete_upload: PLACE };
const IN_PARTS = {
  data: { ...DATA, upload_id: 'u'.repeat(152), multipart_upload: true },
  links: { ...LINKS, get_next_part: `${PLACE}/multipart?part_number=2` },
};
const FILE = { name: 'a b&c.mov', isMultipart: false };

describe('an upload as a person', () => {
  it('follows the links of the site and returns all of their data', async () => {
    const { site, client } = await mira();
    site.next(json(200, { data: DATA, links: LINKS }), json(201, undefined));
    const begun = await client.call(beginUpload(TARGET, FILE));
    expect(begun).toEqual({
      info: DATA,
      address: LINKS.upload,
      completePath: PLACE.slice('/api/v1'.length),
      nextPartPath: null,
    });
    await client.call(completeUpload({ ...begun, target: TARGET, etags: null, displayName: null }));
    const [first, last] = site.calls;
    expect(first?.path).toBe('/api/v1/entity/Version/42/sg_uploaded_movie/_upload?filename=a+b%26c.mov');
    expect([last?.method, last?.path, last?.headers['content-type']]).toEqual([
      'POST',
      PLACE,
      'application/json',
    ]);
    expect(JSON.parse(last?.body ?? '')).toEqual({ upload_info: DATA, upload_data: {} });
    expect(site.calls.map(({ actingAs }) => actingAs)).toEqual(['mira', 'mira']);
  });

  it('in parts sends the ETags, and forgets the parts with the information flat', async () => {
    const { site, client } = await mira();
    const next = {
      upload: 'https://bucket.example/key?partNumber=2',
      get_next_part: `${PLACE}/multipart?n=3`,
    };
    site.next(json(200, IN_PARTS), json(200, { links: next }), json(201, undefined), json(204, undefined));
    const begun = await client.call(beginUpload(TARGET, { ...FILE, isMultipart: true }));
    expect(await client.call(readNextPart(begun.nextPartPath ?? ''))).toEqual({
      address: next.upload,
      nextPartPath: next.get_next_part.slice('/api/v1'.length),
    });
    await client.call(
      completeUpload({ ...begun, target: TARGET, etags: ['"a"', '"b"'], displayName: 'Take 7' }),
    );
    await client.call(abortUpload(begun));
    const bodies = site.calls.slice(2).map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([
      { upload_info: { ...IN_PARTS.data, etags: ['"a"', '"b"'] }, upload_data: { display_name: 'Take 7' } },
      IN_PARTS.data,
    ]);
    expect(site.calls.at(-1)?.path).toBe(`${PLACE}/multipart_abort`);
  });

  it.each([
    ['an invalid address', { data: DATA, links: { ...LINKS, upload: 'javascript:alert(1)' } }],
    [
      'a link to another host',
      { data: DATA, links: { ...LINKS, complete_upload: `https://evil.example${PLACE}` } },
    ],
    [
      'a link to another host without its scheme',
      { data: DATA, links: { ...LINKS, complete_upload: '//evil/x' } },
    ],
    ['a link to something else', { data: DATA, links: { ...LINKS, complete_upload: '/api/v1/schema' } }],
    ['parts that were not asked for', IN_PARTS],
    ['no links', { data: DATA }],
  ])('does not believe %s', async (_, answer) => {
    const { site, client } = await mira();
    site.next(json(200, answer));
    await expect(client.call(beginUpload(TARGET, FILE))).rejects.toMatchObject({ code: 'UPSTREAM_BROKEN' });
  });

  it('does not reveal the address of a site that stores its files itself', async () => {
    const { site, client } = await mira();
    const links = { ...LINKS, upload: '/api/v1/upload' };
    site.next(json(200, { data: { ...DATA, storage_service: 'sg' }, links }));
    await expect(client.call(beginUpload(TARGET, FILE))).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { reason: 'storageService' },
    });
  });

  it('never lets a name become part of the path (F28)', async () => {
    const { site, client } = await mira();
    for (const field of ['../../Shot/1/code', 'a/b', 'a?b', '']) {
      await expect(client.call(beginUpload({ ...TARGET, field }, FILE))).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
    expect(site.calls).toEqual([]);
  });

  it('reports a refusal of the site, and links nothing twice', async () => {
    const { site, client } = await mira();
    const completion = {
      target: TARGET,
      info: DATA,
      completePath: '/entity/versions/42/_upload',
      etags: null,
      displayName: null,
    };
    site.next(
      refusal(400, 104, 'Error completing multipart upload.'),
      refusal(400, 104, 'The field is not editable for this user: [Version.sg_uploaded_movie].'),
      refusal(503, 0, 'Service unavailable'),
    );
    await expect(client.call(completeUpload(completion))).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
    });
    await expect(client.call(completeUpload(completion))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(client.call(completeUpload(completion))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      details: { outcome: 'unknown' },
    });
    expect(site.calls).toHaveLength(3);
  });
});
