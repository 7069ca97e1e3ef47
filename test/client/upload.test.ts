import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PartError, type sendPart } from '../../clients/typescript/src/send-part.ts';
import { createUpload, type KeptUpload } from '../../clients/typescript/src/upload.ts';
import { uploadSteps } from '../../clients/typescript/src/upload-steps.ts';
import type { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';
import { pageOf } from './client-page.ts';
import { signedIn } from '../support/signed-in.ts';

const MIB = 1024 * 1024;
/** Three parts, the last one short. */
const SIZE = 11 * MIB;
const PARTS = 3;
/** More parts than the server gives addresses for at first. */
const LONG = 22 * MIB;

const fileOf = (byte: number, size = SIZE): File =>
  new File([new Uint8Array(size).fill(byte)], 'take.mov', { type: 'video/quicktime', lastModified: byte });

describe('an upload by the client', () => {
  let studio: Studio;
  let mira: BrowserClient;
  beforeAll(async () => {
    studio = await startStudio({ SHOTGRAPH_UPLOAD_PART_MIB: '5' });
    mira = await signedIn(studio, 'mira');
  });
  afterAll(() => studio.stop());

  let page: ReturnType<typeof pageOf>;
  /** Sizes of the parts that have arrived in the storage, in the order of their arrival. */
  let arrived: number[];
  beforeEach(() => {
    page = pageOf(studio, mira);
    arrived = [];
  });
  const asked = () => page.sent.map(({ body }) => body['operationName']);
  const steps = () => {
    const [id = 0] = studio.mirasVersionIds;
    return uploadSteps(page.client, { entity: { type: 'Version', id }, field: 'sgUploadedMovie' });
  };
  /** PUTs as a browser does; Node has no XMLHttpRequest. */
  const put: typeof sendPart = async (address, bytes, { signal, onProgress }) => {
    onProgress(bytes.size / 2);
    const answer = await fetch(address, { method: 'PUT', body: bytes, signal });
    if (!answer.ok) throw new PartError(answer.status);
    arrived.push(bytes.size);
    return answer.headers.get('etag') ?? '';
  };
  /** The line breaks for good after so many parts. */
  const putUntil = (count: number): typeof sendPart => {
    let tried = 0;
    return async (...part) => {
      tried += 1;
      if (tried <= count) return put(...part);
      // Without the first part everything would be sent again.
      await expect.poll(() => arrived.length).toBeGreaterThanOrEqual(count);
      throw new Error('offline');
    };
  };
  const movie = async () => {
    const [id = 0] = studio.mirasVersionIds;
    const query = 'query ($id: Int!) { version(id: $id) { sgUploadedMovie { name url } } }';
    const { data } = await studio.ask(mira, query, { variables: { id } });
    const { name, url } = (data?.['version'] as { sgUploadedMovie: { name: string; url: string } })
      .sgUploadedMovie;
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    return { name, size: bytes.length, bytes: [...new Set(bytes)] };
  };

  it('arrives whole, tells its progress and then that ShotGrid has to link it', async () => {
    const told: (number | string)[] = [];
    const result = await createUpload(fileOf(1, LONG), steps()).run({
      send: put,
      onProgress: (sentBytes) => told.push(sentBytes),
      onSent: () => told.push('sent'),
    });
    expect(result).toMatchObject({ verified: true, entity: { type: 'Version' } });
    expect(await movie()).toEqual({ name: 'take.mov', size: LONG, bytes: [1] });
    expect(told.at(-1)).toBe('sent');
    const bytes = told.filter((each) => typeof each === 'number');
    expect([bytes[0], Math.max(...bytes) <= LONG, bytes.length]).toEqual([2.5 * MIB, true, 5]);
    expect(asked()).toEqual(['RequestUpload', 'RequestUploadParts', 'CompleteUpload']);
  });

  it('continues after a broken connection, without sending arrived parts again', async () => {
    const upload = createUpload(fileOf(2), steps());
    await expect(upload.run({ send: putUntil(2) })).rejects.toThrow('offline');
    expect(arrived).toHaveLength(2);
    await upload.run({ send: put });
    expect(arrived).toHaveLength(PARTS);
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [2] });
    expect(asked().filter((name) => name === 'RequestUpload')).toHaveLength(1);
  });

  it('continues in another page with the same file, from stored data that holds no address', async () => {
    const first = createUpload(fileOf(3), steps());
    await expect(first.run({ send: putUntil(2) })).rejects.toThrow('offline');
    const kept = JSON.parse(JSON.stringify(first.kept())) as KeptUpload;
    expect(JSON.stringify(kept)).not.toContain('http');
    await createUpload(fileOf(3), steps(), kept).run({ send: put });
    expect(arrived).toHaveLength(PARTS);
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [3] });
  });

  it('never mixes two files: another one begins an upload of its own', async () => {
    const first = createUpload(fileOf(4), steps());
    await expect(first.run({ send: putUntil(2) })).rejects.toThrow('offline');
    await createUpload(fileOf(5), steps(), first.kept()).run({ send: put });
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [5] });
    expect(asked().filter((name) => name === 'RequestUpload')).toHaveLength(2);
    await first.cancel();
  });

  it('does not continue for another row or another person: each starts its own upload', async () => {
    await page.client.session.look();
    const first = createUpload(fileOf(11), steps());
    await expect(first.run({ send: putUntil(2) })).rejects.toThrow('offline');
    const kept = first.kept();
    expect(createUpload(fileOf(11), steps(), kept).kept()).toEqual(kept);
    const elsewhere = uploadSteps(page.client, {
      entity: { type: 'Version', id: 1 },
      field: 'sgUploadedMovie',
    });
    expect(createUpload(fileOf(11), elsewhere, kept).kept()).toBeNull();
    page = pageOf(studio, await signedIn(studio, 'joao'));
    await page.client.session.look();
    expect(createUpload(fileOf(11), steps(), kept).kept()).toBeNull();
    await first.cancel();
  });

  it('that has expired at its completion starts again only at the next try', async () => {
    const own = steps();
    const upload = createUpload(fileOf(12), {
      ...own,
      async complete(id, etags) {
        if (arrived.length === PARTS) await own.cancel(id);
        return own.complete(id, etags);
      },
    });
    await expect(upload.run({ send: put })).rejects.toMatchObject({
      code: 'UPLOAD_OVER',
      message: expect.stringContaining('look in ShotGrid first'),
    });
    expect([upload.kept(), asked().filter((name) => name === 'RequestUpload')]).toEqual([
      null,
      ['RequestUpload'],
    ]);
    await upload.run({ send: put });
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [12] });
  });

  it('starts again by itself where the address of the first part has expired', async () => {
    let refused = 0;
    const expired: typeof sendPart = (address, bytes, options) => {
      const isFirst = new URL(address).searchParams.get('partNumber') === '1' || arrived.length === 0;
      if (isFirst && refused === 0) {
        refused += 1;
        return Promise.reject(new PartError(403));
      }
      return put(address, bytes, options);
    };
    await createUpload(fileOf(6), steps()).run({ send: expired });
    expect(refused).toBe(1);
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [6] });
  });

  it('asks for a new address where one has expired, and repeats what the storage did not take', async () => {
    const statuses = [403, 503, 0];
    const failing: typeof sendPart = (address, bytes, options) => {
      const status = arrived.length === 0 ? undefined : statuses.shift();
      return status === undefined ? put(address, bytes, options) : Promise.reject(new PartError(status));
    };
    await createUpload(fileOf(7), steps()).run({ send: failing });
    expect([statuses, await movie()]).toMatchObject([[], { size: SIZE, bytes: [7] }]);
  });

  it('is dropped once it is cancelled, and starts again once it has expired', async () => {
    const upload = createUpload(fileOf(8), steps());
    const leaving = new AbortController();
    const cancelling: typeof sendPart = (...part) => {
      if (arrived.length === 1) leaving.abort();
      return put(...part);
    };
    await expect(upload.run({ send: cancelling, signal: leaving.signal })).rejects.toThrow(/abort/iu);
    expect([upload.kept(), asked().at(-1)]).toEqual([null, 'CancelUpload']);
    const first = createUpload(fileOf(9), steps());
    await expect(first.run({ send: putUntil(2) })).rejects.toThrow('offline');
    const kept = first.kept();
    await first.cancel();
    await createUpload(fileOf(9), steps(), kept).run({ send: put });
    expect(await movie()).toMatchObject({ size: SIZE, bytes: [9] });
  });

  it('does not restart by itself as another person who has signed in meanwhile', async () => {
    const joao = await signedIn(studio, 'joao');
    const upload = createUpload(fileOf(10, LONG), steps());
    const signingInOver: typeof sendPart = (...part) => {
      if (arrived.length === 1) page.signInOver(joao);
      return put(...part);
    };
    await expect(upload.run({ send: signingInOver })).rejects.toMatchObject({ code: 'UPLOAD_OVER' });
    expect(asked()).toEqual(['RequestUpload', 'RequestUploadParts']);
  });

  it('that the server refuses says why, and nothing is sent', async () => {
    const empty = new File([], 'empty.mov');
    await expect(createUpload(empty, steps()).run({ send: put })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect([arrived, asked()]).toEqual([[], ['RequestUpload']]);
  });
});
