import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PLAN } from '../support/plan-settings.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Lists within lists: each level is a search of its own for each type. */
const lists = (levels: number): string =>
  levels === 0 ? 'id code' : `id code versions { id code playlists { ${lists(levels - 1)} } }`;

/** A request that would need more searches than it may is not begun. */
describe('a request that would need too many searches', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    const plan = {
      ...PLAN,
      maxSearches: 12,
      maxSearchesByRole: new Map([['vendor', 3]]),
      shownTo: ['admin'],
    };
    world = await startSiteWorld({ plan, maxDepth: 64 });
  });
  beforeEach(() => world.takeCalls());
  afterAll(() => world.close());

  it('is refused before the first call, and the error names what to reduce', async () => {
    const { data, errors, codes } = await world.ask(`{ playlist(id: 1) { ${lists(6)} } }`);
    expect(data).toEqual({ playlist: null });
    expect(codes).toEqual(['PLAN_TOO_LARGE']);
    expect(errors[0]?.message).toBe(
      'This needs 13 searches of ShotGrid, more than the 12 that one request may make. Ask for fewer lists of links within lists of links, most of all below "versions" of Playlist, or in several requests.',
    );
    expect(errors[0]?.extensions.details).toEqual({ searches: 13, limit: 12, path: 'versions' });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('counts all its fields together: none of them is read', async () => {
    const playlist = `playlist(id: 1) { ${lists(2)} }`;
    const shot = 'shot(id: 2) { code tasks { content notes { subject replies { content } } } }';
    const sequence = 'sequence(id: 2) { code shots { code tasks { content } assets { code } } }';
    const { data, codes } = await world.ask(`{ ${playlist} ${shot} ${sequence} }`);
    expect(data).toEqual({ playlist: null, shot: null, sequence: null });
    expect(codes).toEqual(['PLAN_TOO_LARGE', 'PLAN_TOO_LARGE', 'PLAN_TOO_LARGE']);
    expect(await world.takeCalls()).toEqual([]);
    expect((await world.ask(`{ ${playlist} ${shot} }`)).codes).toEqual([]);
  });

  it('counts fields once that share their searches', async () => {
    const field = (index: number): string => `p${index}: playlist(id: ${index}) { ${lists(2)} }`;
    const { codes } = await world.ask(`{ ${[1, 2, 3, 4].map(field).join(' ')} }`);
    expect(codes).toEqual([]);
  });

  it('writes nothing that could not be shown afterwards', async () => {
    const { codes } = await world.ask(
      `mutation { updatePlaylist(id: 1, input: { description: "lost?" }) { ${lists(6)} } }`,
    );
    expect(codes).toEqual(['PLAN_TOO_LARGE']);
    expect(await world.takeCalls()).toEqual([]);
  });

  it('counts nothing for a write that the site refused: it was never read', async () => {
    const write = (name: string, code: string): string =>
      `${name}: updatePlaylist(id: 1, input: { code: ${code} }) { ${lists(3)} }`;
    const refused =
      'updateShot(id: 2, input: { sgStatusList: "nosuch" }) { tasks { content notes { subject replies { content } } } }';
    const { data, errors } = await world.ask(
      `mutation { ${[1, 2, 3].map((n) => `r${n}: ${refused}`).join(' ')} ${write('kept', '"Dailies"')} }`,
      { as: 'joao', role: 'Manager' },
    );
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      [1, 2, 3].map((n) => [[`r${n}`], 'NOT_FOUND']),
    );
    expect(data.kept.code).toBe('Dailies');
  });

  it('counts calls for single rows before the first of them', async () => {
    const threads = (first: number) => world.ask(`{ notes(first: ${first}) { nodes { id thread { id } } } }`);
    const { data, codes } = await threads(13);
    expect(data.notes.nodes).toHaveLength(13);
    expect(new Set(codes)).toEqual(new Set(['PLAN_TOO_LARGE']));
    expect((await world.takeCalls()).filter(({ path }) => path.includes('thread'))).toEqual([]);
    expect((await threads(12)).codes).toEqual([]);
  });

  it('counts the orders of many playlists once, since they are read together', async () => {
    const { codes } = await world.ask('{ playlists(first: 20) { nodes { orderedVersions { id } } } }');
    expect(codes).toEqual([]);
    expect(await world.takeCalls()).toHaveLength(3);
  });

  it('has a limit of its own for each role', async () => {
    const query = `{ playlist(id: 1) { ${lists(2)} } }`;
    expect((await world.ask(query, { role: 'Vendor' })).codes).toEqual(['PLAN_TOO_LARGE']);
    expect((await world.ask(query, { role: 'Artist' })).codes).toEqual([]);
  });

  it('shows the calls of an answer only to the roles in the setting', async () => {
    const planOf = async (role: string | null): Promise<unknown> => {
      const { text } = await world.ask('{ shot(id: 2) { code } }', { role });
      return (JSON.parse(text) as { extensions?: { plan?: { waves: number } } }).extensions?.plan?.waves;
    };
    expect(await planOf('Admin')).toBe(1);
    expect(await planOf('Artist')).toBeUndefined();
    expect(await planOf(null)).toBeUndefined();
  });
});
