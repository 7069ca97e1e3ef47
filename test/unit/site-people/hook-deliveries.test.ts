import { describe, expect, it } from 'vitest';
import { deliveryTimeoutMs } from '../../../studio/site/webhooks/send-events.ts';
import type { Hook } from '../../../studio/site/webhooks/hook.ts';
import { makeCertificate, startTlsProxy } from '../../support/tls-proxy.ts';
import { atEnd } from './serve-app.ts';
import { change, consumer, hookSite, onVersions } from './hook-site.ts';

const headersOf = (received: readonly { headers: Record<string, unknown> }[], name: string) =>
  received.map(({ headers }) => headers[`x-sg-event-batch-${name}`]);

describe('What goes out to a hook', () => {
  it('gives each event of one write its position', async () => {
    const { call, happen } = await hookSite();
    const { url, received, until } = await consumer();
    await call('POST', '/hooks', { url, entity_types: { Version: { update: [] } } });
    for (const id of [1, 2, 3]) happen(change(id));
    await until(3);
    expect(headersOf(received, 'index')).toEqual(['1', '2', '3']);
    expect(headersOf(received, 'size')).toEqual(['3', '3', '3']);
    expect(new Set(headersOf(received, 'id')).size).toBe(1);
  });

  it('is one batch even for one event, if the hook accepts batches', async () => {
    const { call, happen } = await hookSite();
    const { url, until } = await consumer();
    await call('POST', '/hooks', { url, entity_types: onVersions, batch_deliveries: true });
    happen(change(7));
    const [body] = await until(1);
    expect(body!.data.deliveries.map(({ event_log_entry_id: id }) => id)).toEqual([7]);
  });

  it('loses its values beyond a megabyte, and states that', async () => {
    const { call, happen } = await hookSite();
    const { url, until, received } = await consumer();
    await call('POST', '/hooks', { url, entity_types: { Version: { update: [] } } });
    const meta = { ...(change(1).values.meta as object), old_value: 'short' };
    happen(change(1, { meta: { ...meta, new_value: 'x'.repeat(1_000_001) } }));
    happen(change(2, { meta: { ...meta, new_value: 'y'.repeat(900_000) } }));
    const [large, fitting] = (await until(2)) as unknown as { data: Record<string, object> }[];
    expect(large!.data).toMatchObject({ warning: expect.stringContaining('removed') });
    expect(large!.data['meta']).toMatchObject({ attribute_name: 'sg_status_list' });
    expect(large!.data['meta']).not.toHaveProperty('new_value');
    expect(large!.data['meta']).not.toHaveProperty('old_value');
    expect(fitting!.data).not.toHaveProperty('warning');
    expect(received[1]!.raw.length).toBeGreaterThan(900_000);
  });

  it('goes over TLS to a host with a valid certificate, or to any host if the hook allows it', async () => {
    const { call, happen } = await hookSite();
    const { url, until } = await consumer();
    const proxy = await startTlsProxy(await makeCertificate());
    atEnd(() => proxy.close());
    proxy.leadTo(Number(new URL(url).port));
    const secure = `https://127.0.0.1:${proxy.port}/`;
    const hookWith = async (more: object) =>
      (await call('POST', '/hooks', { url: secure, entity_types: onVersions, ...more })).body.data
        .id as string;
    const strict = await hookWith({});
    const lax = await hookWith({ validate_ssl_cert: false });
    happen(change(5));
    const codesOf = async (id: string, count: number): Promise<number[]> => {
      for (;;) {
        const { data } = (await call('GET', `/hooks/${id}/deliveries`)).body;
        const codes = data.map((delivery: { response_code: number }) => delivery.response_code);
        if (codes.length >= count) return codes;
      }
    };
    expect(await codesOf(lax, 1)).toEqual([200]);
    expect((await until(1))[0]!.data).toHaveProperty('event_log_entry_id');
    expect(await codesOf(strict, 1)).toEqual([0]);
  });

  it('never reports scripts, the log itself or connections, although such hooks are accepted', async () => {
    const { call, happen } = await hookSite();
    const { url, received, until } = await consumer();
    const all = { create: [], update: [], delete: [], revive: [] };
    const types = { ApiUser: all, EventLogEntry: all, PlaylistVersionConnection: all, ...onVersions };
    expect((await call('POST', '/hooks', { url, entity_types: types })).status).toBe(201);
    for (const [index, type] of ['ApiUser', 'EventLogEntry', 'PlaylistVersionConnection'].entries()) {
      happen(
        change(index + 1, {
          event_type: `Shotgun_${type}_Change`,
          meta: { type: 'attribute_change', entity_type: type, entity_id: 1 },
        }),
      );
    }
    happen(change(9));
    expect((await until(1))[0]!.data).toMatchObject({ event_log_entry_id: 9 });
    expect(received).toHaveLength(1);
  });
});

