import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSiteSchema } from '../../src/site/parse-site-schema.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { createRecord, deleteRecord, reviveRecord, updateRecord } from '../../src/shotgun/calls/write.ts';
import { summarizeRows } from '../../src/shotgun/calls/summarize.ts';
import { type BentSite, json, startBentSite } from '../support/bent-site.ts';
import { type Exchange, recordedExchanges } from '../support/recordings.ts';
import { createTestShotgun, login, searchOf, type TestShotgun } from '../support/test-shotgun.ts';

const recordings = recordedExchanges();

function recorded(method: string, uri: RegExp, status: number): Exchange {
  const found = recordings.find(
    ({ request, response }) =>
      request.method === method && uri.test(request.uri) && response.status === status,
  );
  if (found === undefined) throw new Error(`nothing recorded for ${method} ${uri} ${status}`);
  return found;
}

describe('answers of a real site', () => {
  let site: BentSite;
  let client: TestShotgun;
  beforeEach(async () => {
    site = await startBentSite();
    client = createTestShotgun(site.url);
  });
  afterEach(async () => {
    await client.close();
    await site.close();
  });

  const replay = ({ response }: Exchange): void => site.otherwise(json(response.status, response.body));
  const RECORD = /\/entity\/Asset\/\d+(?:\?(?!revive).*)?$/u;

  it('a search', async () => {
    const recording = recorded('POST', /_search$/u, 200);
    replay(recording);
    const [first, ...others] = await client.shotgun.as(login('mira')).call(searchRows(searchOf('Asset')));
    const { data } = recording.response.body as { data: { id: number }[] };
    expect([first, ...others].map((row) => row?.id)).toEqual(data.map((row) => row.id));
    expect(first).toMatchObject({
      type: 'Asset',
      fields: { code: 'Test 1', sg_keep: false, open_notes_count: 0, shots: [], task_template: null },
    });
    expect(first?.fields['project']).toEqual({
      type: 'Project',
      id: expect.any(Number),
      name: expect.any(String),
    });
  });

  it('a search by an unknown field', async () => {
    replay(recorded('POST', /_search$/u, 400));
    await expect(client.shotgun.as(login('mira')).call(searchRows(searchOf('Asset')))).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { entityType: 'Asset', field: 'not_existing_field', reason: 'unknownName' },
    });
  });

  it('a create, an update, a delete and a revival', async () => {
    const mira = client.shotgun.as(login('mira'));
    const created = recorded('POST', /\/entity\/Asset$/u, 201);
    replay(created);
    const { data } = created.response.body as { data: { id: number } };
    await expect(mira.call(createRecord('Asset', { code: 'Test 1' }))).resolves.toEqual({
      type: 'Asset',
      id: data.id,
    });

    const updated = recorded('PUT', RECORD, 200);
    replay(updated);
    const { id } = (updated.response.body as { data: { id: number } }).data;
    await expect(mira.call(updateRecord('Asset', id, { code: 'x' }))).resolves.toBeUndefined();

    replay(recorded('DELETE', RECORD, 204));
    await expect(mira.call(deleteRecord('Asset', 1480))).resolves.toBeUndefined();
    replay(recorded('POST', /revive/u, 200));
    await expect(mira.call(reviveRecord('Asset', 1480))).resolves.toBe(true);
  });

  it('each create and each deletion of them all', async () => {
    const mira = client.shotgun.as(login('mira'));
    const all = recordings.filter(({ request: { method, uri }, response: { status } }) =>
      method === 'POST'
        ? uri.endsWith('/entity/Asset') && status === 201
        : method === 'DELETE' && status === 204,
    );
    expect(all.length).toBeGreaterThan(10);
    for (const recording of all) {
      replay(recording);
      const { method, uri } = recording.request;
      const id = Number(uri.split('/').at(-1));
      const { data } = (recording.response.body ?? {}) as { data?: { id: number } };
      // One answer after the other.
      const answer = await (method === 'POST'
        ? mira.call(createRecord('Asset', {}))
        : mira.call(deleteRecord('Asset', id)));
      expect(answer).toEqual(data && { type: 'Asset', id: data.id });
    }
  });

  it('a summary, and one of an unknown kind', async () => {
    const mira = client.shotgun.as(login('mira'));
    const summary = {
      type: 'Asset',
      filter: { logical_operator: 'and', conditions: [] },
      summaries: [{ field: 'id', type: 'count' }],
      grouping: [],
    } as const;
    const counted = recorded('POST', /_summarize$/u, 200);
    replay(counted);
    await expect(mira.call(summarizeRows(summary))).resolves.toEqual({
      name: '',
      value: null,
      summaries: new Map(
        Object.entries((counted.response.body as { data: { summaries: object } }).data.summaries),
      ),
      groups: [],
    });
    replay(recorded('POST', /_summarize$/u, 400));
    await expect(mira.call(summarizeRows(summary))).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  it('writes to missing rows and fields', async () => {
    const mira = client.shotgun.as(login('mira'));
    replay(recorded('PUT', RECORD, 404));
    await expect(mira.call(updateRecord('Asset', 400000, {}))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { entityType: 'Asset' },
    });
    replay(recorded('DELETE', RECORD, 404));
    await expect(mira.call(deleteRecord('Asset', 400000))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    replay(recorded('POST', /\/entity\/Asset$/u, 400));
    await expect(mira.call(createRecord('Asset', { not_existing_field: 1 }))).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { field: 'not_existing_field' },
    });
  });

  it('its root', async () => {
    replay(recorded('GET', /\/api\/v1$/u, 200));
    await expect(client.shotgun.ping()).resolves.toBeUndefined();
  });

  it('the fields of a type', () => {
    const fields = recorded('GET', /\/schema\/Asset\/fields$/u, 200).response.body;
    const schema = parseSiteSchema({ data: { Asset: {} } }, { Asset: fields });
    expect(schema.types.get('Asset')?.fields.get('sg_status_list')?.validValues).toContain('wtg');
    expect(schema.types.get('Asset')?.fields.get('shots')?.validTypes).toEqual(['Shot']);
  });
});
