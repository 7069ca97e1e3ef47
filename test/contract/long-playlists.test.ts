import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { demoDataset } from '../../studio/site/demo/dataset.ts';
import type { Dataset } from '../../studio/site/ports.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

const PROJECT = 2;
/** So many versions get a place in one batch. */
const MOST_CHANGES = 400;
const LONG = { id: 8001, versions: 450 };
const WHOLE = { id: 8002, versions: MOST_CHANGES };
const BATCH = '/api/v1/entity/_batch';
const SEARCH = '/api/v1/entity/PlaylistVersionConnection/_search';

/** The demo's site with two more playlists, one of which is longer than a batch. */
function withLongPlaylists(): Dataset {
  const dataset = demoDataset();
  const versions = (dataset.rows['Version'] ?? []).filter(
    (row) => (row['project'] as { id: number }).id === PROJECT,
  );
  const playlists = [LONG, WHOLE].map(({ id }) => ({
    ...{ id, code: `long ${id}`, project: { type: 'Project', id: PROJECT } },
  }));
  const connections = [LONG, WHOLE].flatMap((playlist, number) =>
    versions.slice(0, playlist.versions).map((version, index) => ({
      id: 80_000 + number * 1000 + index,
      playlist: { type: 'Playlist', id: playlist.id },
      version: { type: 'Version', id: version.id },
      sg_sort_order: index + 1,
    })),
  );
  return {
    ...dataset,
    rows: {
      ...dataset.rows,
      Playlist: [...(dataset.rows['Playlist'] ?? []), ...playlists],
      PlaylistVersionConnection: [...(dataset.rows['PlaylistVersionConnection'] ?? []), ...connections],
    },
  };
}

describe('a playlist with more versions than one batch can move', () => {
  let world: SiteWorld;
  /** Runs before and after the next batch. */
  let around: { before?: () => Promise<unknown>; after?: () => Promise<unknown> } = {};
  beforeAll(async () => {
    world = await startSiteWorld(
      {},
      {
        dataset: withLongPlaylists(),
        wrap: (client) => ({
          login: client.login,
          async call(operation, options) {
            if (operation.kind !== 'batch') return client.call(operation, options);
            const { before, after } = around;
            around = {};
            await before?.();
            const answer = await client.call(operation, options);
            await after?.();
            return answer;
          },
        }),
      },
    );
  });
  afterAll(() => world.close());

  const read = async ({ id }: { id: number }): Promise<number[]> => {
    const { data } = await world.ask('query ($id: Int!) { playlist(id: $id) { orderedVersions { id } } }', {
      as: 'joao',
      variables: { id },
    });
    return data.playlist.orderedVersions.map((one: { id: number }) => one.id);
  };
  const order = ({ id }: { id: number }, ids: readonly number[]) =>
    world.ask(
      'mutation ($id: Int!, $ids: [Int!]!) { orderPlaylist(playlistId: $id, versionIds: $ids) { id } }',
      {
        as: 'joao',
        variables: { id, ids },
      },
    );
  const callsOfOrder = async (): Promise<string[]> =>
    (await world.takeCalls()).map(({ path }) => path).filter((path) => [BATCH, SEARCH].includes(path));

  it('is ordered by the places that change, and read once more after it', async () => {
    const before = await read(LONG);
    const [a, b, c, ...others] = before;
    await world.takeCalls();
    expect((await order(LONG, [c!, a!])).errors).toEqual([]);
    expect(await callsOfOrder()).toEqual([SEARCH, BATCH, SEARCH]);
    expect(await read(LONG)).toEqual([c, a, b, ...others]);
  });

  it('of just one batch is written whole, and not read again', async () => {
    const before = await read(WHOLE);
    await world.takeCalls();
    expect((await order(WHOLE, before.slice(-1))).errors).toEqual([]);
    expect(await callsOfOrder()).toEqual([SEARCH, BATCH]);
    expect(await read(WHOLE)).toEqual([...before.slice(-1), ...before.slice(0, -1)]);
  });

  it('is refused if more versions would move than one batch can make, and nothing moves', async () => {
    const before = await read(LONG);
    await world.takeCalls();
    const { errors } = await order(LONG, [before[MOST_CHANGES]!]);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'versionIds', value: MOST_CHANGES + 1 },
    });
    expect(errors[0]?.extensions.details).not.toHaveProperty('outcome');
    expect(await callsOfOrder()).toEqual([SEARCH]);
    expect(await read(LONG)).toEqual(before);
  });

  it('accepts as many moves as one batch can make', async () => {
    const before = await read(LONG);
    const last = before[MOST_CHANGES - 1]!;
    expect((await order(LONG, [last])).errors).toEqual([]);
    expect(await read(LONG)).toEqual([last, ...before.filter((id) => id !== last)]);
  });

  it('gets the order of any named versions, or keeps its own', async () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: LONG.versions - 1 }), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 20, max: LONG.versions }), async (chosen, below) => {
        const before = await read(LONG);
        const named = [...new Set(chosen.map((place) => before[place % below]!))];
        const wished = [...named, ...before.filter((id) => !named.includes(id))];
        const moved = wished.filter((id, place) => before[place] !== id).length;
        const { codes } = await order(LONG, named);
        const isTooMuch = moved > MOST_CHANGES;
        expect(codes).toEqual(isTooMuch ? ['BAD_USER_INPUT'] : []);
        expect(await read(LONG)).toEqual(isTooMuch ? before : wished);
      }),
      { numRuns: 20 },
    );
  });

  it('reports a mixed order if another person orders it at the same time', async () => {
    const [a, b, c, d, ...others] = await read(LONG);
    // They wrote after our read, and touched places that we leave alone.
    around = { before: () => order(LONG, [a!, b!, d!, c!]) };
    const { errors } = await order(LONG, [b!, a!]);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_REJECTED',
      details: { reason: 'otherOrder', outcome: 'done' },
    });
    expect(await read(LONG)).toEqual([b, a, d, c, ...others]);
  });

  it('does not report another order if another person removes a version at the same time', async () => {
    const before = await read(LONG);
    const gone = before.at(-1)!;
    const remove = `mutation { updatePlaylist(id: ${LONG.id}, input: { versions: { remove: [{ type: "Version", id: ${gone} }] } }) { id } }`;
    around = { before: () => world.ask(remove, { as: 'joao' }) };
    const { errors } = await order(LONG, [before[1]!]);
    expect(errors).toEqual([]);
    expect(await read(LONG)).toEqual([before[1], before[0], ...before.slice(2, -1)]);
  });

  it('is reported as done if it cannot be read after the batch', async () => {
    const [a, b, ...others] = await read(LONG);
    const isAway = { match: { path: SEARCH }, status: 503, body: '{}', times: 50 };
    around = { after: () => world.control('POST', 'faults', isAway) };
    const { errors } = await order(LONG, [b!]);
    await world.control('DELETE', 'faults');
    expect(errors[0]?.extensions).toMatchObject({
      code: expect.stringMatching(/^UPSTREAM_/u),
      details: { outcome: 'done' },
    });
    expect(await read(LONG)).toEqual([b, a, ...others]);
  });
});
