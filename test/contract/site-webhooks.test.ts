import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type OpenSite, type SiteCaller } from '../support/open-site.ts';
import { consumer } from '../unit/site-people/hook-site.ts';

interface Told {
  readonly event_type: string;
  readonly operation: string;
  readonly attribute_name: string | null;
  readonly event_log_entry_id: number;
  readonly user: object;
  readonly meta: Readonly<Record<string, unknown>>;
}

const PROJECT = { type: 'Project', id: 2 };

/** A tool that is told of what people do, from their call to the delivery (API 10). */
describe('a hook of the site', () => {
  let site: OpenSite;
  let script: SiteCaller;
  let joao: SiteCaller;
  beforeAll(async () => {
    site = await openSite();
    script = await site.as(null);
    joao = await site.as('joao');
  });
  afterAll(() => site.close());

  const hookOn = async (shot: object) => {
    const { url, received, until } = await consumer();
    const made = await script.call('POST', '/webhook/hooks', { url, entity_types: { Shot: shot } });
    expect(made.status).toBe(201);
    const told = async (count: number) => (await until(count)).map(({ data }) => data as unknown as Told);
    return { told, received, remove: () => script.call('DELETE', `/webhook/hooks/${made.body.data.id}`) };
  };

  it('is informed of each verb as a change by the person, by the id of the row in the log', async () => {
    const { told, received, remove } = await hookOn({ create: [], update: [], delete: [], revive: [] });
    const made = await joao.call('POST', '/entity/shots', { project: PROJECT, code: 'hooked' });
    const path = `/entity/shots/${made.body.data.id}`;
    await joao.call('PUT', path, { description: 'told' });
    await joao.call('DELETE', path);
    await joao.call('POST', `${path}?revive=1`);
    const events = await told(4);
    expect(events.map(({ operation, attribute_name: field }) => [operation, field])).toEqual([
      ['create', null],
      ['update', 'description'],
      ['delete', null],
      ['revive', null],
    ]);
    const { body: person } = await script.call('GET', '/entity/human_users?filter[login]=joao&fields=login');
    for (const { user, meta } of events) {
      expect(user).toEqual({ type: 'HumanUser', id: person.data[0].id });
      expect(meta['sudo_actual_user']).toMatchObject({ type: 'ApiUser' });
    }
    const row = await script.call('GET', `/entity/event_log_entries/${events[1]!.event_log_entry_id}`);
    expect(row.body.data.attributes).toMatchObject({
      event_type: 'Shotgun_Shot_Change',
      attribute_name: 'description',
    });
    expect(received).toHaveLength(4);
    await remove();
  });

  it('reports no fields that a create sets, and only its own fields', async () => {
    const { told, received, remove } = await hookOn({ update: ['description'] });
    const made = await joao.call('POST', '/entity/shots', { project: PROJECT, description: 'at once' });
    const path = `/entity/shots/${made.body.data.id}`;
    await joao.call('PUT', path, { sg_status_list: 'ip' });
    await joao.call('PUT', path, { description: 'later' });
    const [event] = await told(1);
    expect(event!.meta).toMatchObject({ old_value: 'at once', new_value: 'later' });
    expect(received).toHaveLength(1);
    await remove();
  });

  it('is not informed of a script whose logging is off, and of everything once it is on', async () => {
    const { told, received, remove } = await hookOn({ update: [] });
    const { body: scripts } = await script.call('GET', '/entity/api_users?fields=firstname');
    const own = `/entity/api_users/${scripts.data[0].id}`;
    await script.call('PUT', own, { generate_event_log_entries: false });
    await script.call('PUT', '/entity/shots/161', { description: 'unheard' });
    expect((await script.call('PUT', own, { generate_event_log_entries: true })).status).toBe(200);
    await script.call('PUT', '/entity/shots/161', { description: 'heard' });
    const [event] = await told(1);
    expect(event!.meta).toMatchObject({ new_value: 'heard' });
    expect(received).toHaveLength(1);
    await remove();
  });

  it('is informed of people who sign in and out at the pages of the site, by the name of the event', async () => {
    const { url, until } = await consumer();
    for (const event_type of ['Shotgun_User_Login', 'Shotgun_User_Logout'])
      await script.call('POST', '/webhook/hooks', { url, event_type });
    const page = (path: string, options: object) =>
      fetch(site.url + path, { method: 'POST', redirect: 'manual', ...options });
    const signedIn = await page('/sign-in', { body: new URLSearchParams({ login: 'mira' }) });
    await until(1);
    const cookie = String(signedIn.headers.get('set-cookie')).split(';')[0];
    await page('/sign-out', { headers: { cookie } });
    const [login, logout] = (await until(2)).map(({ data }) => data as unknown as Told);
    expect([login!.event_type, login!.operation]).toEqual(['Shotgun_User_Login', null]);
    expect(login!.user).toMatchObject({ type: 'HumanUser' });
    expect([logout!.event_type, logout!.user]).toEqual(['Shotgun_User_Logout', login!.user]);
  });

  it('is hidden from artists', async () => {
    const mira = await site.as('mira');
    expect((await mira.call('GET', '/webhook/hooks')).status).toBe(401);
    expect((await joao.call('GET', '/webhook/hooks')).status).toBe(200);
  });
});
