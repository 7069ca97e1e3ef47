import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { startSite } from '../../studio/site/start.ts';
import {
  type Page,
  PaginatedRecordResponse,
  RequestError,
  SchemaFieldDefinition,
  ShotgunApiClient,
  type VendorClient,
  watchMethods,
} from '../support/vendor-client.ts';

const SCRIPT = { grant_type: 'client_credentials', client_id: 'shotgraph', client_secret: 'demo-script-key' };

/** The vendor's own client cannot tell the emulated site from a real one: its whole surface. */
describe("the vendor's client", () => {
  let site: Awaited<ReturnType<typeof startSite>>;
  let client: VendorClient;
  const called = new Set<string>();
  const surface = [ShotgunApiClient, PaginatedRecordResponse].flatMap((part) => watchMethods(part, called));
  beforeAll(async () => {
    const dataset = demoDataset();
    const people = (dataset.rows['HumanUser'] ?? []).map((person) =>
      person['login'] === 'mira' ? { ...person, __password: 'a legacy passphrase' } : person,
    );
    site = await startSite({
      port: 0,
      dataset: { ...dataset, rows: { ...dataset.rows, HumanUser: people } },
    });
    client = as(SCRIPT);
  });
  afterAll(() => site.close());
  // As in life, the storage has another name than the site: the client takes one name for one server.
  const as = (credentials: object): VendorClient =>
    new ShotgunApiClient({ siteUrl: site.url.replace('127.0.0.1', 'localhost'), credentials });
  const PROJECT = { type: 'Project', id: 2 };

  it('connects by an approval in the browser, as the person who approved', async () => {
    const path = `${site.url}/internal_api/app_session_request`;
    const asking = new URLSearchParams({ appName: 'A tool', machineId: 'a laptop' });
    const begun = (await (await fetch(path, { method: 'POST', body: asking })).json()) as {
      url: string;
      sessionRequestId: string;
    };
    await fetch(begun.url, { method: 'POST', body: new URLSearchParams({ login: 'ada' }) });
    const polled = await fetch(`${path}/${begun.sessionRequestId}`, { method: 'PUT' });
    const { sessionToken } = (await polled.json()) as { sessionToken: string };
    const ada = as({ grant_type: 'session_token', session_token: sessionToken });
    expect(await ada.connect()).toMatchObject({ token_type: 'Bearer' });
    const made = await ada.entityCreate({ entity: 'Playlist', data: { code: 'hers', project: PROJECT } });
    expect(made.relationships['created_by']?.data).toMatchObject({
      type: 'HumanUser',
      name: 'Ada Lindqvist',
    });
  });

  it('connects with a script key, and with the key as a person', async () => {
    expect(await as(SCRIPT).connect()).toMatchObject({ token_type: 'Bearer' });
    const mira = as({ ...SCRIPT, scope: 'sudo_as_login:mira' });
    const asScript = await client.entityReadAll({ entity: 'Project', pageSize: 100 });
    const asMira = await mira.entityReadAll({ entity: 'Project', pageSize: 100 });
    expect(asMira.data.length).toBeLessThan(asScript.data.length);
    await expect(as({ ...SCRIPT, client_secret: 'wrong' }).connect()).rejects.toThrow();
  });

  it('connects with name and password, and renews its token', async () => {
    const mira = as({ grant_type: 'password', username: 'mira', password: 'a legacy passphrase' });
    const first = await mira.connect();
    const renewed = await mira.refreshToken();
    expect(renewed.access_token).not.toBe(first.access_token);
    expect((await mira.entityReadAll({ entity: 'Project', pageSize: 5 })).data.length).toBeGreaterThan(0);
    // Each refresh token is good once, and the other spelling of the grant is as good.
    const again = { grant_type: 'refresh_token', refresh_token: renewed.refresh_token };
    expect(await mira.connect(again)).toMatchObject({ token_type: 'Bearer' });
    await expect(mira.connect(again)).rejects.toThrow('Unauthorized');
  });

  it('renews a token by itself shortly before it ends', async () => {
    const own = as(SCRIPT);
    const { access_token: first } = await own.connect();
    own.tokenExpirationTimestamp = Date.now() + 60_000;
    await own.entityRead({ entity: 'Shot', entityId: 161 });
    expect((own as unknown as { token: { access_token: string } }).token.access_token).not.toBe(first);
  });

  it('retries after a short failure of the site, and reports a refusal', async () => {
    const fault = { match: { path: '/api/v1/entity/Shot/161' }, status: 502, times: 1 };
    const headers = { 'content-type': 'application/json' };
    await fetch(`${site.url}/__studio/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
    expect(await client.entityRead({ entity: 'Shot', entityId: 161 })).toMatchObject({ id: 161 });
    const data = { sg_nope: 1 };
    const wrong = client.entityUpdate({ entity: 'Shot', entityId: 161, data });
    const refused: unknown = await wrong.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RequestError);
    expect((refused as InstanceType<typeof RequestError>).body.errors[0]).toMatchObject({
      code: 103,
      title: "API update() Shot.sg_nope doesn't exist.",
    });
  });

  it('reads one row with the fields that it names', async () => {
    const row = await client.entityRead({ entity: 'Shot', entityId: 161, fields: ['code', 'project'] });
    expect(row).toMatchObject({ type: 'Shot', id: 161, attributes: { code: expect.any(String) } });
    expect(Object.keys(row.attributes)).toEqual(['code']);
    expect(row.relationships['project']?.data).toMatchObject(PROJECT);
  });

  it('reads all pages, one after the other, to the end', async () => {
    let page: Page | undefined = await client.entityReadAll({
      entity: 'Sequence',
      fields: 'code',
      pageSize: 7,
      sort: '-id',
    });
    const ids: number[] = [];
    while (page !== undefined) {
      ids.push(...page.data.map(({ id }) => id));
      if (page.reachedEnd()) break;
      page = await page.getNext({ client });
    }
    const second = await client.entityReadAll({
      entity: 'Sequence',
      pageSize: 7,
      pageNumber: 2,
      sort: '-id',
    });
    expect((await second.getPrev({ client }))?.data.map(({ id }) => id)).toEqual(ids.slice(0, 7));
    expect(ids.length).toBeGreaterThan(7);
    expect(ids).toEqual([...ids].sort((left, right) => right - left));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('filters a list by exact values', async () => {
    const { data } = await client.entityReadAll({
      entity: 'Shot',
      filter: { 'project.Project.id': 2 },
      fields: ['project'],
      pageSize: 20,
    });
    expect(data.length).toBe(20);
    for (const { relationships } of data) expect(relationships['project']?.data).toMatchObject(PROJECT);
  });

  it('searches in both syntaxes', async () => {
    const request = { entity: 'Version', fields: ['code', 'sg_status_list'], pageSize: 10 };
    const triples = await client.entitySearch({
      ...request,
      filters: [
        ['sg_status_list', 'in', ['rev']],
        ['project', 'is', PROJECT],
      ],
    });
    const group = await client.entitySearch({
      ...request,
      filters: {
        logical_operator: 'and',
        conditions: [
          ['sg_status_list', 'is', 'rev'],
          ['project', 'is', PROJECT],
        ],
      },
    });
    expect(triples.data.length).toBeGreaterThan(0);
    expect(group.data).toEqual(triples.data);
    for (const { attributes } of group.data) expect(attributes['sg_status_list']).toBe('rev');
  });

  it('creates, changes, deletes and revives', async () => {
    const made = await client.entityCreate({
      entity: 'Shot',
      data: { project: PROJECT, code: 'vendor_010' },
    });
    expect(made.attributes['code']).toBe('vendor_010');
    const changed = await client.entityUpdate({
      entity: 'Shot',
      entityId: made.id,
      data: { description: 'By the vendor' },
    });
    expect(changed.attributes['description']).toBe('By the vendor');
    await client.entityDelete({ entity: 'Shot', entityId: made.id });
    await expect(client.entityRead({ entity: 'Shot', entityId: made.id })).rejects.toThrow();
    expect(await client.entityRevive({ entity: 'Shot', entityId: made.id })).toMatchObject({ id: made.id });
    expect((await client.entityRead({ entity: 'Shot', entityId: made.id })).attributes['description']).toBe(
      'By the vendor',
    );
  });

  it('writes several rows at once, or none', async () => {
    const requests = [
      { request_type: 'create', entity: 'Note', data: { project: PROJECT, subject: 'Batch of the vendor' } },
      { request_type: 'update', entity: 'Shot', record_id: 161, data: { description: 'In a batch' } },
    ];
    expect(await client.entityBatch({ requests })).toHaveLength(2);
    const bad = [
      { request_type: 'update', entity: 'Shot', record_id: 161, data: { description: 'Never' } },
      { request_type: 'delete', entity: 'Shot', record_id: 99_999_999 },
    ];
    await expect(client.entityBatch({ requests: bad })).rejects.toThrow();
    const { attributes } = await client.entityRead({ entity: 'Shot', entityId: 161, fields: 'description' });
    expect(attributes['description']).toBe('In a batch');
  });

  it('uploads a file to a field', async () => {
    const version = { project: PROJECT, code: 'vendor_v001' };
    const made = await client.entityCreate({ entity: 'Version', data: version });
    const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(2000, 7)]);
    // The client measures Buffers in a way that new versions of Node refuse; a Blob it takes as it is.
    const blob = new Blob([bytes], { type: 'image/png' });
    await client.entityItemUpload({
      entity: 'Version',
      entityId: made.id,
      fieldName: 'sg_uploaded_movie',
      targetFileName: 'vendor.png',
      uploadFileBlob: blob,
    });
    const read = { entity: 'Version', entityId: made.id, fields: ['sg_uploaded_movie'] };
    const row = await client.entityRead(read);
    const file = row.attributes['sg_uploaded_movie'] as { url: string; name: string; link_type: string };
    expect(file).toMatchObject({ name: 'vendor.png', link_type: 'upload' });
    const stored = Buffer.from(await (await fetch(file.url)).arrayBuffer());
    expect(stored.equals(bytes)).toBe(true);
  });

  it('uploads a file to a row, with a name of its own', async () => {
    await client.entityItemUpload({
      entity: 'Shot',
      entityId: 161,
      targetFileName: 'plates.txt',
      uploadFileBlob: new Blob(['plates'], { type: 'text/plain' }),
      additionalUploadData: { display_name: 'Plates' },
    });
    const { data } = await client.entitySearch({
      entity: 'Attachment',
      fields: ['original_fname', 'attachment_links'],
      filters: [['display_name', 'is', 'Plates']],
      pageSize: 5,
    });
    expect(data[0]?.attributes['original_fname']).toBe('plates.txt');
    expect(data[0]?.relationships['attachment_links']?.data).toMatchObject([{ type: 'Shot', id: 161 }]);
  });

  it('creates a field of each data type that it knows, except the one that breaks the site (API 7)', async () => {
    const special: Readonly<Record<string, object>> = {
      checkbox: { default_value: false },
      entity: { valid_types: ['Shot'] },
      multi_entity: { valid_types: ['Shot'] },
      list: { valid_values: ['a', 'b'] },
      status_list: { valid_values: ['wtg'] },
    };
    const create = (dataType: string) =>
      client.schemaFieldCreate({
        entity: 'Asset',
        schemaFieldDefinition: {
          data_type: dataType,
          properties: { name: `Of ${dataType}`, ...special[dataType] },
        },
      });
    const known = SchemaFieldDefinition.DATA_TYPES.filter((dataType) => dataType !== 'calculated');
    for (const dataType of known) {
      expect(await create(dataType)).toMatchObject({ data_type: { value: dataType } });
    }
    await expect(create('calculated')).rejects.toThrow('Shotgun Server Error');
  });

  it('reads the schema, and creates, renames, deletes and revives a field', async () => {
    expect(Object.keys(await client.schemaGet({}))).toContain('Version');
    expect(await client.schemaGet({ entity: 'Shot' })).toHaveProperty('name');
    await client.schemaFieldCreate({
      entity: 'Shot',
      schemaFieldDefinition: { data_type: 'text', properties: { name: 'Vendor Mood' } },
    });
    const fields = (): Promise<Readonly<Record<string, unknown>>> =>
      client.schemaGet({ entity: 'Shot', isFieldsWanted: true, projectId: 2 });
    expect(await fields()).toHaveProperty('sg_vendor_mood');
    const renamed = { data_type: 'text', properties: [{ property_name: 'name', value: 'Mood' }] };
    await client.schemaFieldUpdate({
      entity: 'Shot',
      fieldName: 'sg_vendor_mood',
      schemaFieldDefinition: renamed,
    });
    expect(await fields()).toMatchObject({ sg_vendor_mood: { name: { value: 'Mood' } } });
    await client.schemaFieldDelete({ entity: 'Shot', fieldName: 'sg_vendor_mood' });
    expect(await fields()).not.toHaveProperty('sg_vendor_mood');
    await client.schemaFieldRevive({ entity: 'Shot', fieldName: 'sg_vendor_mood' });
    expect(await fields()).toHaveProperty('sg_vendor_mood');
  });

  it('reads preferences by name, and nothing for an unknown one', async () => {
    const names = ['format_date_fields'];
    expect(Object.keys(await client.preferencesGet({ names }))).toEqual(names);
    expect(await client.preferencesGet({ names: 'nothing_of_that_name' })).toEqual({});
  });

  it('has no method that was not called here', () => {
    expect(surface.length).toBeGreaterThan(20);
    expect(surface.filter((method) => !called.has(method))).toEqual([]);
  });
});
