import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { impatient } from '../support/bff-config.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;

beforeEach(async () => {
  bff = await startBff();
});
afterEach(() => bff.stop());

const FORM = 'application/x-www-form-urlencoded';

interface Post {
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly method?: string;
}

const post = ({ body = bff.amiBody(), headers = {}, path = '/ami/review', method = 'POST' }: Post = {}) =>
  fetch(`${bff.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'content-type': FORM, ...headers },
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });

const errorOf = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { error: { code: string } }).error.code;

/** Bytes as an attacker sends them, without a client that tidies them up. */
async function raw(
  head: readonly string[],
  body = '',
  localAddress = '127.0.0.1',
): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(bff.url).port), localAddress });
  await once(socket, 'connect');
  const chunks: string[] = [];
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const answer = once(socket, 'close').then(() => chunks.join(''));
  socket.write(`${[...head, `Host: ${new URL(bff.url).host}`].join('\r\n')}\r\n\r\n${body}`);
  return { socket, answer };
}

describe('a post that ShotGrid signed', () => {
  it('gets a redirect and a launch cookie, and nothing else (A1)', async () => {
    const answer = await post();
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/launch\/[\w-]{43}$/u);
    const [cookie, ...others] = answer.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(
      /^__Host-l\.[\w-]{8}=[\w-]{43}; Max-Age=1200; Path=\/; HttpOnly; Secure; SameSite=Lax$/u,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('from a modal frame opens the overlay, with a cookie of that partition', async () => {
    const answer = await post({ headers: { 'sec-fetch-dest': 'iframe' } });
    expect(answer.headers.get('location')).toMatch(/^\/overlay\/[\w-]{43}$/u);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-lm\..*; Secure; Partitioned; SameSite=None$/u);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = await fetch(`${bff.url}${answer.headers.get('location')}`, {
      headers: { cookie, accept: 'text/html' },
    });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Open in a new tab');
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors http://127.0.0.1:9');
    expect(page.headers.get('x-frame-options')).toBeNull();
  });

  it('does not change an existing session (A41)', async () => {
    const browser = new BrowserClient();
    await browser.get(`${bff.url}/auth/login`);
    const session = browser.cookies(bff.url).get('__Host-sid');
    const answer = await post();
    expect(answer.headers.getSetCookie().join()).not.toContain('__Host-sid');
    expect(browser.cookies(bff.url).get('__Host-sid')).toBe(session);
    expect((await browser.get(`${bff.url}/auth/session`, { from: 'same-origin' })).status).toBe(200);
  });

  it('may have 20,000 ids (A28)', async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => 100_000 + i).join(',');
    expect((await post({ body: bff.amiBody({ ids, selected_ids: ids }) })).status).toBe(303);
  });

  it('is checked by its signature, without an origin or with another one (A40)', async () => {
    expect((await post({ headers: { origin: 'null' } })).status).toBe(303);
    expect((await post({ headers: { 'content-type': `${FORM}; charset=UTF-8` } })).status).toBe(303);
  });
});

describe('a post that is refused', () => {
  it.each<[string, () => Post, number, string]>([
    ['without a signature (A2)', () => ({ body: 'user_login=mira' }), 401, 'AMI_SIGNATURE'],
    ['without a body', () => ({ body: '' }), 401, 'AMI_SIGNATURE'],
    ['for a menu item that is not there (A7)', () => ({ path: '/ami/nope' }), 404, 'NOT_FOUND'],
    ['with a query (A18)', () => ({ path: '/ami/review?user_login=admin' }), 400, 'AMI_QUERY'],
    [
      'in another charset (A25)',
      () => ({ headers: { 'content-type': `${FORM}; charset=utf-16` } }),
      415,
      'AMI_CONTENT_TYPE',
    ],
    [
      'in Latin 1 (A25)',
      () => ({ headers: { 'content-type': `${FORM}; charset=iso-8859-1` } }),
      415,
      'AMI_CONTENT_TYPE',
    ],
    ['as JSON (A26)', () => ({ headers: { 'content-type': 'application/json' } }), 415, 'AMI_CONTENT_TYPE'],
    ['as text (A26)', () => ({ headers: { 'content-type': 'text/plain' } }), 415, 'AMI_CONTENT_TYPE'],
    [
      'as multipart (A26)',
      () => ({ headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
      415,
      'AMI_CONTENT_TYPE',
    ],
    ['of a nonsense type (A26)', () => ({ headers: { 'content-type': ';;;' } }), 415, 'AMI_CONTENT_TYPE'],
    [
      'compressed (A38)',
      () => ({ body: gzipSync(bff.amiBody()), headers: { 'content-encoding': 'gzip' } }),
      415,
      'AMI_CONTENT_TYPE',
    ],
    ['one byte too large (A29)', () => ({ body: 'a'.repeat(400_001) }), 413, 'AMI_TOO_LARGE'],
  ])('%s', async (_, make, status, code) => {
    const answer = await post(make());
    expect(answer.status).toBe(status);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await errorOf(answer)).toBe(code);
    expect((await post()).status).toBe(303);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('by %s (A27)', async (method) => {
    const answer = await post({ method, headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect([...answer.headers.keys()].join()).not.toContain('access-control');
  });

  it('gets a page for people, which names the request and shows nothing of the post', async () => {
    const answer = await post({ body: 'user_login=canary', headers: { accept: 'text/html' } });
    expect(answer.status).toBe(401);
    const page = await answer.text();
    expect(page).toContain('AMI_SIGNATURE');
    expect(page).not.toContain('canary');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'sha256-");
  });

  it('is refused the second time it is used, with a message that says so (A11, A15)', async () => {
    const body = bff.amiBody();
    expect((await post({ body })).status).toBe(303);
    const second = await post({ body });
    expect([second.status, await errorOf(second)]).toEqual([409, 'AMI_REPLAYED']);
  });

  it('without a content type (A26)', async () => {
    const { answer } = await raw(
      ['POST /ami/review HTTP/1.1', 'Content-Length: 3', 'Connection: close'],
      'a=b',
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 415 /u);
  });

  it('is refused at the limit and cut off when it is chunked without end (A29)', async () => {
    const { socket, answer } = await raw([
      'POST /ami/review HTTP/1.1',
      `Content-Type: ${FORM}`,
      'Transfer-Encoding: chunked',
    ]);
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 10 && !socket.destroyed; sent += 1) socket.write(chunk);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*AMI_TOO_LARGE/u);
  });

  it('times out when it arrives byte by byte (A39)', async () => {
    await bff.stop();
    bff = await startBff({ change: impatient });
    const { socket, answer } = await raw([
      'POST /ami/review HTTP/1.1',
      `Content-Type: ${FORM}`,
      'Content-Length: 1000',
    ]);
    const drip = setInterval(() => socket.write('a'), 50);
    const text = await answer;
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 /u);
    expect((await post()).status).toBe(303);
  });
});

describe('a flood of refused posts (A43)', () => {
  let posts = 0;
  const forge = async (): Promise<number> => {
    // Nobody gets another address by saying so (E16).
    const says = `10.0.${posts % 250}.${(posts += 1) % 250}`;
    const headers = { 'x-forwarded-for': says, forwarded: `for=${says}`, 'x-real-ip': says };
    const answer = await post({ body: 'user_login=mira', headers });
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await answer.arrayBuffer();
    return answer.status;
  };

  it('begins above the rate of a thousand posts, one after the other', async () => {
    const statuses = new Set<number>();
    for (let count = 0; count < 1000; count += 1) statuses.add(await forge());
    expect([...statuses]).toEqual([401]);
  });

  it('is slowed down', async () => {
    await bff.stop();
    bff = await startBff({
      change: (config) => ({ ...config, launch: { ...config.launch, rejectsPerSecond: 20 } }),
    });
    const statuses = await Promise.all(Array.from({ length: 400 }, forge));
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(60);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(100);
    // An honest post of the same address waits as well, for as long as the second of the flood lasts.
    while ((await forge()) !== 429 || (await post()).status !== 429);

    const body = bff.amiBody();
    const head = ['POST /ami/review HTTP/1.1', `Content-Type: ${FORM}`, `Content-Length: ${body.length}`];
    const other = await raw([...head, 'Connection: close'], body, '127.0.0.2');
    expect(await other.answer).toMatch(/^HTTP\/1\.1 303 /u);
  });
});
