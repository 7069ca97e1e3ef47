import { afterEach, describe, expect, it } from '@jest/globals';
import type { ActingClient, Row } from '../../src/shotgun/shotgun.ts';
import { startSiteWorld, type SiteWorld, type WorldSite } from '../support/site-world.ts';
import { scriptToken } from '../support/script-token.ts';

const FIELD = 'description';
const QUERY = '{ versions(first: 3) { nodes { id code description } } }';

/** A role that may not see the field: ShotGrid leaves its key out of the rows. */
function withoutField(client: ActingClient): ActingClient {
  const without = ({ fields, ...row }: Row): Row => {
    const { [FIELD]: _, ...rest } = fields;
    return { ...row, fields: rest };
  };
  return {
    ...client,
    search: async (request, options) => (await client.search(request, options)).map(without),
  };
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

  it('is an error at its place where the site has deleted it, and the rest is answered', async () => {
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

  it('is an error where the site cannot say whether it has it', async () => {
    await open({ wrap: withoutField });
    await world.control('POST', 'faults', { match: { path: '*/schema/*' }, status: 503, times: 9 });
    const { errors } = await world.ask(QUERY);
    expect(errors?.[0]).toMatchObject({ path: ['versions', 'nodes', 0, 'description'] });
    expect(errors?.[0]?.extensions['code']).not.toBe('INTERNAL');
  });
});
