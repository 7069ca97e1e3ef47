import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Switches } from '../../studio/site/ports.ts';
import { openSite, type OpenSite } from '../support/open-site.ts';

type Fields = readonly (readonly [name: string, value: string])[];

const WINDOW = 'd8592bd6-fc41-11e1-b2c5-000000000001';
const SECRET = 'a-secret-of-the-menu-item';
const PAGE_FIELDS = [
  ...['user_id', 'user_login', 'title', 'entity_type', 'server_hostname', 'referrer_path', 'page_id'],
  ...['session_uuid', 'cols', 'column_display_names', 'view', 'sort_column', 'sort_direction'],
];

/** What the site's page makes of a chosen menu item, field by field (API 11). */
describe('the payload of a menu item', () => {
  let site: OpenSite | undefined;
  afterEach(() => site?.close());

  const open = async (items: readonly object[], switches: Switches = {}) => {
    const dataset = demoDataset();
    const rows = items.map((item, index) => ({
      ...{
        id: index + 1,
        title: `Item ${index + 1}`,
        url: 'https://tool.example/ami',
        entity_type: 'Version',
      },
      ...item,
    }));
    const opened = await openSite({
      dataset: { ...dataset, rows: { ...dataset.rows, ActionMenuItem: rows } },
      switches,
    });
    site = opened;
    const signedIn = await fetch(`${opened.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ login: 'mira', back: '/' }),
    });
    const cookie = String(signedIn.headers.get('set-cookie')).split(';')[0] ?? '';
    const choose = async (
      item: number,
      query: string,
      selectedIds: readonly number[] = [],
      more: object = {},
    ) => {
      const answer = await fetch(`${opened.url}/__web/ami/${item}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...more },
        body: JSON.stringify({ type: 'Version', query, sessionUuid: WINDOW, selectedIds }),
      });
      return {
        status: answer.status,
        ...((await answer.json()) as { opening: string; encoding: string; action: string; fields: Fields }),
      };
    };
    return { choose, script: await opened.as(null), mira: await opened.as('mira') };
  };
  const names = (fields: Fields) => fields.map(([name]) => name);
  const valueOf = (fields: Fields, wanted: string) => fields.find(([name]) => name === wanted)?.[1];

  it('has every field of the page, in the order of its form, and the project only if all rows share one', async () => {
    const { choose, mira } = await open([{}]);
    const { fields } = await choose(1, '?project=2', [1]);
    expect(names(fields)).toEqual([...PAGE_FIELDS, 'project_name', 'project_id', 'ids', 'selected_ids']);
    const { body } = await mira.call('GET', '/entity/versions?filter[project.Project.id]=2&page[size]=5000');
    const all = body.data.map(({ id }: { id: number }) => id);
    expect(Object.fromEntries(fields)).toMatchObject({
      user_login: 'mira',
      title: 'All Versions',
      entity_type: 'Version',
      server_hostname: new URL(site!.url).host,
      referrer_path: '/page/Version',
      session_uuid: WINDOW,
      cols: 'image,code,entity,sg_task,user,sg_status_list,created_at,description',
      view: 'Default',
      sort_column: 'created_at',
      sort_direction: 'desc',
      project_id: '2',
      project_name: 'Nightjar',
      selected_ids: '1',
    });
    const ids = valueOf(fields, 'ids')!.split(',').map(Number);
    expect(ids.toSorted((a, b) => a - b)).toEqual(all);
    expect(ids.length).toBeGreaterThan(50);
    expect(valueOf(fields, 'column_display_names')!.split(',')).toHaveLength(8);
    const mixed = await choose(1, '');
    expect(names(mixed.fields)).toEqual([...PAGE_FIELDS, 'ids', 'selected_ids']);
    expect(valueOf(mixed.fields, 'selected_ids')).toBe('');
  });

  it('has only the selected rows if a selection is needed, and is not sent without one', async () => {
    const { choose, mira } = await open([{ selection_required: true }]);
    const { body } = await mira.call('GET', '/entity/versions?filter[project.Project.id]=1&page[size]=2');
    const [one, two] = body.data.map(({ id }: { id: number }) => id) as [number, number];
    const { fields } = await choose(1, '', [two, one, 99_999_999]);
    expect(valueOf(fields, 'ids')).toBe(`${two},${one}`);
    expect(valueOf(fields, 'selected_ids')).toBe(`${two},${one}`);
    // Both lie in one project, though the page shows several.
    expect(valueOf(fields, 'project_id')).toBe('1');
    expect((await choose(1, '')).status).toBe(400);
  });

  it('has the sorting and the grouping: the first key, and all of them if there are several', async () => {
    const { choose, mira } = await open([{}]);
    const one = await choose(1, '?project=2&sort=code&group=entity');
    expect(names(one.fields).filter((name) => /^(?:sort|grouping)_/u.test(name))).toEqual([
      'sort_column',
      'sort_direction',
      'grouping_column',
      'grouping_method',
      'grouping_direction',
    ]);
    expect(Object.fromEntries(one.fields)).toMatchObject({
      sort_column: 'code',
      sort_direction: 'asc',
      grouping_column: 'entity',
      grouping_method: 'entitytype',
      grouping_direction: 'asc',
    });
    const several = await choose(1, '?project=2&sort=-sg_status_list,code&group=-sg_status_list,user');
    expect(Object.fromEntries(several.fields)).toMatchObject({
      sort_column: 'sg_status_list',
      sort_columns: 'sg_status_list,code',
      sort_direction: 'desc',
      sort_directions: 'desc,asc',
      grouping_column: 'sg_status_list',
      grouping_columns: 'sg_status_list,user',
      grouping_method: 'exact',
      grouping_methods: 'exact,entitytype',
      grouping_direction: 'desc',
      grouping_directions: 'desc,asc',
    });
    // The ids are in the order of the page.
    const { body } = await mira.call(
      'GET',
      '/entity/versions?filter[project.Project.id]=2&sort=code,-id&page[size]=5000&fields=entity',
    );
    const rows = body.data as { id: number; relationships: { entity: { data: { type: string } | null } } }[];
    const typeOf = (row: (typeof rows)[number]) => row.relationships.entity.data?.type ?? '';
    const expected = rows.toSorted((a, b) => typeOf(a).localeCompare(typeOf(b)));
    expect(valueOf(one.fields, 'ids')!.split(',').map(Number)).toEqual(expected.map(({ id }) => id));
  });

  it('is signed over whole sorted lines, blank fields with or without', async () => {
    const sign = (fields: Fields) => {
      const lines = fields
        .filter(([name]) => name !== 'signature')
        .map(([name, value]) => `${name}=${value}\r\n`);
      return createHmac('sha1', SECRET).update(lines.toSorted().join('')).digest('hex');
    };
    const signed = await open([{ secret_token: SECRET }]);
    const { fields } = await signed.choose(1, '');
    expect(names(fields).slice(-2)).toEqual(['timestamp', 'signature']);
    expect(valueOf(fields, 'timestamp')).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u);
    expect(valueOf(fields, 'selected_ids')).toBe('');
    expect(valueOf(fields, 'signature')).toBe(sign(fields));
    await site!.close();
    const other = await open([{ secret_token: SECRET }], { 'web.signsBlankFields': false });
    const without = (await other.choose(1, '')).fields;
    expect(valueOf(without, 'signature')).toBe(sign(without.filter(([, value]) => value !== '')));
    // The secret is set once and never read again.
    expect((await other.script.call('GET', '/entity/action_menu_items/1?fields=*')).text).not.toContain(
      SECRET,
    );
  });

  it('is stored in an event of the person for a light payload, of which only the id is sent', async () => {
    const { choose, script } = await open([{ light_payload: true, secret_token: SECRET }, {}]);
    const { fields } = await choose(1, '?project=2', [1]);
    expect(names(fields)).toEqual(['event_log_entry_id', 'timestamp', 'signature']);
    const id = valueOf(fields, 'event_log_entry_id');
    const { body } = await script.call('GET', `/entity/event_log_entries/${id}?fields=*`);
    const { attributes, relationships } = body.data;
    expect(attributes).toMatchObject({
      event_type: 'Shotgun_ActionMenuItem_Triggered',
      session_uuid: WINDOW,
    });
    expect(relationships.user.data).toMatchObject({ type: 'HumanUser', name: 'Mira Okafor' });
    expect(relationships.project.data).toMatchObject({ type: 'Project', id: 2 });
    const full = await choose(2, '?project=2', [1]);
    expect(attributes.meta.ami_payload).toEqual(Object.fromEntries(full.fields));
    await site!.close();
    const listed = await open([{ light_payload: true }], { 'web.lightPayloadIds': 'list' });
    const light = await listed.choose(1, '?project=2', [1]);
    const event = await listed.script.call(
      'GET',
      `/entity/event_log_entries/${valueOf(light.fields, 'event_log_entry_id')}?fields=meta`,
    );
    expect(event.body.data.attributes.meta.ami_payload.selected_ids).toEqual([1]);
  });

  it('goes to a desktop program as a query, with lists as repeated keys, and never into the page as a script', async () => {
    const { choose } = await open([
      { url: 'portal://review', open_in_overlay: true },
      { url: 'javascript:alert(1)' },
    ]);
    const { opening, action, fields } = await choose(1, '?project=2', [1]);
    expect([opening, action]).toEqual(['program', 'portal://review']);
    expect(fields.filter(([name]) => name === 'cols').map(([, value]) => value)).toEqual([
      'image',
      'code',
      'entity',
      'sg_task',
      'user',
      'sg_status_list',
      'created_at',
      'description',
    ]);
    expect(valueOf(fields, 'selected_ids')).toBe('1');
    expect((await choose(2, '?project=2', [1])).status).toBe(400);
  });

  it('is encoded as the site is set, and is refused for a page of another origin or an item that is not offered', async () => {
    const { choose } = await open([{}, { entity_type: 'Shot' }], { 'web.amiEncoding': 'multipart' });
    expect((await choose(1, '')).encoding).toBe('multipart/form-data');
    expect((await choose(2, '')).status).toBe(404);
    expect((await choose(1, '', [], { 'sec-fetch-site': 'cross-site' })).status).toBe(400);
  });
});
