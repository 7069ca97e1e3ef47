import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { AuditEntry } from '../../../src/observe/audit-entry.ts';
import type { GraphqlAnswer } from '../../support/ask-graphql.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, GRAPHQL_SETTINGS, type GraphqlWorld } from '../../support/graphql-world.ts';

/** Documents are kept once they are parsed and checked, with their selections and plans. Nothing of a request may stay in them. */
describe('a document that is sent again', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
  });
  afterEach(() => world.close());

  const VARIABLES = 'query ($id: Int! = 900, $with: Boolean!, $filter: VersionFilter)';
  it.each<[string, string, Record<string, unknown>]>([
    [
      'links of several types',
      '{ versions { nodes { id entity { __typename id name ... on Shot { sgCutIn } ... on Asset { sgIsHero } } } } }',
      {},
    ],
    [
      'fragments and aliases',
      'query { a: version(id: 900) { ...Some b: code } } fragment Some on Version { code sgTask { content } }',
      {},
    ],
    [
      'a default, a skipped part',
      `${VARIABLES} { version(id: $id) { id code @include(if: $with) } versions(filter: $filter) { nodes { id } } }`,
      { with: false },
    ],
    [
      'a filter in a variable',
      `${VARIABLES} { version(id: $id) { id code @include(if: $with) } versions(filter: $filter) { nodes { id } } }`,
      { id: 901, with: true, filter: { id: { in: [900, 901] } } },
    ],
    [
      'a variable that is refused',
      `${VARIABLES} { version(id: $id) { id code @include(if: $with) } versions(filter: $filter) { nodes { id } } }`,
      { id: 'seven', with: true },
    ],
    [
      'a filter that is refused',
      `${VARIABLES} { version(id: $id) { id code @include(if: $with) } versions(filter: $filter) { nodes { id } } }`,
      { with: true, filter: { id: { in: [] } } },
    ],
    ['a row that is not there', '{ version(id: 4711) { id } }', {}],
    ['a number that does not fit', '{ versions { nodes { id frameCount } } }', {}],
    ['what is asked of the schema', '{ __typename viewer { __typename login } }', {}],
  ])('has the same answer and the same searches each time: %s', async (_, query, variables) => {
    const rows = world.site.rows['Version'] ?? [];
    world.site.rows['Version'] = rows.map((row) => (row.id === 902 ? { ...row, frame_count: 2 ** 40 } : row));
    await expectTheSameEachTime(world, query, variables);
  });

  const LATE = '{ versions(first: 3) { nodes { code sgTask { name isLate } playlists { code } } } }';
  it('makes each call once, also if a linked row is hidden and a checkbox of it is selected', async () => {
    world.site.hidden = (_login, type) => type === 'Task';
    await expectTheSameEachTime(world, LATE);
  });

  it('has one budget, also if a linked row is hidden and a checkbox of it is selected', async () => {
    const { plan } = GRAPHQL_SETTINGS;
    const small = await createGraphqlWorld({
      rows: bridgeRows(),
      settings: { plan: { ...plan, maxSearches: 3 } },
    });
    small.site.hidden = (_login, type) => type === 'Task';
    const { codes } = await expectTheSameEachTime(small, LATE);
    expect(codes).not.toContain('PLAN_TOO_LARGE');
    await small.close();
  });

  it('keeps an alias with the name of a property of every object', async () => {
    const { text } = await expectTheSameEachTime(
      world,
      '{ version(id: 900) { __proto__: code constructor: id } }',
    );
    expect(text).toContain('{"__proto__":"comp_v1","constructor":900}');
  });

  it('reads only the fields that the variables of this request include', async () => {
    const query = `query ($name: Boolean!, $task: Boolean!) {
      versions(first: 2) { nodes { id sgStatusList @include(if: $name) ...Task @include(if: $task) } }
    } fragment Task on Version { sgTask { id duration @skip(if: $name) } }`;
    for (const [name, task] of [
      [true, false],
      [true, false],
      [false, true],
      [true, true],
      [true, false],
    ]) {
      await world.ask(query, { variables: { name, task } });
      const [search = ''] = world.takeSearches();
      expect([search.includes('sg_status_list'), search.includes('sg_task')]).toEqual([name, task]);
      expect(search.includes('duration')).toBe(task && !name);
    }
  });

  it('writes once each time', async () => {
    const query =
      'mutation ($code: String!) { createShot(input: { project: { type: "Project", id: 1 }, code: $code }) { code } }';
    for (const code of ['a', 'b', 'c']) {
      const { data } = await world.ask(query, { variables: { code } });
      expect(data.createShot.code).toBe(code);
    }
    const created = world.site.calls.filter(({ kind }) => kind === 'create');
    expect(created.map(({ values }) => values?.['code'])).toEqual(['a', 'b', 'c']);
  });

  it('is in the audit trail each time that it is refused', async () => {
    const trail: AuditEntry[] = [];
    const audited = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: { audit: { record: (entry) => trail.push(entry) } },
    });
    audited.site.before = () => {
      throw new AppError('FORBIDDEN');
    };
    for (let time = 0; time < 3; time += 1) await audited.ask('query Peek { version(id: 900) { code } }');
    await audited.close();
    expect(trail.map(({ action, code, operation }) => [action, code, operation])).toEqual(
      [1, 2, 3].map(() => ['access', 'FORBIDDEN', 'Peek']),
    );
  });

  it('is logged under its request where something unexpected fails', async () => {
    world.site.before = () => {
      throw new Error('secret at db.internal');
    };
    for (const requestId of ['one', 'two', 'three']) {
      const { errors } = await world.ask('{ version(id: 900) { code } }', { requestId });
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId } }]);
    }
    const logged = world.log.filter((line) => line.includes('graphql.error'));
    expect(logged.map((line) => (JSON.parse(line) as { requestId: string }).requestId)).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(logged.join()).not.toContain('db.internal');
  });
});

async function expectTheSameEachTime(
  world: GraphqlWorld,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlAnswer> {
  const first = await world.ask(query, { variables });
  const searches = world.takeSearches();
  for (let time = 1; time < 3; time += 1) {
    const { text, status } = await world.ask(query, { variables });
    expect({ text, status, searches: world.takeSearches() }).toEqual({
      text: first.text,
      status: first.status,
      searches,
    });
  }
  return first;
}
