import { afterEach, describe, expect, it } from 'vitest';
import type { SiteOptions } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { studioDataset } from '../unit/site-people/studio-rows.ts';

const SESSION = '7c1e04a2-0000-4000-8000-000000000001';
const HASH = 'application/vnd+shotgun.api3_hash+json';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Row {
  type: string;
  id: number;
  attributes: Record<string, unknown>;
  relationships: Record<string, { data: { id: number; type: string; name: string } | null }>;
}
interface Answer {
  status: number;
  title: string | undefined;
  code: number | undefined;
  text: string;
  rows: Row[];
  row: Row;
}

async function site(options: Partial<SiteOptions> = {}) {
  const clock = { ms: Date.UTC(2026, 8, 4, 12) };
  const now = () => clock.ms;
  const { url, close } = await startSite({ port: 0, dataset: studioDataset(), now, ...options });
  closers.push(close);

  const token = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'shotgraph',
      client_secret: 'demo-script-key',
      ...fields,
    });
    return fetch(`${url}/api/v1/auth/access_token`, { method: 'POST', body });
  };
  const as = async (login: string | null, sessionUuid?: string) => {
    const scope: Record<string, string> = login === null ? {} : { scope: `sudo_as_login:${login}` };
    const granted = await token({ ...scope, ...(sessionUuid ? { session_uuid: sessionUuid } : {}) });
    const { access_token: bearer } = (await granted.json()) as { access_token: string };
    const call = async (method: string, path: string, body?: object, type = 'application/json') => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': type } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return read(answer);
    };
    return {
      get: (path: string) => call('GET', path),
      post: (path: string, body: object) => call('POST', path, body),
      put: (path: string, body: object) => call('PUT', path, body),
      delete: (path: string) => call('DELETE', path),
      search: (
        types: string,
        fields: string,
        filters: object = { logical_operator: 'and', conditions: [] },
      ) => call('POST', `/entity/${types}/_search`, { filters, fields, sort: 'id' }, HASH),
    };
  };
  const control = async (method: string, path: string, body?: object) =>
    fetch(`${url}/__studio${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
  return { url, clock, token, as, control };
}

async function read(answer: Response): Promise<Answer> {
  const text = await answer.text();
  const body = (text.startsWith('{') ? safeParse(text) : {}) as {
    data?: Row[] | Row;
    errors?: { title: string; code: number }[];
  };
  const rows = [body.data ?? []].flat();
  const [error] = body.errors ?? [];
  return { status: answer.status, title: error?.title, code: error?.code, text, rows, row: rows[0] as Row };
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const ids = ({ rows }: Answer) => rows.map(({ id }) => id);

describe('The same search as four people', () => {
  it('returns to each the rows that their role and membership allow', async () => {
    const { as } = await site();
    const seen: Record<string, number[]> = {};
    for (const login of [null, 'mira', 'joao', 'vera']) {
      seen[login ?? 'script'] = ids(await (await as(login)).search('versions', 'code'));
    }
    expect(seen).toEqual({ script: [9001, 9002, 9003], mira: [9001, 9002], joao: [9003], vera: [9002] });
  });

  it('hides a single row as if it did not exist, and refuses a forbidden type as a client error', async () => {
    const { as } = await site();
    const mira = await as('mira');
    expect((await mira.get('/entity/versions/9003')).status).toBe(404);
    const forbidden = await mira.search('api_users', 'firstname');
    expect(forbidden).toMatchObject({
      status: 400,
      code: 104,
      title: 'Entity of type ApiUser can not be accessed by this user. Rule: Artist',
    });
    const script = await (await as(null)).get('/entity/api_users/40');
    expect(script.row.attributes).toHaveProperty('firstname', 'shotgraph');
    expect(script.text).not.toContain('demo-script-key');
    const people = await (await as(null)).search('human_users', '*');
    expect(people.text).not.toContain('mira-password');
  });

  it('has the same fields for all, editable to the caller alone', async () => {
    const { as } = await site();
    const editable = async (login: string | null) => {
      const answer = await (await as(login)).get('/schema/Task/fields');
      const { data } = JSON.parse(answer.text) as { data: Record<string, { editable: { value: boolean } }> };
      const names = Object.keys(data);
      return { count: names.length, names: names.filter((name) => data[name]!.editable.value) };
    };
    const [script, mira] = [await editable(null), await editable('mira')];
    expect(mira.count).toBe(script.count);
    expect(mira.names).toEqual(['sg_status_list']);
    expect(script.names).toContain('content');
  });
});

describe('Mira, an Artist, in the review', () => {
  it('approves her Version and writes a note: both are hers in the event log, with the script in meta', async () => {
    const { as } = await site();
    const mira = await as('mira', SESSION);
    const approved = await mira.put('/entity/versions/9001', { sg_status_list: 'apr' });
    expect([approved.status, approved.row.attributes.sg_status_list]).toEqual([200, 'apr']);
    const note = await mira.post('/entity/notes', {
      project: { type: 'Project', id: 70 },
      subject: 'Approved',
      content: 'Lovely.',
    });
    expect(note.status).toBe(201);
    const events = await (
      await as(null)
    ).search('event_log_entries', 'event_type,attribute_name,meta,user,entity,session_uuid');
    expect(events.rows.map(({ attributes }) => attributes.event_type)).toEqual(
      expect.arrayContaining(['Shotgun_Version_Change', 'Shotgun_Note_New', 'Shotgun_Note_Change']),
    );
    for (const { attributes, relationships } of events.rows) {
      expect(relationships.user!.data).toMatchObject({ type: 'HumanUser', id: 31, name: 'Mira Okafor' });
      expect(attributes.session_uuid).toBe(SESSION);
      expect(attributes.meta).toMatchObject({ sudo_actual_user: { type: 'ApiUser', id: 40 } });
    }
    const created = await (await as(null)).get(`/entity/notes/${note.row.id}`);
    expect(created.row.relationships.created_by!.data).toMatchObject({ type: 'HumanUser', id: 31 });
  });

  it('is refused by permission before her values are looked at', async () => {
    const { as } = await site();
    const mira = await as('mira');
    const refusals = [
      await mira.put('/entity/versions/9002', { sg_status_list: 'no such status' }),
      await mira.put('/entity/tasks/501', { content: 5 }),
      await mira.post('/entity/tasks', { project: { type: 'Project', id: 70 }, content: 5 }),
      await mira.delete('/entity/tasks/501'),
    ];
    expect(refusals.map(({ status, code }) => `${status}/${code}`)).toEqual(Array(4).fill('400/104'));
    const [conditional, ...plain] = refusals.map(({ title }) => title);
    expect(conditional).toContain(
      'The field is not editable for this user: [Version.sg_status_list]. Rule: Artist',
    );
    expect(plain).toEqual([
      'The field is not editable for this user: [Task.content].',
      'Entity of type Task cannot be created by this user.',
      'Entity of type Task can not be deleted by this user.',
    ]);
    expect((await mira.put('/entity/tasks/501', {})).status).toBe(200);
  });

  it('leaves no event when her batch fails, and one for each field when it succeeds', async () => {
    const { as } = await site();
    const mira = await as('mira');
    const update = (id: number, data: object) => ({
      request_type: 'update',
      entity: 'Version',
      record_id: id,
      data,
    });
    const failed = await mira.post('/entity/_batch', {
      requests: [update(9001, { sg_status_list: 'apr' }), update(9002, { sg_status_list: 'apr' })],
    });
    expect(failed.status).toBe(400);
    const script = await as(null);
    expect((await script.search('event_log_entries', 'id')).rows).toEqual([]);
    await mira.post('/entity/_batch', {
      requests: [update(9001, { sg_status_list: 'apr', description: 'final' })],
    });
    expect((await script.search('event_log_entries', 'id')).rows).toHaveLength(2);
  });
});

describe('A deleted row', () => {
  it('leaves a history without links, and is restored with an event', async () => {
    const { as } = await site();
    const mira = await as('mira');
    await mira.put('/entity/notes/8001', { subject: 'Retime it' });
    expect((await mira.delete('/entity/notes/8001')).status).toBe(204);
    expect((await mira.post('/entity/notes/8001?revive=1', {})).status).toBe(200);
    const events = await (await as(null)).search('event_log_entries', 'event_type,entity');
    expect(
      events.rows
        .filter(({ attributes }) => String(attributes.event_type).startsWith('Shotgun_Note'))
        .map(({ attributes, relationships }) => [
          attributes.event_type,
          relationships.entity!.data?.id ?? null,
        ]),
    ).toEqual([
      ['Shotgun_Note_Change', null],
      ['Shotgun_Note_Retirement', null],
      ['Shotgun_Note_Change', null],
      ['Shotgun_Note_Revival', 8001],
    ]);
  });
});

describe('The site under faults', () => {
  it('refuses wrong secrets and people who may not be impersonated, and expires tokens', async () => {
    const { token, as, clock, control } = await site();
    const title = async (fields: Record<string, string>) => (await read(await token(fields))).title;
    expect(await title({ client_secret: 'wrong' })).toBe("Can't authenticate script 'shotgraph'");
    expect(await title({ scope: 'sudo_as_login:ada' })).toContain(
      "'can_impersonate_this_user' turned off: 'ada'",
    );
    const mira = await as('mira');
    await control('PATCH', '/people/mira', { sg_status_list: 'dis' });
    expect(await title({ scope: 'sudo_as_login:mira' })).toBe(
      "Cannot 'sudo' - inactive user account: 'mira'",
    );
    expect((await mira.get('/entity/versions/9001')).status).toBe(200);
    clock.ms += 600_000;
    const expired = await mira.get('/entity/versions/9001');
    expect([expired.status, expired.code, expired.title]).toEqual([401, 102, 'Unauthorized']);
    expect(expired.text).toContain('Token Expired');
    expect((await read(await fetch(`${(await site()).url}/api/v1/entity/versions`))).status).toBe(401);
  });

  it('fails on demand, and reports its requests and their senders afterwards', async () => {
    const { as, control, token } = await site();
    const mira = await as('mira');
    await control('POST', '/faults', { match: { path: '/api/v1/entity/versions*' }, truncate: 20, times: 1 });
    await control('POST', '/faults', { match: { method: 'PUT' }, status: 502, after: true, times: 1 });
    expect((await mira.get('/entity/versions/9001')).text).toHaveLength(20);
    expect((await mira.put('/entity/versions/9001', { sg_status_list: 'apr' })).status).toBe(502);
    const after = await mira.get('/entity/versions/9001');
    expect(after.row.attributes.sg_status_list).toBe('apr');
    await token({ client_secret: 'wrong' });
    const log = (await (await control('GET', '/requests')).json()) as Record<string, unknown>[];
    expect(log.map(({ method, path, actingAs, status }) => [method, path, actingAs, status])).toEqual([
      ['POST', '/api/v1/auth/access_token', null, 200],
      ['GET', '/api/v1/entity/versions/9001', 'mira', 200],
      ['PUT', '/api/v1/entity/versions/9001', 'mira', 502],
      ['GET', '/api/v1/entity/versions/9001', 'mira', 200],
      ['POST', '/api/v1/auth/access_token', null, 400],
    ]);
    await control('POST', '/reset');
    const script = await as(null);
    expect((await script.get('/entity/versions/9001')).row.attributes.sg_status_list).toBe('rev');
    expect((await script.search('event_log_entries', 'id')).rows).toEqual([]);
    expect(await (await control('GET', '/requests')).text()).toContain('"actingAs":"shotgraph"');
  });

  it('shows events only after the lag', async () => {
    const { as, clock } = await site({ eventLagMs: 300 });
    await (await as('mira')).put('/entity/versions/9001', { sg_status_list: 'apr' });
    const script = await as(null);
    expect((await script.search('event_log_entries', 'id')).rows).toEqual([]);
    clock.ms += 300;
    expect((await script.search('event_log_entries', 'id')).rows).toHaveLength(1);
  });

  it('serves threads, follows and hooks beside the rows', async () => {
    const { as } = await site();
    const mira = await as('mira');
    expect(ids(await mira.get('/entity/notes/8001/thread_contents')).sort()).toEqual([301, 8001]);
    const entities = [{ record_id: 9001, entity: 'Version' }];
    expect((await mira.post('/entity/human_users/31/follow', { entities })).status).toBe(204);
    expect(ids(await mira.get('/entity/versions/9001/followers'))).toEqual([31]);
    expect((await mira.get('/webhook/hooks')).status).toBe(401);
    expect((await (await as(null)).get('/webhook/hooks')).rows).toEqual([]);
  });
});
