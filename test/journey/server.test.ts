import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bff, startBff } from '../support/bff.ts';
import { plainApp } from '../support/bff-config.ts';
import { BrowserClient } from '../support/browser-client.ts';

let bff: Bff;
let browser: BrowserClient;
let files: string;

beforeEach(async () => {
  files = mkdtempSync(join(tmpdir(), 'shotgraph-app-'));
  mkdirSync(join(files, 'assets'));
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>Review</title>');
  writeFileSync(join(files, 'assets', 'index-B7s0kQzA.js'), 'export {};');
  writeFileSync(join(files, '.secret'), 'canary');
  bff = await startBff({
    change: (config) => ({ ...config, apps: [plainApp(files)] }),
  });
  browser = new BrowserClient(() => bff.now());
});
afterEach(async () => {
  await bff.stop();
  rmSync(files, { recursive: true, force: true });
});

describe('GraphQL', () => {
  const query = (options: Parameters<BrowserClient['post']>[1] = {}) =>
    browser.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami launchHeader }' },
      from: 'same-origin',
      ...options,
    });

  it('without a session answers 401 in its own form, never a redirect', async () => {
    const answer = await query();
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({
      errors: [
        {
          message: expect.any(String),
          extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) },
        },
      ],
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('answers as the person of the session, with the launch that the tool names', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const answer = await query({ headers: { 'x-shotgraph-launch': 'abc' } });
    expect(JSON.parse(answer.body)).toEqual({ data: { whoami: 'mira', launchHeader: 'abc' } });
    expect(answer.headers.get('vary')).toContain('Cookie');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site (E9)', { 'sec-fetch-site': 'same-site' }],
    [
      'another origin, though it says it is the same',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    ],
    ['an old browser on another site', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
    ['a sandboxed frame', { 'sec-fetch-site': '', origin: 'null' }],
  ])('with the cookie but from %s is refused', async (_, headers) => {
    await browser.get(`${bff.url}/auth/login`);
    const answer = await query({ headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('CSRF_REJECTED');
    expect([...answer.headers.keys()].join()).not.toContain('access-control');
  });

  it('accepts our own Origin where a browser sends no Sec-Fetch-Site', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const cookie = `__Host-sid=${browser.cookies(bff.url).get('__Host-sid')}`;
    const ask = (origin?: string) =>
      fetch(`${bff.url}/graphql`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
        body: '{"query":"{ whoami }"}',
      });
    const raw = async (origin?: string): Promise<number> => {
      const answer = await ask(origin);
      await answer.arrayBuffer();
      return answer.status;
    };
    // fetch of Node sends Sec-Fetch-Mode only, as an old browser would.
    expect(await raw(bff.url)).toBe(200);
    expect(await raw(`${bff.url}.evil.example`)).toBe(403);
    expect(await raw()).toBe(403);
  });

  it.each([
    ['text/plain', '{"query":"mutation { touch }"}', 415],
    ['application/x-www-form-urlencoded', 'query=mutation+%7B+touch+%7D', 415],
    ['application/json', '{"query":', 400],
  ])('in an invalid body of %s is refused (E5)', async (type, body, status) => {
    await browser.get(`${bff.url}/auth/login`);
    const answer = await query({ json: undefined, form: body, headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
  });

  it('with a body that is too large answers 413', async () => {
    await browser.get(`${bff.url}/auth/login`);
    const answer = await query({ json: { query: `{ whoami } #${'x'.repeat(1_100_000)}` } });
    expect([answer.status, JSON.parse(answer.body).errors[0].extensions.code]).toEqual([413, 'TOO_LARGE']);
  });

  it('is limited per person, and returns the time to wait (F24)', async () => {
    await bff.stop();
    bff = await startBff({
      change: (config) => ({ ...config, graphql: { ...config.graphql, requestsPerMinute: 3 } }),
    });
    await browser.get(`${bff.url}/auth/login`);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await query()).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const joao = new BrowserClient();
    bff.idp.person = { sub: 'sub-joao', preferred_username: 'joao' };
    await joao.get(`${bff.url}/auth/login`);
    const other = await joao.post(`${bff.url}/graphql`, {
      json: { query: '{ whoami }' },
      from: 'same-origin',
    });
    expect(other.status).toBe(200);
  });
});

describe('every answer', () => {
  it.each([
    '/',
    '/nope',
    '/auth/session',
    '/launch/x',
    '/healthz',
    '/graphql',
    '/overlay/x',
    '/apps/review/',
  ])('%s has the security headers', async (path) => {
    const { headers } = await browser.get(`${bff.url}${path}`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Cookie');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('content-security-policy')).toContain('frame-ancestors');
  });

  it('to a program is JSON with a code and the request id', async () => {
    const answer = await browser.get(`${bff.url}/nope`, { from: 'same-origin' });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.any(String),
        requestId: answer.headers.get('x-request-id'),
      },
    });
  });

  it('is measured by its route, not by its URL', async () => {
    await browser.get(`${bff.url}/launch/canary-id`);
    expect(bff.observations.map(({ route, status }) => [route, status])).toContainEqual(['/launch/:id', 404]);
    expect(bff.logLines.join('\n')).not.toContain('canary-id');
  });
});

