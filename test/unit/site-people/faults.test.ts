import { describe, expect, it } from 'vitest';
import express from 'express';
import { parseFaultRule } from '../../../studio/site/control/fault-rule.ts';
import type { FaultRule } from '../../../studio/site/control/fault-rule.ts';
import { createFaults } from '../../../studio/site/control/faults.ts';
import { createRequestLog } from '../../../studio/site/control/request-log.ts';
import { serveApp } from './serve-app.ts';

async function serve(...rules: FaultRule[]) {
  const faults = createFaults();
  const requestLog = createRequestLog();
  rules.forEach((rule) => faults.add(rule));
  let handled = 0;
  const app = express();
  app.use(requestLog.middleware, faults.middleware, (req, res) => {
    handled += 1;
    res.json({ data: `answer of ${req.path}` });
  });
  const origin = await serveApp(app);
  const call = (path: string, method = 'GET') => fetch(`${origin}${path}`, { method });
  return { call, faults, requestLog, handledCalls: () => handled };
}

describe('A tester who provokes faults', () => {
  it('affects only calls with the method and path prefix, and only the set number of times', async () => {
    const { call } = await serve({
      match: { method: 'get', path: '/api/v1/entity/shots' },
      status: 500,
      times: 2,
    });
    const statuses = [];
    for (const [path, method] of [
      ['/api/v1/entity/assets', 'GET'],
      ['/api/v1/entity/shots', 'POST'],
      ['/api/v1/entity/shots/1', 'GET'],
      ['/api/v1/entity/shots?x=1', 'GET'],
      ['/api/v1/entity/shots', 'GET'],
    ] as const) {
      statuses.push((await call(path, method)).status);
    }
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
  });

  it('reads a star as any text, and the pattern as the whole path', async () => {
    const { call } = await serve({ match: { path: '/api/*/_search' }, status: 404 });
    expect((await call('/api/v1/entity/shots/_search')).status).toBe(404);
    expect((await call('/api/v1/entity/shots/_search/more')).status).toBe(200);
    expect((await call('/other/api/v1/_search')).status).toBe(200);
  });

  it('gets the error envelope of the API for 401 and 500, and HTML from a gateway', async () => {
    const { call } = await serve(
      { match: { path: '/a' }, status: 401 },
      { match: { path: '/b' }, status: 500 },
      { match: { path: '/c' }, status: 502 },
    );
    const unauthorized = (await (await call('/a')).json()) as { errors: unknown[] };
    expect(unauthorized.errors).toEqual([
      expect.objectContaining({ status: 401, code: 102, title: 'Unauthorized', detail: 'Token Expired' }),
    ]);
    const broken = (await (await call('/b')).json()) as { errors: unknown[] };
    expect(broken.errors).toEqual([
      expect.objectContaining({ status: 500, code: 100, title: 'Shotgun Server Error' }),
    ]);
    const gateway = await call('/c');
    expect([gateway.status, gateway.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  });

  it('can make the site answer HTML or broken JSON with 200', async () => {
    const { call, handledCalls } = await serve(
      { match: { path: '/html' }, body: '<h1>Maintenance</h1>', contentType: 'text/html' },
      { match: { path: '/json' }, body: '{"data":[' },
    );
    const html = await call('/html');
    expect([html.status, await html.text()]).toEqual([200, '<h1>Maintenance</h1>']);
    expect(html.headers.get('content-type')).toContain('text/html');
    const json = await call('/json');
    expect(json.headers.get('content-type')).toContain('application/json');
    expect(await json.text()).toBe('{"data":[');
    expect(handledCalls()).toBe(0);
  });

  it('can cut the real answer short, or break the connection in the middle of it', async () => {
    const { call, handledCalls } = await serve(
      { match: { path: '/short' }, truncate: 8 },
      { match: { path: '/broken' }, truncate: 8, drop: true },
    );
    expect(await (await call('/short')).text()).toBe('{"data":');
    await expect(call('/broken').then((answer) => answer.text())).rejects.toThrow();
    expect(handledCalls()).toBe(2);
  });

  it('can drop a call before it is handled, or after its work is done', async () => {
    const { call, handledCalls } = await serve(
      { match: { path: '/before' }, drop: true },
      { match: { path: '/after' }, drop: true, after: true },
      { match: { path: '/late' }, status: 504, after: true, delayMs: 5 },
    );
    await expect(call('/before')).rejects.toThrow();
    expect(handledCalls()).toBe(0);
    await expect(call('/after')).rejects.toThrow();
    expect(handledCalls()).toBe(1);
    expect((await call('/late')).status).toBe(504);
    expect(handledCalls()).toBe(2);
  });

  it('delays an answer without replacing it', async () => {
    const { call } = await serve({ match: {}, delayMs: 10 });
    expect(await (await call('/x')).json()).toEqual({ data: 'answer of /x' });
  });

  it('gets an error for a typo', () => {
    expect(parseFaultRule({ match: {}, stauts: 500 })).toContain("unknown key 'stauts'");
    expect(parseFaultRule({ match: { url: '/x' } })).toContain("unknown key 'match.url'");
    expect(parseFaultRule({ match: {}, times: -1 })).toContain("illegal value of 'times'");
    expect(parseFaultRule([])).toBe('a fault is an object');
    expect(parseFaultRule({ status: 500 })).toEqual({ match: {}, status: 500 });
  });
});

describe('The log of calls', () => {
  it('keeps method, path without its query, status and time, also of a dropped call', async () => {
    const { call, requestLog } = await serve({ match: { path: '/gone' }, drop: true });
    await (await call('/token?client_secret=hidden', 'POST')).text();
    await call('/gone').catch(() => undefined);
    expect(requestLog.entries()).toEqual([
      {
        method: 'POST',
        path: '/token',
        actingAs: null,
        status: 200,
        ms: expect.any(Number),
        startedAtMs: expect.any(Number),
      },
      expect.objectContaining({ method: 'GET', path: '/gone', status: 0 }),
    ]);
    requestLog.clear();
    expect(requestLog.entries()).toEqual([]);
  });
});
