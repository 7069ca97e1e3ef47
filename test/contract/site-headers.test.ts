import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type OpenSite, type SiteCaller } from '../support/open-site.ts';

const SHORT = '/entity/shots/1?fields=code';
const LONG = '/entity/shots?fields=code&page[size]=200';
const ORIGIN = 'https://tool.studio.example';

describe('the headers of the site (API 2.10)', () => {
  let site: OpenSite;
  let script: SiteCaller;
  beforeAll(async () => {
    site = await openSite();
    script = await site.as(null);
  });
  afterAll(() => site.close());

  it('forbid to store an answer, and mark a read with an ETag: strong if it is short, otherwise weak', async () => {
    const [short, long] = [await script.call('GET', SHORT), await script.call('GET', LONG)];
    for (const { headers } of [short, long]) {
      expect(headers.get('cache-control')).toBe('private, max-age=0, must-revalidate');
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/u);
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('strict-transport-security')).not.toBeNull();
    }
    expect(short.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/u);
    expect(long.headers.get('etag')).toMatch(/^W\/"[0-9a-f]{32}"$/u);
    expect(short.headers.get('x-request-id')).not.toBe(long.headers.get('x-request-id'));
    const search = await script.search('shots', 'code', ['id', 'is', 1]);
    expect(search.headers.get('cache-control')).toBe('private, max-age=0, must-revalidate');
  });

  it('have no ETag on created, deleted or refused rows, and no request id on a refusal', async () => {
    const note = { project: { type: 'Project', id: 1 }, subject: 'Headers' };
    const made = await script.call('POST', '/entity/notes', note);
    const gone = await script.call('DELETE', `/entity/notes/${made.body.data.id}`);
    const refused = await script.call('GET', '/entity/shots/99999999');
    expect([made, gone, refused].map(({ status }) => status)).toEqual([201, 204, 404]);
    for (const { headers } of [made, gone, refused]) {
      expect(headers.get('etag')).toBeNull();
      expect(headers.get('cache-control')).toBe('no-cache, max-age=0');
      expect(headers.get('strict-transport-security')).not.toBeNull();
    }
    expect(refused.headers.get('x-request-id')).toBeNull();
    expect(refused.headers.get('x-frame-options')).toBeNull();
  });

  it('have no effect as a condition: the row is read and written all the same', async () => {
    const { headers } = await script.call('GET', SHORT);
    const fresh = { 'if-none-match': String(headers.get('etag')), 'cache-control': 'max-age=0' };
    expect((await script.call('GET', SHORT, undefined, fresh)).status).toBe(200);
    const stale = { 'if-match': '"0"', 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' };
    expect((await script.call('PUT', '/entity/shots/1', { description: 'x' }, stale)).status).toBe(200);
  });

  it('allow any path for a page of any origin, with the known request headers only', async () => {
    const preflight = (path: string, asked: string): Promise<Response> =>
      fetch(site.url + path, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': asked,
        },
      });
    for (const path of ['/api/v1/entity/shots/1', '/api/v1.1/no/such/route']) {
      const allowed = await preflight(path, 'authorization,content-type,range');
      expect([allowed.status, await allowed.text()]).toEqual([200, '']);
      expect(Object.fromEntries(allowed.headers)).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'authorization, content-type, accept, accept-language, content-language, range, origin',
        'access-control-max-age': '3600',
        vary: 'Origin, Access-Control-Request-Method',
      });
      const dropped = await preflight(path, 'authorization,x-of-my-own');
      expect(dropped.status).toBe(200);
      expect([...dropped.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const read = await script.call('GET', SHORT, undefined, { origin: ORIGIN });
    expect(read.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(read.headers.get('access-control-expose-headers')).toBeNull();
    const launcher = await preflight('/internal_api/app_session_request', 'content-type');
    expect(launcher.headers.get('access-control-allow-origin')).toBeNull();
  });
});
