import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { change, consumer, hookSite, onVersions } from './hook-site.ts';
import { closeAll } from './serve-app.ts';

describe('A tool that listens to the site', () => {
  it('gets the events that it subscribed to, signed over the raw body, and no others', async () => {
    const { call, happen } = await hookSite();
    const { url, received, until } = await consumer();
    const made = await call('POST', '/hooks', {
      url,
      entity_types: onVersions,
      token: 'hook-secret',
      projects: [70],
    });
    expect(made.status).toBe(201);
    expect(made.body.data).toMatchObject({ status: 'active', is_token_set: true, num_deliveries: 0 });
    expect(JSON.stringify(made.body)).not.toContain('hook-secret');
    happen(change(1, { attribute_name: 'description' }));
    happen(change(2, { project: { type: 'Project', id: 71 } }));
    happen(change(3, { meta: { entity_type: 'Version', entity_id: 9001, in_create: true } }));
    happen(change(4));
    const [body] = await until(1);
    expect(body).toEqual({
      data: {
        id: '4.0.0',
        event_log_entry_id: 4,
        event_type: 'Shotgun_Version_Change',
        operation: 'update',
        user: { type: 'HumanUser', id: 31 },
        entity: { type: 'Version', id: 9001 },
        project: { type: 'Project', id: 70 },
        meta: change(4).values.meta,
        created_at: '2026-09-04 12:00:00.000000',
        attribute_name: 'sg_status_list',
        session_uuid: null,
        delivery_id: expect.any(String),
      },
      timestamp: '2026-09-04T12:00:00Z',
    });
    const { headers, raw } = received[0]!;
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-sg-webhook-id': made.body.data.id,
      'x-sg-delivery-id': body!.data.delivery_id,
      'x-sg-webhook-site-url': 'https://studio.example/',
      'x-sg-signature': `sha1=${createHmac('sha1', 'hook-secret').update(raw).digest('hex')}`,
    });
    expect(received).toHaveLength(1);
  });

  it('gets events in quick succession in one batch, in order', async () => {
    const { call, happen } = await hookSite();
    const { url, until } = await consumer();
    await call('POST', '/hooks', { url, entity_types: onVersions, batch_deliveries: true });
    for (let id = 1; id <= 60; id += 1) happen(change(id));
    const bodies = await until(2);
    const ids = bodies.map(({ data }) =>
      data.deliveries.map((one: { event_log_entry_id: number }) => one.event_log_entry_id),
    );
    expect(ids.map((list: number[]) => list.length)).toEqual([50, 10]);
    expect(ids.flat()).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it('is informed of a deleted row, without its link, and of site events by their name', async () => {
    const { call, happen } = await hookSite();
    const entities = await consumer();
    const logins = await consumer();
    await call('POST', '/hooks', { url: entities.url, entity_types: onVersions });
    await call('POST', '/hooks', { url: logins.url, event_type: 'Shotgun_User_Login' });
    const meta = { type: 'entity_retirement', entity_type: 'Version', entity_id: 9001 };
    happen(change(1, { event_type: 'Shotgun_Version_Retirement', entity: null, attribute_name: null, meta }));
    happen(change(2, { event_type: 'Shotgun_User_Login', entity: null, meta: {} }));
    const [deleted] = await entities.until(1);
    expect(deleted!.data).toMatchObject({ operation: 'delete', entity: { type: 'Version', id: 9001 } });
    const [login] = await logins.until(1);
    expect(login!.data).toMatchObject({ operation: null, event_type: 'Shotgun_User_Login' });
  });

  it('is unstable after a failure and disabled after a hundred', async () => {
    const { call, happen } = await hookSite();
    const { url } = await consumer(() => 500);
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    const hook = async () => (await call('GET', `/hooks/${body.data.id}`)).body.data;
    const becomes = async (status: string) => {
      for (;;) {
        const seen = await hook();
        if (seen.status === status) return seen;
      }
    };
    happen(change(1));
    await becomes('unstable');
    for (let id = 2; id <= 100; id += 1) happen(change(id));
    expect(await becomes('failed')).toMatchObject({ num_deliveries: 100 });
    happen(change(101));
    expect(await hook()).toMatchObject({ num_deliveries: 100, status: 'failed' });
    const list = await call('GET', `/hooks/${body.data.id}/deliveries?page[size]=2`);
    expect(list.body.data).toHaveLength(2);
    expect(list.body.data[0]).toMatchObject({
      status: 'delivered',
      response_code: 500,
      body: 'x'.repeat(100),
    });
  });

  it('can be tested with an event that contains only the person who requested it', async () => {
    const { call } = await hookSite();
    const { url, until } = await consumer();
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    await call('POST', `/hooks/${body.data.id}/test_connection`);
    const [event] = await until(1);
    expect(event!.data).toMatchObject({
      event_type: 'Test_Connection',
      user: { type: expect.any(String), id: expect.any(Number) },
      project: null,
      entity: null,
    });
  });

  it('is informed when it is disabled, and can acknowledge and repeat deliveries', async () => {
    const { call, happen } = await hookSite();
    const { url, until } = await consumer();
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    const hook = `/hooks/${body.data.id}`;
    await call('PUT', hook, { status: 'disabled' });
    const [event] = await until(1);
    expect(event!.data).toMatchObject({
      id: '0',
      event_type: 'Webhook_Status_Change',
      webhook_status: 'disabled',
      previous_webhook_status: 'active',
    });
    happen(change(1));
    await call('PUT', hook, { status: 'active' });
    const bodies = await until(2);
    expect(bodies.map(({ data }) => data.event_type)).toEqual([
      'Webhook_Status_Change',
      'Webhook_Status_Change',
    ]);
    let deliveries: { id: string }[] = [];
    while (deliveries.length < 2) deliveries = (await call('GET', `${hook}/deliveries`)).body.data;
    const delivery = `/deliveries/${deliveries[0]!.id}`;
    await call('PUT', delivery, { acknowledgement: 'seen' });
    expect((await call('GET', delivery)).body.data.acknowledgement).toBe('seen');
    expect((await call('POST', `${delivery}/redeliver`)).status).toBe(204);
    expect((await until(3))[2]!.data.webhook_status).toBe('active');
  });

  it('is refused with what is wrong', async () => {
    const { call } = await hookSite({ loopback: 'refused' });
    const url = 'https://hooks.portal.example/sg';
    const refusals = [
      [{ entity_types: onVersions }, 'url is missing'],
      [{ url }, 'exactly one parameter'],
      [{ url, entity_types: onVersions, event_type: 'Shotgun_User_Login' }, 'exactly one parameter'],
      [{ url: 'http://localhost:4000/x', event_type: 'a' }, 'internal ip address'],
      [{ url: 'http://127.0.0.1/x', event_type: 'a' }, 'internal ip address'],
      [{ url: 'http://[fe80::1]/x', event_type: 'a' }, 'internal ip address'],
      [{ url: 'http://10.1.2.3/x', event_type: 'a' }, 'internal ip address'],
      [{ url: 'nonsense', event_type: 'a' }, 'internal ip address'],
    ] as const;
    for (const [body, problem] of refusals) {
      const answer = await call('POST', '/hooks', body);
      expect([answer.status, JSON.stringify(answer.body.source)]).toEqual([
        400,
        expect.stringContaining(problem),
      ]);
    }
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    const hook = `/hooks/${body.data.id}`;
    expect(JSON.stringify((await call('PUT', hook, {})).body)).toContain(
      'at least one field must be provided',
    );
    expect((await call('PUT', hook, { status: 'failed' })).status).toBe(400);
    expect((await call('DELETE', hook)).status).toBe(204);
    expect((await call('GET', hook)).body).toMatchObject({
      code: 104,
      detail: `hook: ${body.data.id} not found`,
    });
    expect((await call('GET', '/hooks/7')).body).toMatchObject({ status: 404, code: 103, detail: null });
    expect((await call('POST', `${hook}/test_connection`)).status).toBe(204);
  });

  it('needs a role that may see hooks, and no more is sent once the site closes', async () => {
    const artist = await hookSite({ role: 'artist' });
    expect((await artist.call('GET', '/hooks')).status).toBe(401);
    const { listeners } = await hookSite();
    expect(listeners.size).toBe(1);
    await closeAll();
    expect(listeners.size).toBe(0);
  });
});