describe('A consumer that fails', () => {
  it('has six seconds for one event, and one second for each event of a batch', () => {
    const single = { isBatched: false } as Hook;
    const batched = { isBatched: true } as Hook;
    expect(deliveryTimeoutMs(single, 1)).toBe(6000);
    expect([1, 6, 7, 50].map((count) => deliveryTimeoutMs(batched, count))).toEqual([
      6000, 6000, 7000, 50_000,
    ]);
  });

  it('by not answering is recorded as unanswered, and delays only its own hook', async () => {
    const { call, happen } = await hookSite({ timeoutMs: 200 });
    const silent = await consumer(() => new Promise<number>(() => {}));
    const other = await consumer();
    const { body } = await call('POST', '/hooks', { url: silent.url, entity_types: onVersions });
    await call('POST', '/hooks', { url: other.url, entity_types: onVersions });
    happen(change(1));
    await other.until(1);
    let deliveries: { response_code: number }[] = [];
    while (deliveries.length === 0)
      deliveries = (await call('GET', `/hooks/${body.data.id}/deliveries`)).body.data;
    expect(deliveries).toMatchObject([{ status: 'delivered', response_code: 0, body: '' }]);
    expect((await call('GET', `/hooks/${body.data.id}`)).body.data.status).toBe('unstable');
  });

  it('a hundred times in a day gets no further events, not even queued ones', async () => {
    const { call, happen } = await hookSite();
    const { url, received, until } = await consumer((count) => (count <= 100 ? 500 : 200));
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    const hook = `/hooks/${body.data.id}`;
    for (let id = 1; id <= 150; id += 1) happen(change(id));
    while ((await call('GET', hook)).body.data.status !== 'failed');
    await call('PUT', hook, { status: 'active' });
    happen(change(151));
    const bodies = (await until(102)) as unknown as { data: Record<string, unknown> }[];
    expect(received).toHaveLength(102);
    expect(bodies[100]!.data).toMatchObject({
      event_type: 'Webhook_Status_Change',
      webhook_status: 'active',
      previous_webhook_status: 'failed',
      event_log_entry_id: 0,
      meta: { type: 'webhook_status_change' },
    });
    expect(bodies[101]!.data).toMatchObject({ event_log_entry_id: 151 });
  });

  it('once is called unstable for a day', async () => {
    const { call, happen, clock } = await hookSite();
    const { url, until } = await consumer(() => 404);
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    const status = async () => (await call('GET', `/hooks/${body.data.id}`)).body.data.status as string;
    happen(change(1));
    await until(1);
    while ((await status()) === 'active');
    clock.ms += 86_399_000;
    expect(await status()).toBe('unstable');
    expect((await call('GET', '/hooks?status=unstable')).body.data).toHaveLength(1);
    clock.ms += 1000;
    expect(await status()).toBe('active');
  });

  it('and whose hook is removed meanwhile gets none of the queued events', async () => {
    const { call, happen } = await hookSite();
    let answer = (_status: number) => {};
    const { url, received, until } = await consumer((count) =>
      count === 1 ? new Promise((resolve) => (answer = resolve)) : 200,
    );
    const { body } = await call('POST', '/hooks', { url, entity_types: onVersions });
    for (const id of [1, 2, 3]) happen(change(id));
    await until(1);
    expect((await call('DELETE', `/hooks/${body.data.id}`)).status).toBe(204);
    answer(200);
    await call('POST', '/hooks', { url, entity_types: onVersions });
    happen(change(4));
    const bodies = (await until(2)) as unknown as { data: Record<string, unknown> }[];
    expect(bodies.map(({ data }) => data['event_log_entry_id'])).toEqual([1, 4]);
    expect(received).toHaveLength(2);
  });
});
