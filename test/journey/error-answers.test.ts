import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError, ERROR_TABLE, type ErrorCode } from '../../src/base/errors.ts';
import { type Bff, startBff } from '../support/bff.ts';
import { plainApp } from '../support/bff-config.ts';
import { BrowserClient } from '../support/browser-client.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

let bff: Bff;
let browser: BrowserClient;
let folder: string;
let thrown: unknown;
let maxStreams = 2;

const start = async (): Promise<void> => {
  bff = await startBff({
    change: (config) => ({
      ...config,
      apps: [plainApp(folder)],
      upload: { ...config.upload, maxStreams },
      graphql: { ...config.graphql, requestsPerMinute: 1000 },
    }),
    streamUpload: () => Promise.reject(thrown),
  });
  browser = new BrowserClient(() => bff.now());
  await browser.get(`${bff.url}/auth/login`);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shotgraph-errors-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Review</title>');
  writeFileSync(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await start();
});
afterAll(async () => {
  await bff.stop();
  rmSync(folder, { recursive: true, force: true });
});

const put = (accept: string) =>
  browser.visit(`${bff.url}/upload/x`, {
    method: 'PUT',
    form: 'bytes',
    from: 'same-origin',
    headers: { accept },
  });

describe('each code of the table', () => {
  it.each(CODES)('%s is JSON for programs and a page for people, with its status', async (code) => {
    thrown = new AppError(code, { details: { place: 'here' } });
    const { httpStatus: status, message } = ERROR_TABLE[code];

    const json = await put('application/json');
    const requestId = json.headers.get('x-request-id');
    expect([json.status, JSON.parse(json.body)]).toEqual([
      status,
      { error: { code, message, requestId, details: { place: 'here' } } },
    ]);

    const page = await put('text/html');
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(page.body).toContain(code);
    expect(page.body).toContain(String(page.headers.get('x-request-id')));
    for (const { headers } of [json, page]) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('retry-after') !== null).toBe([503, 504].includes(status));
    }
    const lines = bff.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'http.refused', code, requestId }));
  });

  it('INTERNAL hides the details of an unexpected error', async () => {
    thrown = new Error('canary of a cause');
    const answer = await put('application/json');
    expect([answer.status, answer.body.includes('canary')]).toEqual([500, false]);
  });
});

describe('the cache headers of every answer', () => {
  it.each([
    ...['/', '/nope', '/healthz', '/readyz', '/favicon.ico', '/graphql', '/ami/x', '/launch/x', '/overlay/x'],
    ...['/auth/login', '/auth/session', '/auth/callback', '/auth/link', '/auth/handover/tab', '/auth/logout'],
    ...[
      '/auth/logout/x',
      '/auth/handover/popup',
      '/auth/handover/poll',
      '/auth/handover/start',
      '/auth/backchannel-logout',
    ],
    ...['/apps/review', '/apps/review/', '/apps/review/index.html', '/apps/review/logo.svg', '/apps/nope/'],
    ...['/overlay/apps/review/', '/overlay/apps/review/index.html', '/upload/x', '/graphql/explorer/none.js'],
  ])('%s is not stored', async (path) => {
    for (const method of ['GET', 'POST', 'HEAD']) {
      const answer = await browser.visit(`${bff.url}${path}`, { method, redirects: 'stop' });
      expect([method, answer.headers.get('cache-control')]).toEqual([method, 'no-store']);
    }
  });

  it('metrics are not stored either', async () => {
    for (const url of [bff.metricsUrl, `${bff.metricsUrl}/none`]) {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each([
    ['431', `GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['400', 'no request\r\n\r\n'],
  ])('the %s to bytes that are not a request is not stored either', async (status, bytes) => {
    const socket = connect(Number(new URL(bff.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const chunks: string[] = [];
    socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    socket.on('error', () => undefined).write(bytes);
    await once(socket, 'close');
    expect(chunks.join('')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*no-store`, 'u'));
  });
});

describe('a return path that is too long', () => {
  it.each(['/auth/login', '/auth/link'])('is reported by %s before the sign-in', async (path) => {
    const place = (length: number): string => `/apps/review/${'x'.repeat(length - 13)}`;
    const ask = (length: number) =>
      browser.get(`${bff.url}${path}?returnTo=${place(length)}`, { redirects: 'stop' });
    expect((await ask(2048)).status).toBe(303);
    const tooLong = await ask(2049);
    expect([tooLong.status, tooLong.body]).toEqual([400, expect.stringContaining('longer than 2048')]);
  });
});

describe('uploads through the server', () => {
  afterAll(() => {
    maxStreams = 2;
  });

  it('are refused where the limit is 0, with advice not to retry', async () => {
    await bff.stop();
    maxStreams = 0;
    await start();
    const answer = await put('application/json');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([403, null]);
    expect(answer.body).toContain('SHOTGRAPH_UPLOAD_STREAMS is 0');
  });

  it('pass one after the other where the limit is 1', async () => {
    await bff.stop();
    maxStreams = 1;
    await start();
    thrown = new AppError('UPLOAD_OVER');
    expect([(await put('application/json')).status, (await put('application/json')).status]).toEqual([
      410, 410,
    ]);
  });
});
