import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('no request gets in without a session', () => {
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

describe('a request that two parsers could read differently is refused (E19)', () => {
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
    ['an invalid method', 'FETCH /graphql HTTP/1.1\nHost: HOST\n\n', '400'],
    ['headers beyond all measure', `GET / HTTP/1.1\nHost: HOST\nX-Long: ${'a'.repeat(20_000)}\n\n`, '431'],
    ['an invalid address', 'GET \\graphql HTTP/1.1\nHost: HOST\n\n', '400'],
    ['bytes of another protocol', '\u0016\u0003\u0001\u0002\u0000\n\n', '400'],
  ])('%s is not cached, and echoes nothing', async (_, text, status) => {
    const answer = await send(text);
    expect([statusesOf(answer), answer.includes('aaaa')]).toEqual([[status], false]);
    expect(answer.toLowerCase()).toContain('cache-control: no-store');
    expect((await fetch(`${studio.bffUrl}/healthz`)).status).toBe(200);
  });

  it('does not echo a foreign host, also beside our own (E15)', async () => {
    for (const hosts of ['Host: evil.example', 'Host: HOST\nHost: evil.example', '']) {
      const answer = await send(`GET / HTTP/1.1\n${hosts}${hosts === '' ? '' : '\n'}Connection: close\n\n`);
      expect(['400', '421', '303', '200']).toContain(statusesOf(answer)[0]);
      expect(answer).not.toContain('evil.example');
    }
  });
});

describe('a shared cache stores nothing of a person (E14)', () => {
  it.each([
    '/auth/session',
    '/graphql/x.css',
    '/graphql;.js',
    '/auth/session/x.css',
    '/launch/x.png',
    '/overlay/x.js',
    '/nope.css',
  ])('%s is not stored', async (path) => {
    const answer = await fetch(`${studio.bffUrl}${path}`, {
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
    expect(answer.headers.get('cache-control')).toContain('no-store');
    if (path.includes('.')) expect(await answer.text()).not.toContain('mira');
  });
});

describe('what a page may load and which pages may frame it (E1, E20, E21)', () => {
  const policyOf = (headers: Headers): ReadonlyMap<string, string> =>
    new Map(
      (headers.get('content-security-policy') ?? '').split(';').map((part) => {
        const [name = '', ...sources] = part.trim().split(' ');
        return [name, sources.join(' ')];
      }),
    );

  it.each([
    '/',
    '/nope',
    '/healthz',
    '/auth/session',
    '/auth/link',
    '/auth/callback?code=x&state=y',
    '/auth/handover/popup?ticket=x',
    '/auth/handover/tab?ticket=x',
    '/launch/x',
    '/ami/review',
    '/graphql?query={viewer{login}}',
    '/apps/review/',
    '/apps/review/missing.js',
    '/overlay/x',
    '/overlay/apps/review/',
  ])('%s', async (path) => {
    const answer = await fetch(`${studio.bffUrl}${path}`, {
      headers: { cookie, accept: 'text/html', 'sec-fetch-site': 'none' },
      redirect: 'manual',
    });
    const policy = policyOf(answer.headers);
    const isFramed = path.startsWith('/overlay/');
    expect(policy.get('frame-ancestors')).toBe(isFramed ? studio.siteUrl : "'none'");
    expect(answer.headers.get('x-frame-options')).toBe(isFramed ? null : 'DENY');
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('object-src') ?? policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src') ?? policy.get('default-src')).not.toMatch(/unsafe|https?:|\*/u);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('names of Object.prototype are ordinary names', () => {
  const ask = async (body: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${studio.bffUrl}/graphql`, {
      method: 'POST',
      headers: { cookie, origin: studio.bffUrl, 'content-type': 'application/json' },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
  const ANSWERED: readonly [string, string][] = [
    [
      '{__proto__:viewer{constructor:login toString:login}}',
      '{"__proto__":{"constructor":"mira","toString":"mira"}}',
    ],
    ['{...__proto__} fragment __proto__ on Query{viewer{login}}', '{"viewer":{"login":"mira"}}'],
    ['query($__proto__:Int!){version(id:$__proto__){id}}', '{"version":{"id":117}}'],
    ['query constructor{viewer{login}}', '{"viewer":{"login":"mira"}}'],
  ];
  it.each(ANSWERED)('%s gets the same answer, first and again', async (query, data) => {
    const body = `{"query":${JSON.stringify(query)},"variables":{"__proto__":117,"constructor":{"prototype":{"isAdmin":true}}}}`;
    for (let time = 0; time < 3; time += 1) {
      const { status, text } = await ask(body);
      expect([status, text]).toEqual([200, expect.stringContaining(`"data":${data}`)]);
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each([
    [
      'a filter',
      'query($f:VersionFilter){versions(first:1,filter:$f){nodes{id}}}',
      '{"f":{"__proto__":{"id":{"is":1}}}}',
    ],
    [
      'an operator',
      'query($f:VersionFilter){versions(first:1,filter:$f){nodes{id}}}',
      '{"f":{"id":{"constructor":1}}}',
    ],
    ['a type', 'query($t:String!){entity(type:$t,id:1){id}}', '{"t":"__proto__"}'],
    ['a type', 'query($t:String!){entity(type:$t,id:1){id}}', '{"t":"hasOwnProperty"}'],
    ['a sort', '{versions(first:1,sort:[{field:__proto__,direction:ASC}]){nodes{id}}}', '{}'],
    [
      'an input',
      'mutation($i:VersionUpdateInput!){updateVersion(id:117,input:$i){id}}',
      '{"i":{"__proto__":{"code":"x"}}}',
    ],
  ])('%s of that name is refused', async (_, query, variables) => {
    const { text } = await ask(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
    expect(text).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/u);
    expect(text).not.toContain('INTERNAL');
  });
});

describe('a request cannot name another person to act as (G11)', () => {
  it.each([
    { 'x-forwarded-user': 'joao', 'x-remote-user': 'joao', 'remote-user': 'joao' },
    { 'x-shotgraph-login': 'joao', 'x-shotgraph-person': 'joao', sudo_as_login: 'joao', 'x-sudo-as': 'joao' },
    { 'x-user': 'joao', 'x-auth-request-user': 'joao', x_forwarded_user: 'joao', from: 'joao' },
  ])('%j', async (headers) => {
    await studio.forgetSiteRequests();
    const answer = await fetch(`${studio.bffUrl}/graphql?login=joao&sudo_as_login=joao`, {
      method: 'POST',
      headers: { cookie, origin: studio.bffUrl, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        query: '{ viewer { login } version(id: 117) { id } }',
        variables: { login: 'joao', sudo_as_login: 'joao' },
        extensions: { login: 'joao' },
        login: 'joao',
      }),
    });
    expect(await answer.json()).toMatchObject({ data: { viewer: { login: 'mira' } } });
    const callers = (await studio.siteRequests()).flatMap(({ actingAs }) => actingAs ?? []);
    expect(new Set(callers)).toEqual(new Set(['mira']));
  });
});