describe('the home page', () => {
  it('shows the signed-in person and links to the tools', async () => {
    expect((await browser.get(`${bff.url}/`)).body).toContain('You are not signed in');
    await browser.get(`${bff.url}/auth/login`);
    const home = await browser.get(`${bff.url}/`);
    expect(home.body).toContain('Mira Fischer');
    expect(home.body).toContain('/apps/review/');
  });

  it('shows a name with markup as text (A35)', async () => {
    bff.idp.person = { sub: 'sub-mira', preferred_username: 'mira', name: '<img src=x onerror=alert(1)>' };
    const home = await browser.get(`${bff.url}/auth/login`);
    expect(home.body).toContain('&lt;img src=x');
    expect(home.body).not.toContain('<img');
  });
});

describe('requests for another host name (E15)', () => {
  const raw = async (...lines: string[]): Promise<string> => {
    const socket = connect(Number(new URL(bff.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const chunks: string[] = [];
    socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
    await once(socket, 'close');
    return chunks.join('');
  };

  it.each([
    [['GET / HTTP/1.1', 'Host: evil.example'], 421],
    [['GET / HTTP/1.1', 'Host: HOST', 'Host: evil.example'], 400],
    [['GET http://evil.example/ HTTP/1.1', 'Host: HOST'], 400],
    [['GET /healthz HTTP/1.1', 'Host: 10.0.0.7'], 200],
    [['GET /healthz/../graphql HTTP/1.1', 'Host: 10.0.0.7'], 421],
  ])('%j', async (lines, status) => {
    const { host } = new URL(bff.url);
    const answer = await raw(...lines.map((line) => line.replace('HOST', host)));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, 'u'));
    expect(answer).not.toContain('evil');
  });
});

describe('health', () => {
  it('reports liveness and readiness', async () => {
    expect((await browser.get(`${bff.url}/healthz`)).body).toBe('ok\n');
    expect(JSON.parse((await browser.get(`${bff.url}/readyz`)).body)).toEqual({
      ready: true,
      at: '2026-01-02T03:04:05.000Z',
      checks: [{ name: 'site', ok: true, since: '2026-01-02T03:04:05.000Z' }],
    });
    bff.setReady(false);
    expect((await browser.get(`${bff.url}/readyz`)).status).toBe(503);
    expect((await browser.get(`${bff.url}/healthz`)).status).toBe(200);
  });

  it('has its metrics on a separate port', async () => {
    expect(await (await fetch(bff.metricsUrl)).text()).toContain('shotgraph_ready');
    expect((await browser.get(`${bff.url}/metrics`)).status).toBe(404);
  });
});
