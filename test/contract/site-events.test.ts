import { afterEach, describe, expect, it } from 'vitest';
import type { SiteOptions } from '../../studio/site/ports.ts';
import { openSite, type OpenSite, type SiteCaller } from '../support/open-site.ts';

const PROJECT = { type: 'Project', id: 2 };
const WINDOW = 'd8592bd6-fc41-11e1-b2c5-000000000001';

interface Entry {
  readonly id: number;
  readonly attributes: {
    readonly event_type: string;
    readonly attribute_name: string | null;
    readonly session_uuid: string | null;
    readonly description: string;
    readonly meta: Readonly<Record<string, unknown>>;
  };
  readonly relationships: Readonly<Record<string, { readonly data: { type: string; id: number } | null }>>;
}

/** The log as a daemon reads it over REST (API 9.1). */
describe('the event log of the site', () => {
  let site: OpenSite | undefined;
  afterEach(() => site?.close());

  const open = async (options: Partial<SiteOptions> = {}) => {
    site = await openSite(options);
    const [script, joao] = [await site.as(null), await site.as('joao', WINDOW)];
    const log = async (...conditions: readonly unknown[]): Promise<readonly Entry[]> =>
      (await script.search('event_log_entries', '*', ...conditions)).body.data;
    return { site, script, joao, log };
  };
  const newShot = async (who: SiteCaller, more: object = {}): Promise<number> => {
    const data = {
      project: PROJECT,
      code: 'logged',
      description: 'four keys',
      sg_shot_type: 'Full CG',
      ...more,
    };
    return (await who.call('POST', '/entity/shots', data)).body.data.id;
  };
  const told = (entries: readonly Entry[]) =>
    entries.map(({ attributes: { event_type: type, attribute_name: field } }) => [
      type.split('_').at(-1),
      field,
    ]);

  it('has six rows of a create of four keys, one of a change of one, two of a delete and one of a revive', async () => {
    const { joao, log } = await open();
    const id = await newShot(joao);
    const created = await log();
    const fields = ['sg_status_list', 'project', 'code', 'description', 'sg_shot_type'];
    expect(told(created)[0]).toEqual(['New', null]);
    expect(told(created).slice(1).toSorted()).toEqual(fields.map((field) => ['Change', field]).toSorted());
    for (const { attributes, relationships } of created.slice(1)) {
      expect(attributes.meta).toMatchObject({ type: 'attribute_change', in_create: true, entity_id: id });
      expect(relationships['entity']!.data).toMatchObject({ type: 'Shot', id });
    }
    const path = `/entity/shots/${id}`;
    await joao.call('PUT', path, { sg_status_list: 'ip' });
    await joao.call('PUT', path, { sg_status_list: 'ip' });
    const changed = (await log()).slice(created.length);
    expect(told(changed)).toEqual([['Change', 'sg_status_list']]);
    expect(changed[0]!.attributes).toMatchObject({
      session_uuid: WINDOW,
      description: expect.stringMatching(/^João Almeida changed "Status" from .* on Shot logged$/u),
      meta: { old_value: 'wtg', new_value: 'ip', field_data_type: 'status_list', platform_id: null },
    });
    await joao.call('DELETE', path);
    const deleted = (await log()).slice(created.length + changed.length);
    expect(told(deleted).toSorted()).toEqual([
      ['Change', 'retirement_date'],
      ['Retirement', null],
    ]);
    // Of a row that is gone no row of the log leads to it any more.
    for (const { relationships } of await log()) expect(relationships['entity']!.data).toBeNull();
    await joao.call('POST', `${path}?revive=1`);
    await joao.call('POST', `${path}?revive=1`);
    expect(told((await log()).slice(9))).toEqual([['Revival', null]]);
    for (const { relationships } of (await log()).slice(0, 9))
      expect(relationships['entity']!.data).toBeNull();
  });

  it('reports a change of links at both ends, each naming the other', async () => {
    const { joao, log } = await open();
    const id = await newShot(joao);
    const seen = (await log()).length;
    const { body } = await joao.call('GET', '/entity/assets?filter[project.Project.id]=2&page[size]=1');
    const asset = { type: 'Asset', id: body.data[0].id };
    await joao.call('PUT', `/entity/shots/${id}`, {
      assets: { multi_entity_update_mode: 'add', value: [asset] },
    });
    const [here, there] = (await log()).slice(seen);
    expect([here!.attributes.event_type, there!.attributes.event_type]).toEqual([
      'Shotgun_Shot_Change',
      'Shotgun_Asset_Change',
    ]);
    expect(here!.attributes.meta).toMatchObject({
      added: [{ ...asset, name: expect.any(String), status: expect.anything(), uuid: expect.any(String) }],
      removed: [],
    });
    expect(there!.attributes.meta).toMatchObject({
      added: [{ type: 'Shot', id }],
      original_event_log_entry_id: here!.id,
    });
  });

  it('has no events of a script by default, and always those of its work for a person', async () => {
    const { script, joao, log } = await open();
    await newShot(script);
    expect(await log()).toEqual([]);
    const id = await newShot(joao);
    const [first] = await log();
    expect(first!.attributes.meta['sudo_actual_user']).toMatchObject({
      type: 'ApiUser',
      name: 'shotgraph 1.0',
    });
    const { body } = await script.call('GET', '/entity/api_users?fields=generate_event_log_entries');
    expect(body.data[0].attributes.generate_event_log_entries).toBe(false);
    await script.call('PUT', `/entity/api_users/${body.data[0].id}`, { generate_event_log_entries: true });
    await script.call('PUT', `/entity/shots/${id}`, { description: 'by itself' });
    const last = (await log()).at(-1);
    expect(last!.relationships['user']!.data).toMatchObject({ type: 'ApiUser' });
    expect(last!.attributes.session_uuid).toBeNull();
    expect(last!.attributes.meta).not.toHaveProperty('sudo_actual_user');
  });

  it('is readable a moment after the write, with gaps that are filled later than the events after them', async () => {
    const {
      site: opened,
      joao,
      log,
    } = await open({ eventLagMs: 300, switches: { 'events.idGaps': 'late_filled' } });
    await newShot(joao);
    expect(await log()).toEqual([]);
    opened.clock.ms += 300;
    const ids = (await log()).map(({ id }) => id);
    const missing = Array.from({ length: 6 }, (_, index) => index + 1).filter((id) => !ids.includes(id));
    expect(ids.length).toBeGreaterThan(0);
    expect(missing.some((id) => id < Math.max(...ids))).toBe(true);
    opened.clock.ms += 60_000;
    expect((await log()).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('can be searched by all fields except meta, and has nothing of a failed batch', async () => {
    const { script, joao, log } = await open();
    const id = await newShot(joao);
    expect(await log(['attribute_name', 'is', 'code'], ['entity', 'is', { type: 'Shot', id }])).toHaveLength(
      1,
    );
    expect(await log(['entity', 'type_is', 'Asset'])).toEqual([]);
    expect(await log(['session_uuid', 'is', WINDOW], ['user.HumanUser.login', 'is', 'joao'])).toHaveLength(6);
    const refused = await script.search('event_log_entries', 'id', ['meta', 'is', null]);
    expect(refused.body.errors[0].title).toContain("'serializable' data type cannot be used in a filter");
    const update = { request_type: 'update', entity: 'Shot', record_id: id, data: { description: 'no' } };
    const missing = { ...update, record_id: 999_999_999 };
    expect((await joao.call('POST', '/entity/_batch', { requests: [update, missing] })).status).toBe(404);
    expect(await log()).toHaveLength(6);
  });
});
