import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  {
    one: 'givenRecord',
    many: [],
    types: ['Version'],
    selection: `... on Version { id type name } ${OF_VERSION}`,
  },
];
/** That are asked for by themselves: a list of lists, and one of an own type that is never null. */
const DEEP = 'givenDeep';
const ALWAYS = 'givenAlways';

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
    await world.control('PATCH', 'people/ada', { can_impersonate_this_user: true });
    const { errors } = await world.ask(
      `mutation { a: deleteVersion(id: ${versions[2]}) { id } b: deleteShot(id: ${shots[2]}) { id } }`,
      { as: 'ada', role: 'Admin' },
    );
    expect(errors).toEqual([]);
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
        if (one !== 'givenVersion') return;
        for (const value of await inJobs(ALWAYS, selection)) expect(value).toEqual(list);
        const said = answer.map((row) => row.said);
        names.answer = [said, [], said.slice(1)];
        const lists = [answer, [], answer.slice(1)].map((part) =>
          part.map(({ of }) => shown(of)).filter((row) => row !== null),
        );
        for (const value of await everywhere(DEEP, selection)) expect(value).toEqual(lists);
      }),
      { numRuns: 40 },
    );
  });

  /** The field at the root, also of a mutation, in an own type and at a row, and in an own type below a row. */
  async function everywhere(field: string, selection: string): Promise<readonly unknown[]> {
    const here = `here: ${field} { ${selection} }`;
    const data = (await ask(
      `{ ${here} versionsByIds(ids: [${seen.join(',')}]) { ${here} } }`,
    )) as unknown as Here & { readonly versionsByIds: readonly Here[] };
    const changed = (await ask(`mutation { ${here} }`)) as unknown as Here;
    const below = await inJobs(field, selection);
    return [...[data, ...data.versionsByIds, changed].map((at) => at.here), ...below];
  }

  /** The field in an own type: of a query, of a row, and of what a mutation gives. */
  async function inJobs(field: string, selection: string): Promise<readonly unknown[]> {
    const job = `{ here: ${field} { ${selection} } }`;
    const data = (await ask(
      `{ job ${job} versionsByIds(ids: [${seen.join(',')}]) { job ${job} } }`,
    )) as unknown as Jobs & { readonly versionsByIds: readonly Jobs[] };
    const changed = (await ask(`mutation { job: touch ${job} }`)) as unknown as Jobs;
    return [data, ...data.versionsByIds, changed].map((at) => at.job.here);
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

  it.each<[string, unknown, string]>([
    ['text for an id', { id: '1' }, 'id'],
    ['an id below 1', { id: -1 }, 'id'],
    ['an id that no row can have', { id: 4_294_967_296 }, 'id'],
    ['a broken id', { id: 1.5 }, 'id'],
    ['no id', { code: 'forged' }, 'id'],
    ['text', 'Version 1', 'row'],
    ['a row of another type', { __typename: 'Shot', id: 1 }, 'type'],
    ['a row of another type, by the name of the site', { type: 'Shot', id: 1 }, 'type'],
    ['a failed promise', () => Promise.reject(new Error('the words of the system')), 'connector'],
  ])('cannot be named by %s: the field says whose answer was wrong', async (_what, answer, reason) => {
    names.answer = typeof answer === 'function' ? (answer as () => unknown)() : answer;
    const { data, errors, text } = await world.ask('{ job { name givenVersion { id } } shot(id: 1) { id } }');
    expect(data).toMatchObject({ job: { name: 'a job', givenVersion: null } });
    expect(errors[0]).toMatchObject({
      path: ['job', 'givenVersion'],
      extensions: { code: 'SYSTEM_BROKEN', details: { system: 'names', field: 'givenVersion', reason } },
    });
    expect(text).not.toContain('the words of the system');
  });

  it.each<[string, unknown]>([
    ['a type that cannot stand there', { __typename: 'Task', id: 1 }],
    [
      'a type that is not shown',
      { __typename: 'UnexposedEntity', type: 'PageSetting', id: 1, name: 'forged' },
    ],
    ['no type', { id: 1 }],
  ])('cannot be named by %s where several types may stand', async (_what, answer) => {
    names.answer = answer;
    const { data, errors } = await world.ask('{ givenThing { ... on Version { id } } }');
    expect(data).toEqual({ givenThing: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'SYSTEM_BROKEN', details: { reason: 'type' } });
  });

  it('are null with an error at their place in a list, which loses nothing else', async () => {
    names.answer = [{ id: seen[0] }, { id: 'one' }, { id: 99_999_999 }, { id: seen[1] }, { id: seen[0] }];
    const { data, errors } = await world.ask('{ givenLoose { id } }');
    expect(data.givenLoose).toEqual([{ id: seen[0] }, null, { id: seen[1] }, { id: seen[0] }]);
    expect(errors.map(({ path }) => path)).toEqual([['givenLoose', 1]]);
  });

  it('are at most five thousand in a list, read in one search', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ id: index + 1 }));
    names.answer = many;
    await world.takeCalls();
    const { givenVersions } = await ask('{ givenVersions { id } }');
    expect((givenVersions as unknown as unknown[]).length).toBeGreaterThan(100);
    expect(await world.takeCalls()).toHaveLength(1);
    names.answer = [...many, { id: 5001 }];
    const { errors } = await world.ask('{ givenVersions { id } }');
    expect(errors[0]?.extensions).toMatchObject({
      code: 'SYSTEM_BROKEN',
      details: { reason: 'tooManyRows' },
    });
  });

  it('take nothing but their own field with them while ShotGrid does not answer', async () => {
    names.answer = [{ id: seen[0] }];
    await world.control('POST', 'faults', {
      match: { path: '/api/v1/entity/Version/_search' },
      status: 503,
      times: 10,
    });
    const { data, codes } = await world.ask('{ job { name givenVersions { code } } }');
    await world.control('DELETE', 'faults');
    expect(data.job).toEqual({ name: 'a job', givenVersions: null });
    expect(codes).toEqual(['UPSTREAM_UNAVAILABLE']);
  });
});

interface Here {
  readonly here: unknown;
}

interface Jobs {
  readonly job: Here;
}
