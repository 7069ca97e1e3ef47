import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BrowserClient } from '../support/browser-client.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const QUERY = 'query=%7Bviewer%7Blogin%7D%7D';

let studio: Studio;
let cookie: string;

/** Mira is signed in; an attacker knows the addresses, not her cookie. */
beforeAll(async () => {
  studio = await startStudio();
  const browser = new BrowserClient();
  const page = await browser.get(`${studio.bffUrl}/auth/login`);
  await browser.post(page.url, { form: { login: 'mira' } });
  cookie = `__Host-sid=${browser.cookies(studio.bffUrl).get('__Host-sid')}`;
});
afterAll(() => studio.stop());

/** Sends bytes as they are, and gives all that comes back until the server closes. */
async function send(text: string): Promise<string> {
  const { port, host } = new URL(studio.bffUrl);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('latin1').on('data', (part) => (answer += part));
  socket.on('error', () => undefined);
  socket.end(text.replaceAll('HOST', host).replaceAll('\n', '\r\n'));
  await once(socket, 'close');
  return answer;
}

const statusesOf = (answer: string): string[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gmu)].map(([, status = '']) => status);

describe('nobody gets in without a session', () => {
  it.each([
    'GET /healthz/../graphql?Q',
    'GET /healthz#/graphql?Q',
    'GET /healthz/%2e%2e/graphql?Q',
    'GET //graphql?Q',
    'GET /graphql/healthz?Q',
    'GET /graphql;healthz?Q',
    'GET /graphql?healthz&Q',
  ])('as a health check: %s (E17)', async (line) => {
    const request = line.replace('Q', QUERY);
    const answer = await send(
      `${request} HTTP/1.1\nHost: HOST\nUser-Agent: kube-probe/1.29\nApollo-Require-Preflight: 1\nAccept: application/json\n\n`,
    );
    expect(['200', '303', '400', '401', '404']).toContain(statusesOf(answer)[0]);
    expect(answer).not.toMatch(/"data"|"login"/u);
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
  });

  it('through a web socket of another origin (E13)', async () => {
    const answer = await send(
      `GET /graphql HTTP/1.1\nHost: HOST\nConnection: Upgrade\nUpgrade: websocket\nOrigin: https://evil.example\nCookie: ${cookie}\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n`,
    );
    expect(statusesOf(answer)).not.toContain('101');
    expect(answer).not.toContain('"data"');
  });
});

describe('a request that two readers would read differently is refused (E19)', () => {
  it.each([
    [
      'both lengths',
      'Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\nGET /auth/session HTTP/1.1\nHost: HOST\n\n',
    ],
    ['two lengths', 'Content-Length: 0\nContent-Length: 44\n\nGET /auth/session HTTP/1.1\nHost: HOST\n\n'],
    ['a folded header', 'X-One: 1\n Transfer-Encoding: chunked\nContent-Length: 0\n\n'],
    ['a name with a space', 'Transfer-Encoding : chunked\nContent-Length: 0\n\n'],
  ])('%s', async (_, rest) => {
    const answer = await send(`POST /graphql HTTP/1.1\nHost: HOST\nCookie: ${cookie}\n${rest}`);
    expect(statusesOf(answer)).toEqual(['400']);
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
  });

  it.each([
    ['a method that is none', 'FETCH /graphql HTTP/1.1\nHost: HOST\n\n', '400'],
    ['headers beyond all measure', `GET / HTTP/1.1\nHost: HOST\nX-Long: ${'a'.repeat(20_000)}\n\n`, '431'],
    ['an address that is none', 'GET \\graphql HTTP/1.1\nHost: HOST\n\n', '400'],
    ['bytes of another protocol', '\u0016\u0003\u0001\u0002\u0000\n\n', '400'],
  ])('%s is answered without leave to keep it, and without an echo', async (_, text, status) => {
    const answer = await send(text);
    expect([statusesOf(answer), answer.includes('aaaa')]).toEqual([[status], false]);
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
    expect((await fetch(`${studio.bffUrl}/healthz`)).status).toBe(200);
  });

  it('a host that is not ours, also beside ours (E15)', async () => {
    for (const hosts of ['Host: evil.example', 'Host: HOST\nHost: evil.example', '']) {
      const answer = await send(`GET / HTTP/1.1\n${hosts}${hosts === '' ? '' : '\n'}Connection: close\n\n`);
      expect(['400', '421', '303', '200']).toContain(statusesOf(answer)[0]);
      expect(answer).not.toContain('evil.example');
    }
  });
});

describe('a cache between people learns nothing (E14)', () => {
  it.each([
    '/auth/session',
    '/graphql/x.css',
    '/graphql;.js',
    '/auth/session/x.css',
    '/launch/x.png',
    '/overlay/x.js',
    '/nope.css',
  ])('%s may not be kept', async (path) => {
    const answer = await fetch(`${studio.bffUrl}${path}`, {
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
    expect(answer.headers.get('cache-control')).toContain('no-store');
    if (path.includes('.')) expect(await answer.text()).not.toContain('mira');
  });
});
