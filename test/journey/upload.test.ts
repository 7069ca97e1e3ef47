import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const MIB = 1024 * 1024;

const REQUEST = `mutation ($id: Int!, $sizeBytes: SafeInt!) {
  requestUpload(entity: { type: "Version", id: $id }, field: "sgUploadedMovie", fileName: "take.mov", sizeBytes: $sizeBytes) { id }
}`;
const COMPLETE = `mutation ($upload: ID!, $etags: [String!]!) {
  completeUpload(upload: $upload, etags: $etags) { verified file { url contentType } }
}`;

interface Answer {
  readonly status: number;
  readonly etags?: readonly string[];
  readonly error?: { readonly code: string; readonly details?: Readonly<Record<string, unknown>> };
}

describe('a tool that cannot reach the storage sends its file through us', () => {
  let studio: Studio;
  let mira: BrowserClient;
  let joao: BrowserClient;
  let versionId: number;
  beforeAll(async () => {
    studio = await startStudio({
      SHOTGRAPH_UPLOAD_PART_MIB: '5',
      SHOTGRAPH_REQUEST_TIMEOUT_SECONDS: '1',
    });
    versionId = studio.mirasVersionIds[0] ?? 0;
    mira = new BrowserClient();
    joao = new BrowserClient();
    await studio.launch(mira, 'mira', [versionId]);
    await studio.launch(joao, 'joao', [versionId]);
  });
  afterAll(() => studio.stop());

  const request = async (sizeBytes: number): Promise<string> => {
    const { data } = await studio.ask(mira, REQUEST, { variables: { id: versionId, sizeBytes } });
    return (data?.['requestUpload'] as { id: string }).id;
  };

  const send = async (
    browser: BrowserClient,
    upload: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const cookies = [...browser.cookies(studio.bffUrl)].map(([name, value]) => `${name}=${value}`);
    const answer = await fetch(`${studio.bffUrl}/upload/${upload}`, {
      method: 'PUT',
      body,
      headers: {
        cookie: cookies.join('; '),
        'sec-fetch-site': 'same-origin',
        accept: 'application/json',
        // A stranger's word: the storage gets the type of the file's name.
        'content-type': 'text/html; charset=utf-7',
        ...headers,
      },
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  };

  /** Bytes that come in chunks, with no length told beforehand. */
  const inChunks = (bytes: Uint8Array, pauseMs = 0, chunkBytes = 700_000): ReadableStream<Uint8Array> => {
    let sent = 0;
    return new ReadableStream({
      async pull(controller) {
        if (sent >= bytes.length) return controller.close();
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        controller.enqueue(bytes.subarray(sent, sent + chunkBytes));
        sent += chunkBytes;
      },
    });
  };

  /** Its first MiB comes at once, the rest when it may go on. */
  const held = (bytes: Uint8Array): { body: ReadableStream<Uint8Array>; go: () => void } => {
    let go = (): void => undefined;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    let chunk = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        chunk += 1;
        if (chunk === 1) return controller.enqueue(bytes.subarray(0, MIB));
        await going;
        if (chunk === 2) return controller.enqueue(bytes.subarray(MIB));
        return controller.close();
      },
    });
    return { body, go: () => go() };
  };

  /** The parts of before are dropped only when the upload that replaces them is kept. */
  const untilBegunAnew = async (): Promise<void> => {
    const isDropped = async (): Promise<boolean> =>
      (await studio.siteRequests()).some(({ path }) => path.endsWith('/multipart_abort'));
    while (!(await isDropped())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it.each([
    ['in one piece', 1000],
    ['in parts, the last of one byte', 10 * MIB + 1],
    ['in parts that fill exactly', 10 * MIB],
  ])('%s', async (_, sizeBytes) => {
    const bytes = randomBytes(sizeBytes);
    const upload = await request(sizeBytes);
    const { status, etags } = await send(mira, upload, inChunks(bytes));
    expect(status).toBe(200);
    expect(etags).toHaveLength(Math.ceil(sizeBytes / (5 * MIB)));
    const { data } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    const done = data?.['completeUpload'] as {
      verified: boolean;
      file: { url: string; contentType: string };
    };
    expect(done).toMatchObject({ verified: true, file: { contentType: 'video/quicktime' } });
    const stored = Buffer.from(await (await fetch(done.file.url)).arrayBuffer());
    expect(stored.equals(bytes)).toBe(true);
  });

  it('for longer than any other request may take', async () => {
    const bytes = randomBytes(3000);
    const { status } = await send(mira, await request(3000), inChunks(bytes, 600, 1000));
    expect(status).toBe(200);
  });

  it('and again after a failure: the upload starts from the beginning', async () => {
    const bytes = randomBytes(6 * MIB);
    const upload = await request(bytes.length);
    const short = await send(mira, upload, inChunks(bytes.subarray(0, 5 * MIB + 10)));
    expect(short).toMatchObject({
      status: 409,
      error: { code: 'UPLOAD_INCOMPLETE', details: { reason: 'tooFewBytes' } },
    });
    const { etags } = await send(mira, upload, bytes);
    const { data } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    expect(data?.['completeUpload']).toMatchObject({ verified: true });
  });

  it('with exactly the number of bytes that were announced', async () => {
    const upload = await request(1000);
    expect(await send(mira, upload, randomBytes(999))).toMatchObject({
      status: 400,
      error: { code: 'BAD_USER_INPUT', details: { expected: 1000, given: 999 } },
    });
    expect(await send(mira, upload, inChunks(randomBytes(1001)))).toMatchObject({
      status: 413,
      error: { code: 'TOO_LARGE' },
    });
  });

  it.each([
    ['without a session', 401, 'UNAUTHENTICATED', { cookie: '' }],
    ['from a page of another site', 403, 'CSRF_REJECTED', { 'sec-fetch-site': 'cross-site' }],
    ['packed, so that its size is unknown', 415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-encoding': 'gzip' }],
  ])('but not %s', async (_, status, code, headers) => {
    const answer = await send(mira, await request(10), randomBytes(10), headers);
    expect(answer).toMatchObject({ status, error: { code } });
  });

  it("but not into another person's upload, and not into one that is over", async () => {
    const upload = await request(10);
    const bytes = randomBytes(10);
    expect(await send(joao, upload, bytes)).toMatchObject({ status: 410, error: { code: 'UPLOAD_OVER' } });
    const { etags } = await send(mira, upload, bytes);
    await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    expect(await send(mira, upload, bytes)).toMatchObject({ status: 410, error: { code: 'UPLOAD_OVER' } });
    expect(await send(mira, 'nothing', bytes)).toMatchObject({ status: 410, error: { code: 'UPLOAD_OVER' } });
  });

  it('once: a later transfer of the same upload ends the earlier, and its ETags link nothing', async () => {
    const [first, second] = [randomBytes(6 * MIB), randomBytes(6 * MIB)];
    const upload = await request(first.length);
    await studio.forgetSiteRequests();
    const slow = held(first);
    const earlier = send(mira, upload, slow.body).catch(() => ({ status: 0, error: { code: 'cut off' } }));
    await untilBegunAnew();
    const { status, etags } = await send(mira, upload, second);
    slow.go();
    expect(status).toBe(200);
    const ended = await earlier;
    expect([410, 0]).toContain(ended.status);
    expect(ended.error?.code).toMatch(/^(UPLOAD_OVER|cut off)$/u);
    const wrong = await studio.ask(mira, COMPLETE, {
      variables: { upload, etags: [...(etags ?? [])].toReversed() },
    });
    expect(wrong.errors?.[0]?.extensions).toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
    const { data } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    const done = data?.['completeUpload'] as { verified: boolean; file: { url: string } };
    expect(done.verified).toBe(true);
    const stored = Buffer.from(await (await fetch(done.file.url)).arrayBuffer());
    expect(stored.equals(second)).toBe(true);
  });

  it('and continues it where a later transfer of the same upload cannot start', async () => {
    const bytes = randomBytes(6 * MIB);
    const upload = await request(bytes.length);
    await studio.forgetSiteRequests();
    const slow = held(bytes);
    const earlier = send(mira, upload, slow.body);
    await untilBegunAnew();
    await studio.fault({ match: { method: 'GET', path: '*/_upload' }, status: 400, times: 1 });
    const later = await send(mira, upload, randomBytes(6 * MIB));
    await studio.clearFaults();
    slow.go();
    expect(later.error?.code).toBe('UPSTREAM_REJECTED');
    const { status, etags } = await earlier;
    expect(status).toBe(200);
    const { data } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    expect(data?.['completeUpload']).toMatchObject({ verified: true });
  });

  it('completely before it can be completed', async () => {
    const bytes = randomBytes(6 * MIB);
    const upload = await request(bytes.length);
    const { etags } = await send(mira, upload, bytes);
    await send(mira, upload, inChunks(bytes.subarray(0, 5 * MIB + 10)));
    await studio.forgetSiteRequests();
    const { errors } = await studio.ask(mira, COMPLETE, { variables: { upload, etags } });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      details: { reason: 'superseded' },
    });
    expect((await studio.siteRequests()).filter(({ path }) => path.endsWith('/_upload'))).toEqual([]);
  });

  it('and leaves no address of the storage in the log', () => {
    expect(studio.logLines.join('')).not.toMatch(/X-Amz|Signature/u);
  });
});
