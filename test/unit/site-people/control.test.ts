import { describe, expect, it } from 'vitest';
import express from 'express';
import { createControl } from '../../../studio/site/control/control.ts';
import { createFaults } from '../../../studio/site/control/faults.ts';
import { createRequestLog } from '../../../studio/site/control/request-log.ts';
import { studioStorage } from './studio-rows.ts';
import { serveApp } from './serve-app.ts';

async function site() {
  const storage = studioStorage();
  const faults = createFaults();
  const requestLog = createRequestLog();
  let resets = 0;
  const app = express();
  app.use(createControl({ storage, faults, requestLog, reset: () => (resets += 1) }));
  app.use(requestLog.middleware, faults.middleware, (_req, res) => {
    res.json({});
  });
  const base = await serveApp(app);
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(base + path, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  return { storage, call, resetCount: () => resets };
}

describe('A tester at the controls', () => {
  it('reads and empties the log of calls, which does not contain calls of the controls', async () => {
    const { call } = await site();
    await call('GET', '/api/v1/entity/shots?fields=code');
    const { body } = await call('GET', '/__studio/requests');
    expect(body).toEqual([
      expect.objectContaining({ method: 'GET', path: '/api/v1/entity/shots', actingAs: null, status: 200 }),
    ]);
    expect((await call('DELETE', '/__studio/requests')).status).toBe(204);
    expect((await call('GET', '/__studio/requests')).body).toEqual([]);
  });

  it('adds and removes faults, and learns what is wrong with an invalid one', async () => {
    const { call } = await site();
    const fault = { match: { path: '/api' }, status: 500 };
    expect(await call('POST', '/__studio/faults', fault)).toEqual({ status: 201, body: fault });
    expect((await call('GET', '/api/v1')).status).toBe(500);
    expect((await call('POST', '/__studio/faults', { delay: 5 })).status).toBe(400);
    expect((await call('DELETE', '/__studio/faults')).status).toBe(204);
    expect((await call('GET', '/api/v1')).status).toBe(200);
  });

  it('sets fields of a person that REST cannot write, and gets no password in the answer', async () => {
    const { call, storage } = await site();
    const { body } = await call('PATCH', '/__studio/people/mira', {
      can_impersonate_this_user: false,
      sg_status_list: 'dis',
    });
    expect(body).toMatchObject({
      type: 'HumanUser',
      id: 31,
      login: 'mira',
      can_impersonate_this_user: false,
      sg_status_list: 'dis',
      retired: false,
    });
    expect(JSON.stringify(body)).not.toContain('mira-password');
    await call('PATCH', '/__studio/people/mira', { retired: true });
    expect(storage.get('HumanUser', 31)!.retired).toBe(true);
    await call('PATCH', '/__studio/people/mira', { retired: false });
    expect(storage.get('HumanUser', 31)!.retired).toBe(false);
    expect((await call('PATCH', '/__studio/people/nobody', {})).status).toBe(404);
    expect((await call('PATCH', '/__studio/people/mira', [])).status).toBe(400);
  });

  it('resets everything with one call', async () => {
    const { call, resetCount } = await site();
    await call('POST', '/__studio/faults', { match: { path: '/api' }, status: 500 });
    await call('GET', '/other');
    expect((await call('POST', '/__studio/reset')).status).toBe(204);
    expect(resetCount()).toBe(1);
    expect((await call('GET', '/__studio/requests')).body).toEqual([]);
    expect((await call('GET', '/api')).status).toBe(200);
  });

  it('cannot act through a page of another site in the same browser', async () => {
    const { call, resetCount } = await site();
    const refused = await call('POST', '/__studio/reset', undefined, { 'sec-fetch-site': 'cross-site' });
    expect([refused.status, resetCount()]).toEqual([403, 0]);
  });
});
