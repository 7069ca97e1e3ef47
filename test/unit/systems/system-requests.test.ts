import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RefusalPlaces } from '../../../src/config/config.ts';
import { createSystems, type SystemCallObservation } from '../../../src/systems/systems.ts';

interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const PLACES: RefusalPlaces = { message: 'error.message', path: 'error.field', code: 'error.code' };
const TOKEN = 'token/of-mira';

describe('A connector', () => {
  let server: Server;
  let got: Got[];
  let tokens: string[];
  let observed: SystemCallObservation[];
  let answer: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      void (async () => {
        const { method = '', url = '', headers } = request;
        got.push({ method, url, headers, body: await buffer(request) });
        answer(response);
      })();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    got = [];
    tokens = [];
    observed = [];
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const json = (status: number, body: unknown, type = 'application/json') => {
    answer = (response) =>
      response
        .writeHead(status, { 'content-type': type })
        .end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
  const callOf = (refusal?: RefusalPlaces) => {
    const { port } = server.address() as AddressInfo;
    const system = (name: string) => ({
      ...{ name, connector: null, graphql: null, timeoutMs: 5000, refusal },
      baseUrl: `http://127.0.0.1:${port}/${name}`,
      token: { way: 'forward', audience: '' } as const,
    });
    const credentials = async ({ name }: { readonly name: string }) => {
      tokens.push(name);
      return { headers: { authorization: `Bearer ${TOKEN}-at-${name}` } };
    };
    const person = { key: 'k', subject: 'sub', login: 'mira', email: null, accessToken: async () => TOKEN };
    const call = createSystems(
      [system('hours'), system('storage')],
      { credentials, forget: () => undefined },
      (each) => observed.push(each),
    )({ person, requestId: 'request-1', signal: new AbortController().signal })('hours');
    if (call === null) throw new Error('no hours');
    return call;
  };
  const failureOf = async (
    failing: Promise<unknown>,
  ): Promise<{ code: string; message: string; details: object }> =>
    failing.then(
      () => Promise.reject(new Error('nothing failed')),
      (error: { code: string; message: string; details: object }) => error,
    );

  describe('passes on the reason of its system for a refusal', () => {
    it('with its message, its field and its code, from the places of the settings', async () => {
      json(409, { error: { message: 'Week is locked', field: 'week', code: 'WEEK_LOCKED' } });
      const refused = await failureOf(callOf(PLACES).system.send('POST', '/entries', {}));
      expect([refused.code, refused.message, refused.details]).toEqual([
        'SYSTEM_REJECTED',
        'Week is locked',
        {
          ...{ system: 'hours', upstreamStatus: 409, says: 'Week is locked' },
          ...{ path: 'week', systemCode: 'WEEK_LOCKED' },
        },
      ]);
      json(422, { errors: [{ detail: 'A day has 24 hours' }] }, 'application/problem+json; charset=utf-8');
      const places = { message: 'errors.0.detail', path: null, code: null };
      const other = await failureOf(callOf(places).system.send('POST', '/entries', {}));
      expect([other.message, other.details]).toMatchObject(['A day has 24 hours', { system: 'hours' }]);
    });

    const says = (message: unknown) => ({ error: { message } });
    it.each([
      ['markup', 409, says('<img src=x onerror=alert(1)>'), 'application/json'],
      ['a megabyte', 409, says('x'.repeat(1_000_000)), 'application/json'],
      [
        'letters of another charset',
        409,
        Buffer.from('{"error":{"message":"gesch\xfctzt"}}', 'latin1'),
        'application/json',
      ],
      ['an unknown charset', 409, says('locked'), 'application/json; charset=utf-7'],
      ['a web page', 409, Buffer.from('<h1>no</h1>'), 'text/html'],
      ['JSON that is called a page', 409, says('locked'), 'text/html'],
      ['half a JSON', 409, Buffer.from('{"error":{"message":"lo'), 'application/json'],
      ['an inherited name', 409, [], 'application/json'],
      ['the token that was sent', 409, says(`no ${TOKEN}-at-hours here`), 'application/json'],
      [
        'the token with its slashes escaped',
        409,
        Buffer.from(JSON.stringify(says(`no ${TOKEN}-at-hours here`)).replaceAll('/', '\\/')),
        'application/json',
      ],
      [
        'the token with letters that nobody sees',
        409,
        says(`no ${TOKEN.replace('-', '-\u200B')}-at-hours here`),
        'application/json',
      ],
      ['its own failure', 500, says('row 7 of table x'), 'application/json'],
      ['that it is too busy', 429, says('wait'), 'application/json'],
      ['what it thinks of the token', 401, says('token expired'), 'application/json'],
    ])('but not %s', async (_, status, body, type) => {
      json(status, body, type);
      const { message, details } = await failureOf(callOf(PLACES).system.get('/entries'));
      expect(message).toMatch(/^Another system of the studio /u);
      expect(details).toEqual({ system: 'hours', upstreamStatus: status });
    });

    it('in the charset that the answer names', async () => {
      json(
        409,
        Buffer.from('{"error":{"message":"gesch\xfctzt"}}', 'latin1'),
        'application/json;charset=iso-8859-1',
      );
      expect((await failureOf(callOf(PLACES).system.get('/entries'))).message).toBe('geschützt');
    });

    it('by itself, with a code of ours or its own', async () => {
      const { fail } = callOf();
      const thrown = async (refusal: Parameters<typeof fail>[0]) => failureOf((async () => fail(refusal))());
      expect(
        await thrown({ code: 'WEEK_LOCKED', message: 'Week is locked', path: ['entries', 0, 'week'] }),
      ).toMatchObject({
        code: 'SYSTEM_REJECTED',
        message: 'Week is locked',
        details: {
          ...{ system: 'hours', says: 'Week is locked' },
          ...{ path: 'entries.0.week', systemCode: 'WEEK_LOCKED' },
        },
      });
      expect(await thrown({ code: 'FORBIDDEN', message: '<b>no</b>' })).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringMatching(/^Another system/u),
        details: { system: 'hours' },
      });
      expect(await thrown({ code: 'INTERNAL', message: 'x' })).toMatchObject({ code: 'SYSTEM_REJECTED' });
    });
  });

  it('sends headers, repeated parameters and bodies of its own', async () => {
    json(200, {});
    const { system } = callOf();
    await system.get(
      '/entries',
      { id: [1, 2], q: 'a b', all: true, none: undefined },
      { headers: { 'If-None-Match': '"7"' } },
    );
    await system.send('POST', '/entries', 'a,b', {
      headers: { 'content-type': 'text/csv' },
      query: { week: 49 },
    });
    await system.send('PUT', '/entries/1', new Uint8Array([0, 255]));
    expect(got.map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/hours/entries?id=1&id=2&q=a+b&all=true'],
      ['POST', '/hours/entries?week=49'],
      ['PUT', '/hours/entries/1'],
    ]);
    expect(got[0]?.headers).toMatchObject({ 'if-none-match': '"7"', accept: 'application/json' });
    expect([got[1]?.headers['content-type'], String(got[1]?.body)]).toEqual(['text/csv', 'a,b']);
    expect([got[2]?.headers['content-type'], got[2]?.body]).toEqual([
      'application/octet-stream',
      Buffer.from([0, 255]),
    ]);
  });

  it.each([
    ...'authorization Authorization cookie Host content-length transfer-encoding connection'.split(' '),
    ...'x-request-id x-forwarded-for Forwarded proxy-authorization origin sec-fetch-site te'.split(' '),
    ...['x-http-method-override', 'x-shotgraph-person', 'upgrade', 'expect', 'bad header', ''],
  ])('may not set the header %j: nothing is sent, and no token is fetched', async (name) => {
    json(200, {});
    const failure = await failureOf(callOf().system.get('/entries', {}, { headers: { [name]: 'x' } }));
    expect(failure).toMatchObject({ code: 'SYSTEM_BROKEN', details: { system: 'hours', reason: 'header' } });
    expect([got, tokens]).toEqual([[], []]);
  });

  it.each([
    ['a header of two lines', 'header', { headers: { 'x-mark': 'a\r\ncookie: b' } }],
    ['a bound above the greatest', 'options', { maxBytes: 16 * 1024 * 1024 + 1 }],
    ['a bound that is no number', 'options', { maxBytes: Number.NaN }],
    ['an unknown kind of answer', 'options', { as: 'toString' }],
  ])('may not send a request with %s', async (_, reason, options) => {
    const failure = await failureOf(callOf().system.get('/entries', {}, options as object));
    expect([failure.details, got]).toEqual([{ system: 'hours', reason }, []]);
  });

  it.each<[string, string, unknown, object]>([
    ['parameters of an address', 'query', {}, { query: new URLSearchParams({ id: '1' }) }],
    ['a list of parameters', 'query', {}, { query: [['id', '1']] }],
    ['a text of parameters', 'query', {}, { query: 'id=1' }],
    ['headers of the platform', 'header', {}, { headers: new Headers({ 'x-mark': 'a' }) }],
    ['a form', 'body', new FormData(), {}],
    ['parameters as the body', 'body', new URLSearchParams({ id: '1' }), {}],
    ['a set in the body', 'body', { ids: new Set([1]) }, {}],
    ['a promise in the body', 'body', { ids: [Promise.resolve(1)] }, {}],
    ['a whole number without bounds in the body', 'body', { id: 1n }, {}],
    ['a function as the body', 'body', () => 1, {}],
    ['numbers that are no bytes', 'body', new Uint16Array([1]), {}],
  ])('may not send what would get lost on the way: %s', async (_, reason, body, options) => {
    json(200, {});
    const failure = await failureOf(callOf().system.send('POST', '/entries', body, options));
    expect([failure.details, got]).toEqual([{ system: 'hours', reason }, []]);
  });

  it('sends objects of classes by their properties, and dates as text', async () => {
    json(200, {});
    class Entry {
      readonly at = new Date(0);
      readonly tasks = [{ id: 1, note: undefined }];
    }
    await callOf().system.send('POST', '/entries', new Entry());
    expect(String(got[0]?.body)).toBe('{"at":"1970-01-01T00:00:00.000Z","tasks":[{"id":1}]}');
  });

  it('receives texts and bytes, up to its limit', async () => {
    const { system } = callOf();
    const as = (kind: 'text' | 'bytes' | 'json', maxBytes = 5) =>
      system.get('/file', {}, { as: kind, maxBytes });
    json(200, Buffer.from('a;b\xfc', 'latin1'), 'text/csv; charset=windows-1252');
    expect(await as('text')).toBe('a;bü');
    expect(await as('bytes')).toEqual(new Uint8Array([97, 59, 98, 252]));
    json(200, Buffer.from('b\xfc', 'latin1'), 'text/csv');
    expect(await failureOf(as('text'))).toMatchObject({ details: { system: 'hours', reason: 'charset' } });
    json(200, Buffer.from('"6789"'));
    for (const kind of ['text', 'bytes', 'json'] as const) {
      expect(await failureOf(as(kind))).toMatchObject({
        code: 'SYSTEM_BROKEN',
        details: { system: 'hours', reason: 'tooLarge' },
      });
    }
    expect(await as('json', 6)).toBe('6789');
  });

  it('uses another system as the same person, with a token for that one', async () => {
    json(403, {});
    const call = callOf();
    const failure = await failureOf(call.use('storage').get('/files'));
    expect(failure).toMatchObject({ code: 'FORBIDDEN', details: { system: 'storage' } });
    expect([got[0]?.url, got[0]?.headers.authorization]).toEqual([
      '/storage/files',
      `Bearer ${TOKEN}-at-storage`,
    ]);
    expect(() => call.use('constructor')).toThrow(
      expect.objectContaining({ code: 'SYSTEM_BROKEN', details: { system: 'hours', reason: 'use' } }),
    );
  });

  it('has each of its calls measured, by system, method and outcome', async () => {
    json(200, {});
    const call = callOf();
    await call.system.get('/entries');
    json(503, {});
    await failureOf(call.use('storage').send('DELETE', '/files/1'));
    await failureOf(call.system.get('/entries', {}, { headers: { cookie: 'x' } }));
    expect(observed.map(({ system, kind, outcome }) => [system, kind, outcome])).toEqual([
      ['hours', 'get', 'done'],
      ['storage', 'delete', 'SYSTEM_UNAVAILABLE'],
      ['hours', 'get', 'SYSTEM_BROKEN'],
    ]);
  });
});
