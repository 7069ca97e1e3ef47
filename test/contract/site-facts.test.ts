import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Site } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: {
      readonly id: number;
      readonly attributes: Record<string, unknown>;
      readonly relationships: Record<string, { data: unknown }>;
    }[];
    readonly links?: Record<string, string>;
    readonly errors?: {
      readonly code: number;
      readonly title: string;
      readonly source: unknown;
      readonly detail: string | null;
    }[];
  };
}

const HASH = 'application/vnd+shotgun.api3_hash+json';
const and = (...conditions: unknown[]) => ({ logical_operator: 'and', conditions });

describe('the emulated site keeps to the facts of the API', () => {
  const dataset = demoDataset();
  let site: Site;
  let token: string;
  beforeAll(async () => {
    site = await startSite({ port: 0, dataset });
    const form = {
      grant_type: 'client_credentials',
      client_id: 'shotgraph',
      client_secret: 'demo-script-key',
    };
    const answer = await fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });
  afterAll(() => site.close());

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<Answer> => {
    const answer = await fetch(`${site.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.trim() === '' ? {} : (JSON.parse(text) as Answer['body']) };
  };
  const search = (type: string, filters: unknown, more: object = {}): Promise<Answer> =>
    call('POST', `/entity/${type}/_search`, { filters, fields: 'id', page: { size: 5000 }, ...more }, HASH);
  const ids = (answer: Answer): number[] => (answer.body.data ?? []).map(({ id }) => id);

  it('has links under relationships, scalars and dotted paths under attributes, ids in neither (2.4)', async () => {
    const { body } = await search('shots', and(['id', 'is', 1]), { fields: '*' });
    const [row] = body.data ?? [];
    expect(Object.keys(row ?? {})).toEqual(['type', 'attributes', 'relationships', 'id', 'links']);
    expect(row?.attributes).not.toHaveProperty('id');
    expect(row?.relationships).toHaveProperty('sg_sequence');
    expect(row?.attributes['sg_complexity']).toMatch(/^\d\.\d$/u);
  });

  it.each([
    ['unknown fields', { fields: 'code,sg_nope' }, ['code']],
    ['paths through many-links', { fields: 'code,assets.Asset.code' }, ['code']],
    ['paths with a wrong middle type', { fields: 'code,sg_sequence.Asset.code' }, ['code']],
  ])('silently leaves out %s (2.5, 3.4)', async (_, more, names) => {
    const { status, body } = await search('shots', and(['id', 'is', 1]), more);
    expect(status).toBe(200);
    expect(Object.keys(body.data?.[0]?.attributes ?? {})).toEqual(names);
  });

  it.each([
    ['an unknown field', and(['sg_nope', 'is', 1]), "API read() Shot.sg_nope doesn't exist."],
    [
      'an unknown relation',
      and(['code', 'matches', 'x']),
      "API read() Shot.code's 'text' data type doesn't support 'matches' 'relation'",
    ],
    [
      'an unfilterable type',
      and(['open_notes_count', 'is', 1]),
      "API read() Shot.open_notes_count's 'summary' data type cannot be used in a filter.",
    ],
    [
      'an empty list',
      and(['code', 'in', []]),
      "API read() 'in' 'relation' expects at least a 1-element array: []",
    ],
    [
      'a whole number for a float',
      and(['sg_complexity', 'is', 1]),
      'API read() Shot.sg_complexity expected [String, Float, NilClass] data type(s) but got Integer: 1',
    ],
    ['a wrong operator', { logical_operator: 'AND', conditions: [] }, 'Invalid logical operator: AND'],
    [
      'no conditions',
      { logical_operator: 'and' },
      'Missing conditions parameter: {"logical_operator" => "and"}',
    ],
    [
      'a bad time unit',
      and(['created_at', 'in_last', [1, 'day']]),
      'API read() \'in_last\' \'relation\' doesn\'t support the \'day\' time unit: [1, "day"] Valid time units: ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"]',
    ],
  ])('refuses %s in a filter with an error (2.9)', async (_, filters, title) => {
    const { status, body } = await search('shots', filters);
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({ code: 103, title });
  });

  it('refuses the wrong media type in both directions (2.3)', async () => {
    expect((await call('POST', '/entity/shots/_search', { filters: and() })).status).toBe(415);
    expect((await call('POST', '/entity/shots', {}, HASH)).status).toBe(415);
  });

  it.each(['Shot', 'shots', 'shot', 'Shots'])('knows the type by the path %s (2.2)', async (segment) => {
    expect((await call('GET', `/entity/${segment}/1`)).status).toBe(200);
  });

  it('does not know it without separators, and answers with the given spelling (2.2)', async () => {
    const { status, body } = await call('GET', '/entity/publishedfiles');
    expect(status).toBe(404);
    expect(body.errors?.[0]).toMatchObject({
      code: 103,
      detail: "Entity type 'publishedfiles' does not exist.",
    });
  });

  it('always returns a next link, and a previous one from page 2 (3.6)', async () => {
    const { body } = await call('GET', '/entity/shots?fields=code&page[size]=10&page[number]=999');
    expect(body.data).toEqual([]);
    expect(Object.keys(body.links ?? {})).toEqual(['self', 'next', 'prev']);
  });

  it.each([
    ['page size 5001', { page: { size: 5001 } }, { page: { size: ['size must be less than 5000'] } }],
    ['page size 0', { page: { size: 0 } }, { page: { size: ['size must be greater than 0'] } }],
    ['an empty sort', { sort: '' }, { sort: ['sort must be filled'] }],
  ])('refuses %s (2.11, 3.5)', async (_, more, source) => {
    const { status, body } = await search('shots', and(), more);
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({ title: 'Request Parameters invalid.', source });
  });

  it('creates with a short answer, updates with a full one, retires and revives (5.1)', async () => {
    const missing = await call('POST', '/entity/shots', { code: 'x' });
    expect(missing.body.errors?.[0]?.title).toBe(`API create() missing 'project' attribute: {"code" => "x"}`);
    const created = (await call('POST', '/entity/shots', {
      project: { type: 'Project', id: 1 },
    })) as unknown as {
      status: number;
      body: { data: { id: number; attributes: Record<string, unknown> } };
    };
    expect(created.status).toBe(201);
    const { id, attributes } = created.body.data;
    expect(attributes['code']).toBe(`New Shot ${id}`);
    expect(attributes['created_at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/u);
    expect((await call('DELETE', `/entity/shots/${id}`)).status).toBe(204);
    expect((await call('GET', `/entity/shots/${id}`)).body.errors?.[0]?.detail).toBe(`Shot: ${id} not found`);
    expect((await call('GET', `/entity/shots/${id}?options[return_only]=retired`)).status).toBe(200);
    expect((await call('POST', `/entity/shots/${id}?revive=1`)).status).toBe(200);
    expect((await call('GET', `/entity/shots/${id}`)).status).toBe(200);
  });

  it('replaces a bare list of links, and adds with the mode in the body (5.2)', async () => {
    const read = async (): Promise<number[]> => {
      const { body } = await search('shots', and(['id', 'is', 2]), { fields: 'assets' });
      const links = (body.data?.[0]?.relationships['assets']?.data ?? []) as { id: number }[];
      // They come by name.
      return links.map(({ id }) => id).sort((a, b) => a - b);
    };
    const link = (id: number) => ({ type: 'Asset', id });
    await call('PUT', '/entity/shots/2', { assets: [link(1), link(2)] });
    expect(await read()).toEqual([1, 2]);
    await call('PUT', '/entity/shots/2', { assets: { multi_entity_update_mode: 'add', value: [link(3)] } });
    expect(await read()).toEqual([1, 2, 3]);
    await call('PUT', '/entity/shots/2?multi_entity_update_mode=add', { assets: [link(4)] });
    expect(await read()).toEqual([4]);
    const back = await search('assets', and(['shots', 'is', { type: 'Shot', id: 2 }]));
    expect(ids(back)).toEqual([4]);
  });

  it('undoes a whole batch if one operation fails (5.5)', async () => {
    const before = ids(await search('notes', and())).length;
    const answer = await call('POST', '/entity/_batch', {
      requests: [
        {
          request_type: 'create',
          entity: 'Note',
          data: { project: { type: 'Project', id: 1 }, subject: 'x' },
        },
        { request_type: 'update', entity: 'Version', record_id: 999999, data: {} },
      ],
    });
    expect(answer.status).toBe(404);
    expect(ids(await search('notes', and())).length).toBe(before);
  });
});
