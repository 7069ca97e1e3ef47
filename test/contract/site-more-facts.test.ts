import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import { scriptToken } from '../support/script-token.ts';

interface Answer {
  readonly status: number;
  // What the site answers is looked at, not relied on.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

const SEARCH = 'application/vnd+shotgun.api3_hash+json';

describe('the emulated site, facts beside rows', () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    site = await startSite({ port: 0, dataset: demoDataset() });
  });
  afterAll(() => site.close());

  const tokenOf = async (login: string): Promise<string> => {
    const known = tokens.get(login);
    if (known !== undefined) return known;
    const scope = login === 'script' ? {} : { scope: `sudo_as_login:${login}` };
    const answer = await fetch(`${site.url}/api/v1/auth/access_token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'shotgraph',
        client_secret: 'demo-script-key',
        grant_type: 'client_credentials',
        ...scope,
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    tokens.set(login, token);
    return token;
  };
  const call = async (login: string, method: string, path: string, body?: object): Promise<Answer> => {
    const type = path.endsWith('/_search') && path.startsWith('/entity') ? SEARCH : 'application/json';
    const answer = await fetch(`${site.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${await tokenOf(login)}`, ...(body && { 'content-type': type }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  describe('a task template (API 5.1)', () => {
    it('makes its Tasks, in order and depending on each other, with the row that names it', async () => {
      const { body: template } = await call('script', 'GET', '/entity/task_templates/1');
      expect(template.data.attributes.entity_type).toBe('Shot');
      const { body: made } = await call('joao', 'POST', '/entity/shots', {
        code: 'templated_0010',
        project: { type: 'Project', id: 2 },
        task_template: { type: 'TaskTemplate', id: 1 },
      });
      // The 201 shows none of them all the same.
      expect(made.data.relationships.tasks?.data ?? []).toEqual([]);
      const { body: tasks } = await call('joao', 'POST', '/entity/tasks/_search', {
        filters: {
          logical_operator: 'and',
          conditions: [['entity', 'is', { type: 'Shot', id: made.data.id }]],
        },
        fields: ['content', 'upstream_tasks', 'template_task', 'project'],
        sort: 'id',
      });
      expect(tasks.data.map((task: { attributes: { content: string } }) => task.attributes.content)).toEqual([
        'Layout',
        'Animation',
        'FX',
        'Lighting',
        'Compositing',
      ]);
      const ids = tasks.data.map(({ id }: { id: number }) => id);
      const upstream = tasks.data.map(
        // oxlint-disable-next-line typescript/no-explicit-any
        (task: any) => task.relationships.upstream_tasks.data.map(({ id }: { id: number }) => id) as number[],
      );
      expect(upstream).toEqual([[], [ids[0]], [ids[1]], [ids[2]], [ids[3]]]);
      expect(tasks.data[0].relationships.project.data).toMatchObject({ type: 'Project', id: 2 });
    });
  });

  describe('a hierarchy (API 4.3)', () => {
    const expand = (path: string, as = 'mira') => call(as, 'POST', '/hierarchy/_expand', { path });

    it('is read level by level from the project to its shots, in the shape of its navigation', async () => {
      const { body: root } = await expand('/Project/1');
      expect(Object.keys(root.data)).toEqual([
        'label',
        'ref',
        'parent_path',
        'path',
        'target_entities',
        'has_children',
        'children',
      ]);
      const shots = root.data.children.find(({ path }: { path: string }) => path.endsWith('/Shot'));
      const { body: sequences } = await expand(shots.path);
      const [first] = sequences.data.children;
      expect(first.ref).toMatchObject({ kind: 'entity', value: { type: 'Sequence' } });
      const { body: leaves } = await expand(first.path);
      expect(leaves.data.children.length).toBeGreaterThan(0);
      expect(leaves.data.target_entities).toMatchObject({ type: 'Shot' });
      const { body: found } = await call('mira', 'POST', '/hierarchy/_search', {
        search_criteria: { entity: leaves.data.children[0].ref.value },
      });
      expect(found.data).toMatchObject([
        {
          project_id: 1,
          incremental_path: ['/Project/1', shots.path, first.path, leaves.data.children[0].path],
        },
      ]);
    });

    it('hides a project from people outside it, and accepts one criterion only', async () => {
      const hidden = await expand('/Project/3');
      expect(hidden).toMatchObject({ status: 400, body: { errors: [{ code: 107 }] } });
      const wrong = await call('mira', 'POST', '/hierarchy/_search', { search_criteria: { a: 1, b: 2 } });
      expect(wrong.status).toBe(400);
      expect(JSON.stringify(wrong.body)).toContain('search_criteria size must be 1');
    });
  });

  it('describes what it serves, and nothing else (API 0)', async () => {
    const answer = await fetch(`${site.url}/api/v1/spec.json`);
    const spec = (await answer.json()) as { openapi: string; paths: Record<string, Record<string, unknown>> };
    expect(spec.openapi).toBe('3.0.0');
    expect(spec.paths['/entity/{types}/_search']).toHaveProperty('post');
    expect(spec.paths['/entity/{types}/{id}']).toMatchObject({ get: {}, put: {}, delete: {} });
    expect(spec.paths['/hierarchy/_expand']).toHaveProperty('post');
    expect(spec.paths).not.toHaveProperty('/me');
    expect(Object.keys(spec.paths).length).toBeGreaterThanOrEqual(30);
  });

  describe('what each viewer has of their own (API 1.5)', () => {
    const read = async (login: string): Promise<unknown> =>
      (await call(login, 'GET', '/entity/notes/4?fields=read_by_current_user')).body.data.attributes[
        'read_by_current_user'
      ];

    it('is different for each person, and the script has none', async () => {
      expect([await read('mira'), await read('script')]).toEqual(['unread', 'unread']);
      expect((await call('mira', 'PUT', '/entity/notes/4', { read_by_current_user: 'read' })).status).toBe(
        200,
      );
      expect((await call('script', 'PUT', '/entity/notes/4', { read_by_current_user: 'read' })).status).toBe(
        200,
      );
      expect([await read('mira'), await read('script')]).toEqual(['read', 'unread']);
    });

    it('can be searched for, by read and unread only (API 3.3)', async () => {
      const search = async (relation: string, value: unknown): Promise<number[]> => {
        const filters = {
          logical_operator: 'and',
          conditions: [
            ['id', 'in', [4, 7]],
            ['read_by_current_user', relation, value],
          ],
        };
        const { body } = await call('mira', 'POST', '/entity/notes/_search', { filters, fields: 'subject' });
        return (body.data as { id: number }[]).map(({ id }) => id);
      };
      expect(await search('is', 'read')).toEqual([4]);
      expect(await search('is', 'unread')).toEqual([7]);
      expect(await search('is_not', 'read')).toEqual([7]);
      expect(await search('in', ['read'])).toEqual([7]);
    });

    it('reports when each person last opened a project', async () => {
      await call('mira', 'PUT', '/entity/projects/1/_update_last_accessed', { user_id: 31 });
      const at = async (login: string): Promise<unknown> =>
        (await call(login, 'GET', '/entity/projects/1?fields=last_accessed_by_current_user')).body.data
          .attributes.last_accessed_by_current_user;
      expect(await at('mira')).toMatch(/^\d{4}-/u);
      expect(await at('script')).toBeNull();
    });
  });
});

describe('what deletes rows, and what cannot be deleted (API 8)', () => {
  it('is the list of replies of a note, and a reply to nothing', async () => {
    const site = await startSite({ port: 0, dataset: demoDataset() });
    try {
      const token = await scriptToken(site.url);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const send = (method: string, path: string, body?: object): Promise<Response> =>
        fetch(`${site.url}/api/v1/entity/${path}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
      const thread = async (): Promise<number[]> => {
        const { data } = (await (await send('GET', 'notes/4?fields=replies')).json()) as {
          data: { relationships: { replies: { data: { id: number }[] } } };
        };
        return data.relationships.replies.data.map(({ id }) => id);
      };
      const [reply] = await thread();
      expect(reply).toBeDefined();
      expect((await send('PUT', 'notes/4', { replies: [] })).status).toBe(200);
      expect(await thread()).toEqual([]);
      expect((await send('GET', `replies/${reply}`)).status).toBe(404);

      const orphan = (await (await send('POST', 'replies', { content: 'to nothing' })).json()) as {
        data: { id: number };
      };
      const refused = await send('DELETE', `replies/${orphan.data.id}`);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('reflect_on_association');
      await send('PUT', `replies/${orphan.data.id}`, { entity: { type: 'Note', id: 4 } });
      expect((await send('DELETE', `replies/${orphan.data.id}`)).status).toBe(204);
    } finally {
      await site.close();
    }
  });
});

describe('a batch that is slow (API 5.5)', () => {
  it('is carried out although the client has disconnected', async () => {
    const site = await startSite({
      port: 0,
      dataset: demoDataset(),
      switches: { 'batch.msPerRequest': 200 },
    });
    try {
      const token = await scriptToken(site.url);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const requests = ['a', 'b', 'c', 'd', 'e'].map((description) => ({
        request_type: 'update',
        entity: 'Shot',
        record_id: 1,
        data: { description },
      }));
      const sent = fetch(`${site.url}/api/v1/entity/_batch`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ requests }),
        signal: AbortSignal.timeout(150),
      });
      await expect(sent).rejects.toThrow();
      const read = await fetch(`${site.url}/api/v1/entity/shots/1?fields=description`, { headers });
      expect(await read.json()).toMatchObject({ data: { attributes: { description: 'e' } } });
    } finally {
      await site.close();
    }
  });
});
