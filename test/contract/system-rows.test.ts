import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createNamingSystem } from '../support/named-rows.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** More than links carry, and links below that are read for themselves. */
const OF_VERSION =
  '... on Version { code sgStatusList entity { id name ... on Shot { code } } playlists { id code } project { name sgStatus } }';
const OF_ANY = `... on Entity { id type name ${OF_VERSION} ... on Shot { code sgStatusList sgSequence { code } } }`;
const PLACES = [
  {
    one: 'givenVersion',
    many: ['givenVersions', 'givenLoose'],
    types: ['Version'],
    selection: `id type name ${OF_VERSION}`,
  },
  { one: 'givenAny', many: ['givenAnys'], types: ['Version', 'Shot'], selection: OF_ANY },
  { one: 'givenThing', many: ['givenThings'], types: ['Version', 'Shot'], selection: OF_ANY },
];

interface Given {
  readonly type: string;
  readonly id: number;
}

/** What a system says of rows of ShotGrid is worth its ids alone. */
describe('Rows of ShotGrid that a system names', () => {
  const names = createNamingSystem();
  let world: SiteWorld;
  let seen: readonly number[];
  /** Two of each kind: of mira's projects, retired, of other projects; and one that never was. */
  let rows: readonly Given[];
  const idsOf = async (type: 'versions' | 'shots', as: string, project: number): Promise<number[]> => {
    const { data } = await world.ask(
      `{ ${type}(first: 4, filter: { project: { is: { type: "Project", id: ${project} } } }) { nodes { id } } }`,
      { as },
    );
    return (data[type].nodes as Given[]).map(({ id }) => id);
  };
  const ask = async (document: string): Promise<Record<string, never>> => {
    const { data, errors } = await world.ask(document);
    expect(errors).toEqual([]);
    return data;
  };
  beforeAll(async () => {
    world = await startSiteWorld({}, { deps: names.deps });
    const versions = [...(await idsOf('versions', 'mira', 1)), ...(await idsOf('versions', 'joao', 3))];
    const shots = [...(await idsOf('shots', 'mira', 2)), ...(await idsOf('shots', 'joao', 3))];
    seen = versions.slice(0, 2);
    const { errors } = await world.ask(
      `mutation { a: deleteVersion(id: ${versions[2]}) { id } b: deleteShot(id: ${shots[2]}) { id } }`,
      { as: 'joao' },
    );
    void errors;
    rows = [
      ...[...versions, 99_999_999].map((id) => ({ type: 'Version', id })),
      ...[...shots, 99_999_999].map((id) => ({ type: 'Shot', id })),
    ];
  });
  afterAll(() => world.close());
  beforeEach(() => {
    names.answer = null;
    names.asked.length = 0;
  });

  it('are what a plain query by that person shows, wherever they stand and whatever else is said of them', async () => {
    const plain = new Map<string, unknown>();
    for (const { type, id } of rows) {
      const { entity } = await ask(`{ entity(type: "${type}", id: ${id}) { ${OF_ANY} } }`);
      plain.set(`${type} ${id}`, entity);
    }
    expect([...plain.values()].filter((row) => row !== null).length).toBeGreaterThan(5);
    expect([...plain.values()].filter((row) => row === null).length).toBeGreaterThan(9);
    const shown = ({ type, id }: Given): unknown => plain.get(`${type} ${id}`) ?? null;
    const beside = fc.record(
      { code: fc.constant('forged'), name: fc.constant('forged'), playlists: fc.constant([{ id: 1 }]) },
      { requiredKeys: [] },
    );
    const answers = fc.constantFrom(...PLACES).chain((place) => {
      const given = fc.constantFrom(...rows.filter(({ type }) => place.types.includes(type)));
      const row = fc.tuple(given, beside, fc.boolean(), fc.boolean()).map(([of, forged, isNamed, isLate]) => {
        const said = { ...forged, ...(isNamed ? { __typename: of.type } : { type: of.type }), id: of.id };
        return { of, said: isLate ? Promise.resolve(said) : said };
      });
      return fc.tuple(fc.constant(place), fc.array(row, { maxLength: 12 }));
    });
    await fc.assert(
      fc.asyncProperty(answers, async ([{ one, many, selection }, answer]) => {
        const [first] = answer;
        names.answer = first?.said ?? null;
        const single = first === undefined ? null : shown(first.of);
        for (const value of await everywhere(one, selection)) expect(value).toEqual(single);
        names.answer = answer.map(({ said }) => said);
        const list = answer.map(({ of }) => shown(of)).filter((row) => row !== null);
        for (const name of many) {
          for (const value of await everywhere(name, selection)) expect(value).toEqual(list);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  /** The field at the root, in an own type and at a row, and in an own type below a row. */
  async function everywhere(field: string, selection: string): Promise<readonly unknown[]> {
    const data = (await ask(`{
      here: ${field} { ${selection} } job { here: ${field} { ${selection} } }
      versionsByIds(ids: [${seen.join(',')}]) { here: ${field} { ${selection} } job { here: ${field} { ${selection} } } }
    }`)) as unknown as Here & { readonly versionsByIds: readonly Here[] };
    return [data, ...data.versionsByIds].flatMap(({ here, job }) => [here, job.here]);
  }

  it('are read together with the page that they stand in, in as many calls for fifty as for one', async () => {
    names.answer = [...rows.filter(({ type }) => type === 'Version'), ...rows, ...rows]
      .filter(({ type }) => type === 'Version')
      .map(({ id }) => ({ id }));
    const document = `{ versions(first: 50) { nodes { job { givenVersions { id code playlists { code } } } } } }`;
    await world.takeCalls();
    await ask(document);
    // The page; the rows and, beside them, what they will link to; whatever that did not find.
    expect((await world.takeCalls()).length).toBeLessThanOrEqual(4);
  });
});

interface Here {
  readonly here: unknown;
  readonly job: { readonly here: unknown };
}
