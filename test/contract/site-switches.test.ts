import { afterEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import { generateRows } from '../../studio/site/generate-rows.ts';
import { loadDataset } from '../../studio/site/load-dataset.ts';
import type { Switches } from '../../studio/site/ports.ts';
import { startSite } from '../../studio/site/start.ts';
import { SITE_SCHEMA } from '../support/recordings.ts';
import { scriptToken } from '../support/script-token.ts';

const SEARCH = 'application/vnd+shotgun.api3_hash+json';

interface Answer {
  readonly status: number;
  // What the site answers is looked at, not relied on.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

describe('a switch of the emulated site decides an unmeasured fact:', () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  /** A site with these switches, asked as its script. */
  const open = async (switches: Switches, dataset = demoDataset()) => {
    const site = await startSite({ port: 0, dataset, switches });
    stop = () => site.close();
    const token = await scriptToken(site.url);
    return async (method: string, path: string, body?: object): Promise<Answer> => {
      const type = path.endsWith('/_search') ? SEARCH : 'application/json';
      const answer = await fetch(`${site.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': type }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    };
  };
  const ALL = { logical_operator: 'and', conditions: [] };
  const PAGE = { size: 3, number: 1 };

  it('how a search without fields is answered', async () => {
    const whole = await open({});
    const rows = await whole('POST', '/entity/shots/_search', { filters: ALL, page: PAGE });
    expect(Object.keys(rows.body.data[0].attributes).length).toBeGreaterThan(5);
    await stop?.();
    const none = await open({ 'read.searchFieldsOmitted': 'none' });
    const ids = await none('POST', '/entity/shots/_search', { filters: ALL, page: PAGE });
    expect(ids.body.data[0].attributes).toEqual({});
  });

  it('whether a filter may end in a link behind a link', async () => {
    const filters = {
      logical_operator: 'and',
      conditions: [['sg_task.Task.project', 'is', { type: 'Project', id: 1 }]],
    };
    const search = { filters, fields: 'code', page: PAGE };
    const evaluated = await open({});
    expect((await evaluated('POST', '/entity/versions/_search', search)).body.data).toHaveLength(3);
    await stop?.();
    const refused = await open({ 'read.dottedLinkFilter': 'refused' });
    expect((await refused('POST', '/entity/versions/_search', search)).status).toBe(400);
  });

  it('whether a create may name its author', async () => {
    const made = {
      project: { type: 'Project', id: 1 },
      subject: 'By whom?',
      created_by: { type: 'HumanUser', id: 31 },
    };
    const accepted = await open({});
    const { body } = await accepted('POST', '/entity/notes', made);
    expect(body.data.relationships.created_by.data).toMatchObject({ type: 'HumanUser', id: 31 });
    await stop?.();
    const ignored = await open({ 'write.createdByInCreate': 'ignored' });
    const { body: own } = await ignored('POST', '/entity/notes', made);
    expect(own.data.relationships.created_by.data).toMatchObject({ type: 'ApiUser' });
  });

  it('whether a batch looks at the mode of a change of links', async () => {
    const change = (id: number) => ({
      requests: [
        {
          request_type: 'update',
          entity: 'Playlist',
          record_id: id,
          data: { versions: { multi_entity_update_mode: 'add', value: [{ type: 'Version', id: 1 }] } },
        },
      ],
    });
    const countAfter = async (switches: Switches): Promise<[number, number]> => {
      const call = await open(switches);
      const count = async (): Promise<number> =>
        (await call('GET', '/entity/playlists/1?fields=versions')).body.data.relationships.versions.data
          .length as number;
      const before = await count();
      await call('POST', '/entity/_batch', change(1));
      const after = await count();
      await stop?.();
      return [before, after];
    };
    const [before, added] = await countAfter({});
    expect(added).toBe(before + 1);
    expect((await countAfter({ 'batch.linkModes': 'replaced' }))[1]).toBe(1);
  });

  it('whether there is a limit of calls', async () => {
    const call = await open({ 'read.requestsPerMinute': 3 });
    const statuses = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await call('GET', '/entity/projects/1')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('rows for any schema, the same for the same seed', async () => {
    const schema = await loadDataset({ schemaDirectory: SITE_SCHEMA });
    const one = generateRows(schema, 5, 7);
    expect(generateRows(schema, 5, 7).rows).toEqual(one.rows);
    expect(generateRows(schema, 5, 8).rows).not.toEqual(one.rows);
    const call = await open({}, one);
    const { body } = await call('POST', '/entity/Shot/_search', {
      filters: ALL,
      fields: 'code,project,sg_sequence.Sequence.code',
    });
    expect(body.data).toHaveLength(5);
    expect(body.data[0].relationships.project.data).toMatchObject({ type: 'Project' });
  });
});
