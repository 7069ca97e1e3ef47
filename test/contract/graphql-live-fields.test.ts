import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import type { Row } from '../../src/shotgun/port/records.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { searchingBy } from '../support/site-operations.ts';
import { type SiteWorld, startSiteWorld, type WorldSite } from '../support/site-world.ts';
import { scriptToken } from '../support/script-token.ts';

const FIELD = 'description';
const QUERY = '{ versions(first: 3) { nodes { id code description } } }';

/** A role that may not see the field: ShotGrid leaves its key out of the rows. */
function withoutField(client: ActingClient): ActingClient {
  const without = ({ fields, ...row }: Row): Row => {
    const { [FIELD]: _, ...rest } = fields;
    return { ...row, fields: rest };
  };
  return searchingBy(client, async (request, search) => (await search(searchRows(request))).map(without));
}

/** An administrator changes the site while the server runs. */
describe('a field that rows lack', () => {
  let world: SiteWorld;
  const open = async (options: WorldSite = {}): Promise<void> => {
    world = await startSiteWorld({}, options);
  };
  afterEach(() => world.close());
  const schemaCall = async (method: string, path: string): Promise<void> => {
    const answer = await fetch(`${world.siteUrl}/api/v1/schema/${path}`, {
      method,
      headers: { authorization: `Bearer ${await scriptToken(world.siteUrl)}` },
    });
    expect(answer.status).toBeLessThan(300);
  };
  const looks = async (): Promise<number> =>
    (await world.takeCalls()).filter(({ path }) => path.includes('/schema/')).length;

  it('is an error at its place if the site has deleted it, and the rest is answered', async () => {
    await open();
    await schemaCall('DELETE', 'Version/fields/sg_first_frame');
    await world.takeCalls();
    const query = '{ versions(first: 3) { nodes { id sgFirstFrame } } }';
    const { data, errors } = await world.ask(query);
    expect(data.versions.nodes).toHaveLength(3);
    expect(errors).toHaveLength(3);
    expect(errors?.[0]).toMatchObject({
      path: ['versions', 'nodes', 0, 'sgFirstFrame'],
      extensions: {
        code: 'UPSTREAM_REJECTED',
        details: { type: 'Version', field: 'sg_first_frame', reason: 'unknownName' },
      },
    });
    await world.ask(query);
    expect(await looks()).toBe(1);
  });

  it('is an error below a link too', async () => {
    await open();
    await schemaCall('DELETE', 'Version/fields/sg_first_frame');
    const { errors } = await world.ask('{ playlists(first: 1) { nodes { versions { id sgFirstFrame } } } }');
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UPSTREAM_REJECTED' } });
  });

  it.each([
    ['an update', 'updateVersion(id: ID, input: { code: "kept" }) { id sgFirstFrame }'],
    [
      'a batch',
      'batch(operations: [{ updateVersion: { id: ID, input: { code: "kept" } } }]) { entity { ... on Version { sgFirstFrame } } }',
    ],
  ])('is reported below the row of %s too: the change was made, and what to do', async (_, field) => {
    await open();
    const { data } = await world.ask('{ versions(first: 1) { nodes { id } } }', { as: 'joao' });
    await schemaCall('DELETE', 'Version/fields/sg_first_frame');
    const read = await world.ask('{ versions(first: 1) { nodes { sgFirstFrame } } }', { as: 'joao' });
    const written = `mutation { ${field.replace('ID', String(data.versions.nodes[0].id))} }`;
    const { errors } = await world.ask(written, { as: 'joao' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path?.at(-1)).toBe('sgFirstFrame');
    expect(errors[0]?.message).toContain('The change was made');
    expect(errors[0]?.message).toContain(read.errors[0]?.message);
    expect(errors[0]?.extensions.details).toMatchObject({ outcome: 'done', field: 'sg_first_frame' });
  });

  it('is null where the site has it and hides it from the person, and is looked up once', async () => {
    await open({ wrap: withoutField });
    await world.takeCalls();
    const { data, errors } = await world.ask(QUERY);
    expect(errors).toEqual([]);
    expect(data.versions.nodes.map((node: { description: unknown }) => node.description)).toEqual([
      null,
      null,
      null,
    ]);
    await world.ask(QUERY);
    expect(await looks()).toBe(1);
  });

  it('is an error if the site cannot say whether the field exists', async () => {
    await open({ wrap: withoutField });
    await world.control('POST', 'faults', { match: { path: '*/schema/*' }, status: 503, times: 9 });
    const { errors } = await world.ask(QUERY);
    expect(errors?.[0]).toMatchObject({ path: ['versions', 'nodes', 0, 'description'] });
    expect(errors?.[0]?.extensions['code']).not.toBe('INTERNAL');
  });
});

/** The server has pulled the schema before. */
describe('an addition by an administrator while the server runs:', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });
  const change = async (field: string, properties: Readonly<Record<string, unknown>>): Promise<void> => {
    const answer = await fetch(`${world.siteUrl}/api/v1/schema/Version/fields/${field}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await scriptToken(world.siteUrl)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        properties: Object.entries(properties).map(([name, value]) => ({ property_name: name, value })),
      }),
    });
    expect(answer.status).toBe(200);
  };
  const write = async (input: object) => {
    const update = 'mutation ($input: VersionUpdateInput!) { updateVersion(id: 1340, input: $input) { id } }';
    return world.ask(update, { as: 'joao', variables: { input } });
  };

  it('a status can be written and found, in a batch too', async () => {
    const valid = world.exposed.types.get('Version')?.fields.get('sg_status_list')?.validValues ?? [];
    await change('sg_status_list', { valid_values: [...valid, 'hld'] });
    expect((await write({ sgStatusList: 'hld' })).errors).toEqual([]);
    const { data } = await world.ask(
      '{ versions(filter: { sgStatusList: { is: "hld" } }) { nodes { sgStatusList } } }',
    );
    expect(data.versions.nodes).toContainEqual({ sgStatusList: 'hld' });
    const operations = [{ updateVersion: { id: 1340, input: { sgStatusList: 'hld' } } }];
    const batch = await world.ask(
      'mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { id } }',
      { as: 'joao', variables: { operations } },
    );
    expect(batch.errors).toEqual([]);
    const refused = await write({ sgStatusList: 'never' });
    expect(refused.errors[0]?.extensions['details']).toMatchObject({ legal: [...valid, 'hld'] });
  });

  it('a type of a link can be written, filtered by and read, with one more call until the schema is pulled again', async () => {
    const valid = world.exposed.types.get('Version')?.fields.get('entity')?.validTypes ?? [];
    const link = { type: 'Playlist', id: 1 };
    expect((await write({ entity: link })).codes).toEqual(['BAD_USER_INPUT']);
    await change('entity', { valid_types: [...valid, 'Playlist'] });
    await world.takeCalls();
    expect((await write({ entity: link })).errors).toEqual([]);
    expect((await world.takeCalls()).map(({ method }) => method)).toEqual(['GET', 'PUT']);
    const find =
      'query ($filter: VersionFilter!) { versions(filter: $filter) { nodes { id entity { type id } } } }';
    for (const entity of [{ is: link }, { in: [link] }, { typeIs: 'Playlist' }]) {
      const { data, errors } = await world.ask(find, { variables: { filter: { entity } } });
      expect([errors, data]).toEqual([[], { versions: { nodes: [{ id: 1340, entity: link }] } }]);
    }
    const through = await world.ask(find, {
      variables: { filter: { entity: { onPlaylist: { id: { is: 1 } } } } },
    });
    expect([through.errors, through.data.versions.nodes]).toEqual([[], [{ id: 1340, entity: link }]]);
    const sorted = await world.ask(
      '{ versions(first: 1, sort: [{ entity: { onPlaylist: { field: ID } } }]) { nodes { id } } }',
    );
    // Rows that link to another type come last.
    expect([sorted.errors, sorted.data.versions.nodes]).toEqual([[], [{ id: 1340 }]]);
    expect(
      (await world.ask(find, { variables: { filter: { entity: { onTask: {} } } } })).errors,
    ).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details: { path: 'filter.entity.onTask' } } }]);
  });

  it('writes nothing while it is unknown whether the link holds the type', async () => {
    await world.control('POST', 'faults', { match: { path: '*/schema/*' }, status: 503, times: 9 });
    const { codes } = await write({ entity: { type: 'Task', id: 1 } });
    expect(codes).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect((await world.takeCalls()).filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
