import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jwtVerify, UnsecuredJWT } from 'jose';
import type { SystemConfig, SystemTokenWay } from '../../../src/config/config.ts';
import { createGrants } from '../../../src/systems/grants.ts';
import { createSystemTokens } from '../../../src/systems/system-tokens.ts';
import { createSystems } from '../../../src/systems/systems.ts';

const unsigned = (claims: Readonly<Record<string, unknown>>): string =>
  new UnsecuredJWT({ ...claims }).encode();
const SECRET = 'an-assertion-secret-of-32-bytes-or-more';

interface Got {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

describe('Calls of a connector to its system', () => {
  let server: Server;
  let base: string;
  let got: Got[];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  let grants: { type: string; parameters: Readonly<Record<string, string>> }[];
  let nowMs: number;
  /** What the provider gives instead of an opaque token. */
  let granted: string | undefined;
  let isProviderHung: boolean;
  /** The person's own access token. */
  let own: string;
  beforeEach(async () => {
    got = [];
    grants = [];
    granted = undefined;
    own = 'own-token';
    isProviderHung = false;
    nowMs = Date.now();
    answer = (response) => response.setHeader('content-type', 'application/json').end('{"ok":true}');
    server = createServer((request, response) => {
      got.push({ url: request.url ?? '', headers: request.headers });
      answer(response, request);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const tokensOf = () =>
    createSystemTokens({
      grants: createGrants(async (type, parameters) => {
        grants.push({ type, parameters });
        if (isProviderHung) await new Promise(() => undefined);
        return { accessToken: granted ?? `granted-${grants.length}`, expiresAtMs: nowMs + 600_000 };
      }),
      clock: { now: () => nowMs },
      issuer: 'https://bff.example',
    });
  const clientOf = (token: SystemTokenWay, tokens = tokensOf(), key = 'session-1', path = '/api') => {
    const config: SystemConfig = {
      name: 'farm',
      connector: 'x',
      graphql: null,
      baseUrl: base + path,
      timeoutMs: 500,
      token,
    };
    const person = {
      key,
      subject: 'sub-1',
      login: 'mira',
      email: null,
      accessToken: async () => own,
    };
    const signal = new AbortController().signal;
    const call = createSystems([config], tokens)({ person, requestId: 'request-1', signal })('farm');
    if (call === null) throw new Error('no farm');
    return call.system;
  };
  const EXCHANGE = {
    way: 'token-exchange',
    audience: 'https://farm.example',
    scope: 'jobs',
    actor: '',
    pairwiseSubject: false,
  } as const;

  it('end at the time limit of the system if the provider gives no token', async () => {
    isProviderHung = true;
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_TIMEOUT' });
    expect(got).toEqual([]);
  });

  it('read JSON that begins with a byte order mark', async () => {
    answer = (response) =>
      response.setHeader('content-type', 'application/json').end(Buffer.from('\uFEFF{"ok":true}'));
    expect(await clientOf(EXCHANGE).get('/jobs')).toEqual({ ok: true });
  });

  it('carry a token that was exchanged for this system, once for many calls', async () => {
    const tokens = tokensOf();
    const system = clientOf(EXCHANGE, tokens);
    await Promise.all([system.get('/jobs', { q: 'a b&c' }), system.send('POST', '/jobs', { x: 1 })]);
    expect(grants).toEqual([
      {
        type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        parameters: {
          subject_token: 'own-token',
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          audience: 'https://farm.example',
          scope: 'jobs',
        },
      },
    ]);
    expect(new Set(got.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer granted-1']));
    expect(got.map(({ url }) => url).toSorted()).toEqual(['/api/jobs', '/api/jobs?q=a+b%26c']);
    expect(got[0]?.headers['x-request-id']).toBe('request-1');
    // Another session has a token of its own, and one that is about to end is renewed.
    await clientOf(EXCHANGE, tokens, 'session-2').get('/jobs');
    nowMs += 590_000;
    await system.get('/jobs');
    expect(grants.length).toBe(3);
    tokens.forget('session-1');
    await system.get('/jobs');
    expect(grants.length).toBe(4);
  });

  it('carry Microsoft’s on-behalf-of token, or the person’s own if that is for the system', async () => {
    await clientOf({ way: 'on-behalf-of', scope: 'api://farm/.default' }).get('/jobs');
    expect(grants[0]).toEqual({
      type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      parameters: {
        assertion: 'own-token',
        requested_token_use: 'on_behalf_of',
        scope: 'api://farm/.default',
      },
    });
    await clientOf({ way: 'forward', audience: '' }).get('/jobs');
    expect(got[1]?.headers.authorization).toBe('Bearer own-token');
    expect(grants.length).toBe(1);
  });

  it('name the person in a signed statement if the token is only the server’s', async () => {
    const token = {
      way: 'client-credentials',
      audience: '',
      scope: 'jobs',
      personHeader: 'x-person',
      assertionSecret: SECRET,
    } as const;
    await clientOf(token).get('/jobs');
    expect(grants[0]).toEqual({ type: 'client_credentials', parameters: { scope: 'jobs' } });
    const statement = String(got[0]?.headers['x-person']);
    const { payload } = await jwtVerify(statement, new TextEncoder().encode(SECRET), {
      issuer: 'https://bff.example',
      audience: base,
    });
    expect(payload).toMatchObject({ sub: 'sub-1', login: 'mira' });
    expect(Number(payload.exp) * 1000 - nowMs).toBeLessThanOrEqual(120_000);
  });

  it.each([
    ['/api', 'https://evil.example/x'],
    ['/api', 'jobs'],
    ['/api', '/../other'],
    ['/api', '/%2e%2e/other'],
    ['/api', '/../apis-of-others'],
    ['', '//evil.example/x'],
    ['', '/\\evil.example/x'],
    ['', '@evil.example/x'],
  ])('go only below their address: %s and %s', async (base, path) => {
    const system = clientOf(EXCHANGE, tokensOf(), 'session-1', base);
    await expect(system.get(path)).rejects.toMatchObject({ code: 'SYSTEM_BROKEN' });
    expect([got, grants]).toEqual([[], []]);
  });

  const FACTS = { aud: 'https://farm.example', sub: 'sub-1' };
  it.each([
    ['of another person', { ...FACTS, sub: 'sub-2' }, {}],
    ['of nobody', { aud: FACTS.aud }, {}],
    ['for another system', { ...FACTS, aud: ['https://other.example'] }, {}],
    ['that hides who acts', FACTS, { actor: 'shotgraph' }],
    ['in which another acts', { ...FACTS, act: { sub: 'mallory' } }, { actor: 'shotgraph' }],
  ])('never carry an exchanged token %s (G15)', async (_, claims, way) => {
    granted = unsigned(claims);
    await expect(clientOf({ ...EXCHANGE, ...way }).get('/jobs')).rejects.toMatchObject({
      code: 'SYSTEM_TOKEN',
      details: { system: 'farm' },
    });
    expect(got).toEqual([]);
  });

  it('never carry the person’s own token to a system that it is not for (G13)', async () => {
    const forward = { way: 'forward', audience: 'https://farm.example' } as const;
    for (const token of [unsigned({ aud: 'https://shotgraph.example' }), unsigned({}), 'opaque']) {
      own = token;
      await expect(clientOf(forward).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_TOKEN' });
    }
    expect(got).toEqual([]);
    own = unsigned({ aud: ['https://shotgraph.example', 'https://farm.example'] });
    await clientOf(forward).get('/jobs');
    expect(got[0]?.headers.authorization).toBe(`Bearer ${own}`);
  });

  it.each([
    ['of the person', { ...FACTS, act: { sub: 'shotgraph' } }, { actor: 'shotgraph' }],
    ['for several systems', { ...FACTS, aud: ['https://other.example', 'https://farm.example'] }, {}],
    ['with another name of the person', { ...FACTS, sub: 'x' }, { pairwiseSubject: true }],
  ])('carry one %s', async (_, claims, way) => {
    granted = unsigned(claims);
    await clientOf({ ...EXCHANGE, ...way }).get('/jobs');
    expect(got[0]?.headers.authorization).toBe(`Bearer ${granted}`);
  });

  it('follow no redirect, which would carry the token along', async () => {
    const elsewhere: string[] = [];
    const other = createServer((request, response) => {
      elsewhere.push(String(request.headers.authorization));
      response.end('{}');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    answer = (response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
    other.close();
    expect(elsewhere).toEqual([]);
  });

  it('get a new token once if theirs is refused, and then report the refusal', async () => {
    answer = (response, request) =>
      response.writeHead(request.headers.authorization === 'Bearer granted-1' ? 401 : 200).end('{}');
    await clientOf(EXCHANGE).get('/jobs');
    expect(got.map(({ headers }) => headers.authorization)).toEqual(['Bearer granted-1', 'Bearer granted-2']);
    answer = (response) => response.writeHead(401).end();
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_REFUSED' });
  });

  it.each([
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [409, 'SYSTEM_REJECTED'],
    [429, 'SYSTEM_UNAVAILABLE'],
    [500, 'SYSTEM_UNAVAILABLE'],
  ])('report a %d with our own code, and nothing of its text', async (status, code) => {
    answer = (response) => response.writeHead(status).end('{"secret": "canary"}');
    const error: unknown = await clientOf(EXCHANGE)
      .get('/jobs')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, details: { system: 'farm', upstreamStatus: status } });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it('end at the time limit, also in the middle of an answer', async () => {
    answer = () => undefined;
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_TIMEOUT' });
    answer = (response) => void response.writeHead(200).write('{"half":');
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_TIMEOUT' });
  });

  it('accept only a valid answer', async () => {
    answer = (response) => response.end('<html>');
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_BROKEN' });
    answer = (response) => response.end('');
    expect(await clientOf(EXCHANGE).send('DELETE', '/jobs/1')).toBeNull();
    await expect(clientOf(EXCHANGE).get('/jobs')).rejects.toMatchObject({ code: 'SYSTEM_BROKEN' });
    answer = (response) => response.writeHead(204).end();
    expect(await clientOf(EXCHANGE).get('/jobs')).toBeNull();
  });
});
