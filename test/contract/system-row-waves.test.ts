import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { inOrder } from '../support/in-order.ts';
import { createNamingSystem } from '../support/named-rows.ts';
import { PLAN } from '../support/plan-settings.ts';
import { type Part, selections } from '../support/random-selections.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

interface Costs {
  readonly waves: number;
  readonly calls: readonly { readonly kind: string; readonly type: string; readonly wave: number }[];
}

describe('Rows of ShotGrid that a system names', () => {
  const names = createNamingSystem();
  let world: SiteWorld;
  let versions: readonly number[];
  let shots: readonly number[];
  beforeAll(async () => {
    const plan = { ...PLAN, maxSearches: 1000, shown: true };
    world = await startSiteWorld(
      { maxAliases: 1000, maxDepth: 64, plan },
      { deps: names.deps, wrap: inOrder, switches: { 'read.dottedLinkLeaf': 'link' } },
    );
    const idsOf = (type: string) => (world.dataset.rows[type] ?? []).slice(0, 200).map(({ id }) => id);
    // Also rows that the person may not see, and one that never was.
    versions = [...idsOf('Version'), 99_999_999];
    shots = [...idsOf('Shot'), 99_999_999];
  });
  afterAll(() => world.close());

  const ask = async (fields: string, parts: readonly Part[]) => {
    const used = parts.filter(({ text }) => fields.includes(text));
    const fragments = new Map(used.flatMap((each) => [...each.fragments]));
    const head = 'query Any($yes: Boolean! = true, $no: Boolean!)';
    const document = [
      `${head} { __typename @include(if: $yes) @skip(if: $no) ${fields} }`,
      ...fragments.values(),
    ].join('\n');
    const { data, errors, text } = await world.ask(document, { variables: { no: false } });
    // Some types nobody but an administrator may read.
    const codes = errors.map(({ extensions }) => extensions.code);
    if (codes.some((code) => code !== 'FORBIDDEN')) throw new Error(`${document}: ${codes.join()}`);
    const { extensions } = JSON.parse(text) as { extensions: { plan: Costs } };
    const calls = extensions.plan.calls.map(({ kind, type }) => `${kind} ${type}`).sort();
    return { data, cost: { waves: extensions.plan.waves, calls, codes } };
  };
  const seen = (rows: readonly unknown[]): readonly unknown[] => rows.filter((row) => row !== null);

  it('are the rows that their ids give, in their order, for the same calls in the same waves', async () => {
    const version = world.exposed.types.get('Version');
    const shot = world.exposed.types.get('Shot');
    if (version === undefined || shot === undefined) throw new Error('There are versions and shots.');
    const named = fc.record({
      versions: fc.array(fc.constantFrom(...versions), { minLength: 1, maxLength: 8 }),
      shots: fc.array(fc.constantFrom(...shots), { minLength: 1, maxLength: 8 }),
      first: selections(world.exposed, version),
      second: selections(world.exposed, version),
      ofShot: selections(world.exposed, shot),
    });
    await fc.assert(
      fc.asyncProperty(named, async (of) => {
        const parts = [of.first, of.second, of.ofShot];
        const ids = `versionsByIds(ids: [${of.versions.join()}])`;
        const byIds = await ask(`rows: ${ids} ${of.first.text}`, parts);
        names.answer = of.versions.map((id) => ({ id }));
        const atRoot = await ask(`rows: givenVersions ${of.first.text}`, parts);
        expect(atRoot.data.rows).toEqual(seen(byIds.data.rows));
        expect(atRoot.cost).toEqual(byIds.cost);

        const below = await ask(`job { rows: givenVersions ${of.first.text} name }`, parts);
        expect(below.data.job.rows).toEqual(atRoot.data.rows);
        expect(below.cost).toEqual(byIds.cost);

        const merged = await ask(`rows: ${ids} ${of.first.text} rows: ${ids} ${of.second.text}`, parts);
        const named = await ask(
          `rows: givenVersions ${of.first.text} rows: givenVersions ${of.second.text}`,
          parts,
        );
        expect(named.data.rows).toEqual(seen(merged.data.rows));
        expect(named.cost).toEqual(merged.cost);

        const both = await ask(
          `a: ${ids} ${of.first.text} b: shotsByIds(ids: [${of.shots.join()}]) ${of.ofShot.text}`,
          parts,
        );
        names.answer = [
          ...of.versions.map((id) => ({ __typename: 'Version', id })),
          ...of.shots.map((id) => ({ type: 'Shot', id })),
        ];
        const mixed = await ask(
          `rows: givenAnys { ... on Version ${of.first.text} ... on Shot ${of.ofShot.text} }`,
          parts,
        );
        expect(mixed.data.rows).toEqual(seen([...both.data.a, ...both.data.b]));
        expect(mixed.cost).toEqual(both.cost);
      }),
      { numRuns: 25 },
    );
  });

  it('are read in one wave for all rows that name some, with two selections of one field as well', async () => {
    const [one, two, three] = versions;
    names.answer = [{ id: three }, { id: two }];
    const list = `versionsByIds(ids: [${one}, ${two}, ${three}])`;
    const { cost } = await ask(`${list} { givenVersions { code } givenVersions { playlists { code } } }`, []);
    expect(cost).toEqual({
      waves: 2,
      calls: ['search Playlist', 'search Version', 'search Version'],
      codes: [],
    });
  });

  it('start the calls that need only their id beside their search', async () => {
    const { data } = await world.ask('{ playlists(first: 1) { nodes { id } } }');
    const { id } = data.playlists.nodes[0] as { id: number };
    const plain = await ask(`row: playlist(id: ${id}) { code orderedVersions { id } }`, []);
    names.answer = { id, __typename: 'Playlist' };
    const named = await ask('row: givenAny { ... on Playlist { code orderedVersions { id } } }', []);
    expect(named.data).toEqual(plain.data);
    expect(named.cost).toEqual(plain.cost);
  });
});
