import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** A request has a deadline: what takes longer is told as such, and the rest is shown. */
describe('A branch that is slow', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld({ timeoutMs: 1200 });
  });
  afterAll(() => world.close());

  it('does not hold the others past the deadline: its fields are null, each with its path', async () => {
    const path = '*/entity/Version/_search';
    await world.control('POST', 'faults', { match: { path }, delayMs: 60_000, times: 5 });
    const { data, errors, codes } = await world.ask(
      '{ playlists(first: 2, filter: { versions: { isNull: false } }) { nodes { id code versions { id name description } } } }',
      { as: 'joao' },
    );
    await world.control('DELETE', 'faults');
    const nodes = data.playlists.nodes as {
      code: string;
      versions: { id: number; name: string; description: string | null }[];
    }[];
    expect(nodes.length).toBe(2);
    for (const { code, versions } of nodes) {
      expect(code).not.toBe('');
      expect(versions.length).toBeGreaterThan(0);
      // The link came with the playlist; what lies behind it did not come in time.
      for (const version of versions)
        expect(version).toMatchObject({ id: expect.any(Number), description: null });
    }
    expect(new Set(codes)).toEqual(new Set(['UPSTREAM_TIMEOUT']));
    const [first] = errors;
    expect((first as { path?: unknown } | undefined)?.path).toEqual([
      'playlists',
      'nodes',
      0,
      'versions',
      0,
      'description',
    ]);
  });

  it('is complete again when the site has recovered', async () => {
    const { errors } = await world.ask('{ playlists(first: 1) { nodes { versions { description } } } }');
    expect(errors).toEqual([]);
  });
});
