import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { createRecord, updateRecord } from '../../src/shotgun/calls/write.ts';
import {
  type Answer,
  type BentSite,
  json,
  page,
  refusal,
  reset,
  rows,
  silence,
  startBentSite,
} from '../support/bent-site.ts';
import {
  createTestShotgun,
  login,
  searchOf,
  type TestShotgun,
  type TestShotgunOptions,
} from '../support/test-shotgun.ts';

const open: (BentSite | TestShotgun)[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

async function start(options: TestShotgunOptions = {}): Promise<{ site: BentSite } & TestShotgun> {
  const site = await startBentSite();
  const client = createTestShotgun(site.url, options);
  open.push(site, client);
  return { site, ...client };
}

const SEARCH = searchOf('Shot', ['code', 'is', 'x']);
const ROW = { type: 'Shot', id: 1, attributes: { code: 'x' }, relationships: {} };
const HTML = '<html><title>Sign in</title>canary</html>';

const halfAnAnswer: Answer = (_call, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"data":[{"type":"Shot","id":1,"attributes":{"co');
};
const breaksOff: Answer = (_call, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
  response.write('{"data":[');
  setImmediate(() => response.socket?.destroy());
};

/** JSON white space, as fast as it is taken. */
const endless: Answer = (_call, response) => {
  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  const pour = (): void => {
    while (!response.destroyed && response.write(megabyte));
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.on('drain', pour);
  pour();
};

describe('a read survives a passing fault (G8)', () => {
  it.each([
    ['502', page(502, HTML)],
    ['503', json(503, undefined)],
    ['504', page(504, HTML)],
    ['429', json(429, undefined)],
    ['a reset connection', reset],
    ['an answer that breaks off', breaksOff],
  ])('%s', async (_, fault) => {
    const { site, shotgun, log } = await start();
    site.next(fault, fault, rows(ROW));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).resolves.toEqual([
      { type: 'Shot', id: 1, fields: { code: 'x' } },
    ]);
    expect(site.calls).toHaveLength(3);
    expect(log.join('')).not.toContain('canary');
  });

  it('but is repeated twice at most', async () => {
    const { site, shotgun } = await start();
    site.otherwise(json(503, undefined));
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      details: { upstreamStatus: 503 },
    });
    expect(site.calls).toHaveLength(3);
  });

  it('and not beyond its time', async () => {
    const leaving = new AbortController();
    const { site, shotgun } = await start({
      onLog: (line) => line.includes('shotgrid call repeated') && leaving.abort(),
    });
    site.otherwise(json(503, undefined));
    await expect(
      shotgun.as(login('mira')).call(searchRows(SEARCH), { signal: leaving.signal }),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(site.calls).toHaveLength(1);
  });
});

describe('a write is sent once, and its error states that it may have happened', () => {
  it.each<[string, Answer, string]>([
    ['502', page(502, HTML), 'UPSTREAM_UNAVAILABLE'],
    ['503', json(503, undefined), 'UPSTREAM_UNAVAILABLE'],
    ['a reset connection', reset, 'UPSTREAM_UNAVAILABLE'],
    ['silence', silence, 'UPSTREAM_TIMEOUT'],
    ['half an answer', halfAnAnswer, 'UPSTREAM_BROKEN'],
    ['HTML with 200', page(200, HTML), 'UPSTREAM_BROKEN'],
    ['a failure of the site', refusal(500, 100, 'Shotgun Server Error'), 'UPSTREAM_BROKEN'],
    ['another envelope', json(201, { ok: true }), 'UPSTREAM_BROKEN'],
  ])('%s', async (_, fault, code) => {
    const { site, shotgun } = await start({ settings: { timeoutMs: 1000 } });
    site.otherwise(fault);
    const mira = shotgun.as(login('mira'));
    await expect(mira.call(createRecord('Note', { subject: 'x' }))).rejects.toMatchObject({
      code,
      details: { outcome: 'unknown' },
      message: expect.stringContaining('look before you repeat'),
    });
    expect(site.calls).toHaveLength(1);
  });

  it('without a listening server, nothing happened', async () => {
    const { site, shotgun } = await start();
    const mira = shotgun.as(login('mira'));
    await mira.call(searchRows(SEARCH));
    await site.close();
    await expect(mira.call(searchRows(SEARCH))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const error: unknown = await mira.call(createRecord('Note', {})).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: undefined });
  });
});

describe('an answer that cannot be understood', () => {
  it.each([
    ['HTML with 200', page(200, HTML)],
    ['half a JSON text', halfAnAnswer],
    ['no body', json(200, undefined)],
    ['another envelope', json(200, { rows: [] })],
    ['a row without an id', rows({ type: 'Shot' })],
    ['a redirect to a sign-in page', page(302, HTML)],
    ['more than the server takes', endless],
  ])('%s -> UPSTREAM_BROKEN, not repeated', async (_, fault) => {
    // 64 MB take their time on a busy machine.
    const { site, shotgun, log } = await start({ settings: { timeoutMs: 25_000 } });
    site.otherwise(fault);
    const error: unknown = await shotgun
      .as(login('mira'))
      .call(searchRows(SEARCH))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UPSTREAM_BROKEN' });
    expect(site.calls).toHaveLength(1);
    expect(JSON.stringify([log, error])).not.toContain('canary');
  });
});

describe('time', () => {
  it('ends a silent read', async () => {
    const { site, shotgun } = await start({ settings: { timeoutMs: 1000 } });
    site.otherwise(silence);
    await expect(shotgun.as(login('mira')).call(searchRows(SEARCH))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    expect(site.calls).toHaveLength(1);
  });

  it("can be ended by the caller, with the caller's reason", async () => {
    const { site, shotgun } = await start();
    const leaving = new AbortController();
    site.otherwise(() => leaving.abort(new AppError('UPSTREAM_TIMEOUT', { details: { limit: 'request' } })));
    await expect(
      shotgun.as(login('mira')).call(searchRows(SEARCH), { signal: leaving.signal }),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      details: { limit: 'request' },
    });
  });

  it('runs in the queue too', async () => {
    const { site, shotgun } = await start({ settings: { timeoutMs: 1000, maxConnections: 1 } });
    await shotgun.as(login('mira')).call(searchRows(SEARCH));
    site.otherwise(silence);
    const calls = [1, 2, 3].map(() => shotgun.as(login('mira')).call(searchRows(SEARCH)));
    const errors = await Promise.all(calls.map((call) => call.catch((reason: unknown) => reason)));
    expect(errors).toEqual([1, 2, 3].map(() => expect.objectContaining({ code: 'UPSTREAM_TIMEOUT' })));
  });
});

describe('the site', () => {
  it('sees no more calls at once than the setting allows', async () => {
    const { site, shotgun } = await start({ settings: { maxConnections: 3 } });
    site.otherwise((call, response) => {
      setTimeout(() => void rows()(call, response), 5);
    });
    await Promise.all(Array.from({ length: 30 }, () => shotgun.as(login('mira')).call(searchRows(SEARCH))));
    expect(site.calls).toHaveLength(30);
    expect(site.mostAtOnce()).toBe(3);
  });

  it('is reported as answering or not', async () => {
    const { site, shotgun } = await start();
    site.otherwise(json(200, { data: { shotgun_version: 'v8.89' } }));
    await expect(shotgun.ping()).resolves.toBeUndefined();
    expect(site.probes[0]).toMatchObject({ method: 'GET', path: '/api/v1', actingAs: undefined });
    site.otherwise(page(200, HTML));
    await expect(shotgun.ping()).rejects.toMatchObject({ code: 'UPSTREAM_BROKEN' });
    await site.close();
    await expect(shotgun.ping()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('what is sent', () => {
  it("a search in the vendor's media type, with every part spelt out", async () => {
    const { site, shotgun } = await start();
    await shotgun.as(login('mira')).call(
      searchRows({
        ...SEARCH,
        fields: ['code', 'sg_sequence.Sequence.code'],
        sort: 'code,-id',
        pageSize: 51,
        pageNumber: 2,
      }),
    );
    const [call] = site.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/api/v1/entity/Shot/_search' });
    expect(call?.headers).toMatchObject({
      'content-type': 'application/vnd+shotgun.api3_hash+json',
      accept: 'application/json',
    });
    expect(JSON.parse(call?.body ?? '')).toEqual({
      filters: { logical_operator: 'and', conditions: [['code', 'is', 'x']] },
      fields: 'code,sg_sequence.Sequence.code',
      sort: 'code,-id',
      page: { size: 51, number: 2 },
      options: { include_archived_projects: true },
    });
  });

  it('never has a path that was forged by a type or an id', async () => {
    const { site, shotgun } = await start();
    const mira = shotgun.as(login('mira'));
    for (const type of ['../people', 'Shot/1', 'Shot?x', '', '..', 'Shot%2f'])
      await expect(mira.call(createRecord(type, {}))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    for (const id of [0, -1, 1.5, Number.NaN, 2 ** 60])
      await expect(mira.call(updateRecord('Shot', id, {}))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(site.calls).toEqual([]);
  });
});
