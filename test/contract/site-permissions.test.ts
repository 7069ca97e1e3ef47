import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { openSite, type OpenSite, type SiteAnswer, type SiteCaller } from '../support/open-site.ts';

const PROJECT = { type: 'Project', id: 2 };
const refusal = ({ status, body }: SiteAnswer): [number, number, string] => [
  status,
  body.errors[0].code,
  body.errors[0].title,
];

/** What people feel of their rights under sudo, over the whole site (API 1.4, 1.5, 7, 8, 9.1). */
describe('rights on the site', () => {
  let site: OpenSite;
  let script: SiteCaller;
  let mira: SiteCaller;
  let joao: SiteCaller;
  beforeAll(async () => {
    const dataset = demoDataset();
    const fields = structuredClone(dataset.fields) as Record<string, { data: Record<string, object> }>;
    const viewed = fields['Version']!.data['viewed_by_current_user']!;
    fields['Playlist']!.data['media_center_viewed_by_current_user'] = viewed;
    const projects = (dataset.rows['Project'] ?? []).map((project) =>
      project.id === 2
        ? { ...project, tracking_settings: { hidden_statuses: { sg_status_list: ['hld'] } } }
        : project,
    );
    site = await openSite({ dataset: { ...dataset, fields, rows: { ...dataset.rows, Project: projects } } });
    [script, mira, joao] = [await site.as(null), await site.as('mira'), await site.as('joao')];
  });
  afterAll(() => site.close());

  it('hide statuses in one project only', async () => {
    const hidden = async (query: string): Promise<unknown> =>
      (await mira.call('GET', `/schema/Shot/fields/sg_status_list${query}`)).body.data.properties
        .hidden_values.value;
    const everywhere = await hidden('');
    expect(await hidden('?project_id=2')).toEqual(['hld']);
    expect(everywhere).not.toEqual(['hld']);
    expect(await hidden('?project_id=1')).toEqual(everywhere);
    const { body } = await mira.call('GET', '/schema/Shot/fields?project_id=2');
    expect(body.data.sg_status_list.properties.hidden_values.value).toEqual(['hld']);
    // A hidden status can be written all the same (API 5.3).
    expect((await joao.call('PUT', '/entity/shots/161', { sg_status_list: 'hld' })).status).toBe(200);
  });

  it('report of a field that it is hidden, or that nobody declared it', async () => {
    const undeclared = await mira.call('GET', '/schema/Note/fields/read_by_current_user');
    expect([undeclared.status, undeclared.body.data]).toEqual([200, null]);
    const unknown = await mira.call('GET', '/schema/Note/fields/sg_nope');
    expect([unknown.status, unknown.body.errors[0].detail]).toEqual([
      404,
      "Field 'Note.sg_nope' does not exist.",
    ]);
  });

  it('give each viewer a state of their own, and a script none', async () => {
    const { body: versions } = await mira.call(
      'GET',
      '/entity/versions?filter[project.Project.id]=2&page[size]=1',
    );
    const { body: playlists } = await mira.call(
      'GET',
      '/entity/playlists?filter[project.Project.id]=2&page[size]=1',
    );
    const states = [
      ['notes/4', 'read_by_current_user', 'unread', 'read'],
      [`versions/${versions.data[0].id}`, 'viewed_by_current_user', 'unread', 'read'],
      [`playlists/${playlists.data[0].id}`, 'media_center_viewed_by_current_user', 'unread', 'read'],
      ['projects/2', 'current_user_favorite', false, true],
      ['projects/2', 'last_accessed_by_current_user', null, '2026-09-04T12:00:00Z'],
    ] as const;
    for (const [path, field, before, after] of states) {
      const read = async (who: SiteCaller): Promise<unknown> =>
        (await who.call('GET', `/entity/${path}?fields=${field}`)).body.data.attributes[field];
      expect([field, await read(mira), await read(script)]).toEqual([field, before, before]);
      for (const who of [mira, script])
        expect([field, (await who.call('PUT', `/entity/${path}`, { [field]: after })).status]).toEqual([
          field,
          200,
        ]);
      expect([field, await read(mira), await read(script)]).toEqual([field, after, before]);
    }
  });

  it('make the person the author of records written for them, and the script the author of its own', async () => {
    const note = { project: PROJECT, subject: 'By whom' };
    const authors = async (who: SiteCaller): Promise<string[]> => {
      const { body } = await who.call('POST', '/entity/notes', note);
      const { created_by: by, updated_by: last } = body.data.relationships;
      return [by.data.type, by.data.name, last?.data.type];
    };
    expect(await authors(mira)).toEqual(['HumanUser', 'Mira Okafor', 'HumanUser']);
    expect(await authors(script)).toEqual(['ApiUser', 'shotgraph 1.0', 'ApiUser']);
    const { body } = await mira.call('POST', '/entity/notes', {
      ...note,
      created_at: '2020-01-01T00:00:00Z',
    });
    const read = await mira.call('GET', `/entity/notes/${body.data.id}?fields=created_at`);
    expect(read.body.data.attributes.created_at).toBe('2020-01-01T00:00:00Z');
  });

  it('are checked before a value, and reported with the rule: a preflight that changes nothing', async () => {
    const { body } = await script.search('tasks', 'sg_status_list', ['project', 'is', PROJECT]);
    const task = `/entity/tasks/${body.data[0].id}`;
    const [code, title] = refusal(await mira.call('PUT', task, { sg_status_list: 'no such status' })).slice(
      1,
    );
    expect(code).toBe(104);
    expect(title).toMatch(
      /^The field is not editable for this user: \[Task\.sg_status_list\]\. Rule: Artist -- PermissionRule \d+: update_field_condition .* RULE: \{"logical_operator":.*logged_in_user_token.*\}$/u,
    );
    expect(refusal(await mira.call('PUT', task, { content: 5 }))).toEqual([
      400,
      104,
      'The field is not editable for this user: [Task.content].',
    ]);
    expect(
      refusal(await mira.call('POST', '/entity/tasks', { project: PROJECT, sg_status_list: 'none' })),
    ).toEqual([400, 104, 'Entity of type Task cannot be created by this user.']);
    // What does not exist at all is told before the rights are asked.
    expect(refusal(await mira.call('PUT', task, { sg_nope: 1 }))[2]).toBe(
      "API update() Task.sg_nope doesn't exist.",
    );
    const rolledBack = { request_type: 'update', entity: 'Shot', record_id: 999_999_999, data: {} };
    const asked = (data: object) => ({
      requests: [{ request_type: 'update', entity: 'Task', record_id: body.data[0].id, data }, rolledBack],
    });
    expect((await mira.call('POST', '/entity/_batch', asked({ content: 'x' }))).status).toBe(400);
    expect((await joao.call('POST', '/entity/_batch', asked({ content: 'x' }))).status).toBe(404);
    expect((await mira.call('PUT', task, {})).status).toBe(200);
  });

  it('allow nobody to change the flag of impersonation, the roles, or the activation of a person', async () => {
    const { body } = await script.call('GET', '/entity/human_users?filter[login]=kenji');
    const kenji = `/entity/human_users/${body.data[0].id}`;
    expect(refusal(await script.call('PUT', kenji, { can_impersonate_this_user: false }))[2]).toContain(
      'The field is not editable for this user: [HumanUser.can_impersonate_this_user]',
    );
    const promotion = [401, 110, 'User promotion to active is permitted only for Identity Users'];
    expect(refusal(await script.call('PUT', kenji, { sg_status_list: 'act' }))).toEqual(promotion);
    const person = { login: 'nadia', email: 'nadia@lantern.example' };
    expect(refusal(await script.call('POST', '/entity/human_users', person))).toEqual(promotion);
    const made = await script.call('POST', '/entity/human_users', { ...person, sg_status_list: 'dis' });
    expect(made.status).toBe(201);
    expect(
      (await script.call('PUT', `/entity/human_users/${made.body.data.id}`, { email: 'n@l.example' })).status,
    ).toBe(200);
    expect(refusal(await script.call('POST', '/entity/permission_rule_sets', { code: 'x' }))[2]).toContain(
      'Entity of type PermissionRuleSet cannot be created by this user.',
    );
  });

  it('allow the routes of administrators only to administrators', async () => {
    expect(refusal(await mira.call('GET', '/license_info'))).toEqual([
      401,
      102,
      'Must sudo as Administrator to query license information',
    ]);
    expect((await script.call('GET', '/license_info')).status).toBe(200);
    const field = { data_type: 'text', properties: [{ property_name: 'name', value: 'Of Mira' }] };
    for (const who of [mira, joao])
      expect((await who.call('POST', '/schema/Shot/fields', field)).status).toBe(401);
    expect((await mira.call('DELETE', '/schema/Shot/fields/description')).status).toBe(401);
    expect((await script.call('POST', '/schema/Shot/fields', field)).status).toBe(201);
  });

  it('allow to create an entry of the log, with the values of a tool, and never to change or remove it', async () => {
    const entry = {
      project: PROJECT,
      event_type: 'Farm_Job_Done',
      description: 'A job is done',
      meta: { job: 7 },
    };
    const made = await script.call('POST', '/entity/event_log_entries', entry);
    expect(made.status).toBe(201);
    const path = `/entity/event_log_entries/${made.body.data.id}`;
    const { body } = await script.call('GET', `${path}?fields=*`);
    expect(body.data.attributes).toMatchObject({
      event_type: 'Farm_Job_Done',
      meta: { job: 7 },
      session_uuid: null,
    });
    expect(body.data.relationships.user.data).toMatchObject({ type: 'ApiUser' });
    expect(refusal(await script.call('DELETE', path))[2]).toContain('can not be deleted by this user');
    expect((await script.call('PUT', path, { description: 'else' })).status).toBe(400);
    expect(refusal(await mira.call('POST', '/entity/event_log_entries', entry))[2]).toBe(
      'Entity of type EventLogEntry cannot be created by this user.',
    );
    const other = await openSite({ switches: { 'events.fieldsInCreate': 'refused' } });
    try {
      const strict = await other.as(null);
      expect((await strict.call('POST', '/entity/event_log_entries', entry)).status).toBe(400);
      expect((await strict.call('POST', '/entity/event_log_entries', { project: PROJECT })).status).toBe(201);
    } finally {
      await other.close();
    }
  });

  it('are reported in messages without an envelope if an application requests a token for a person', async () => {
    const path = `${site.url}/internal_api/app_session_request`;
    const broken = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([broken.status, await broken.json()]).toEqual([400, { message: expect.any(String) }]);
    const gone = await fetch(`${site.url}/internal_api/nothing`);
    expect([gone.status, await gone.json()]).toEqual([404, { message: expect.any(String) }]);
  });
});
