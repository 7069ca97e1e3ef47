import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/base/errors.ts';
import type { AuditEntry } from '../../../src/observe/audit.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';

/** A document is compiled when it comes the second time: nobody may notice. */
describe('a document that comes again', () => {
  let compiled: GraphqlWorld;
  let interpreted: GraphqlWorld;
  beforeEach(async () => {
    compiled = await createGraphqlWorld({ rows: bridgeRows() });
    interpreted = await createGraphqlWorld({ rows: bridgeRows(), settings: { compiled: false } });
  });
  afterEach(() => Promise.all([compiled.close(), interpreted.close()]));

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
  ])('answers as the interpreter does: %s', async (_, query, variables) => {
    for (const world of [compiled, interpreted]) {
      const rows = world.site.rows['Version'] ?? [];
      world.site.rows['Version'] = rows.map((row) =>
        row.id === 902 ? { ...row, frame_count: 2 ** 40 } : row,
      );
    }
    const expected = await interpreted.ask(query, { variables });
    for (let time = 0; time < 3; time += 1) {
      const { data, errors, status } = await compiled.ask(query, { variables });
      expect({ data, errors, status }).toEqual({
        data: expected.data,
        errors: expected.errors,
        status: expected.status,
      });
    }
  });

  it('asks the site for what the variables of this time let through, and for no more', async () => {
    const query = `query ($name: Boolean!, $task: Boolean!) {
      versions(first: 2) { nodes { id code @include(if: $name) ...Task @include(if: $task) } }
    } fragment Task on Version { sgTask { id duration @skip(if: $name) } }`;
    for (const [name, task] of [
      [true, false],
      [true, false],
      [false, true],
      [true, true],
      [true, false],
    ]) {
      const variables = { name, task };
      const { data } = await compiled.ask(query, { variables });
      expect(data).toEqual((await interpreted.ask(query, { variables })).data);
      const [search = ''] = compiled.takeSearches();
      expect([/[ ,]code\b/u.test(search), search.includes('sg_task')]).toEqual([name, task]);
      expect(search.includes('duration')).toBe(task && !name);
    }
  });

  it('writes once each time', async () => {
    const query =
      'mutation ($code: String!) { createShot(input: { project: { type: "Project", id: 1 }, code: $code }) { code } }';
    for (const code of ['a', 'b', 'c']) {
      const { data } = await compiled.ask(query, { variables: { code } });
      expect(data.createShot.code).toBe(code);
    }
    const created = compiled.site.calls.filter(({ kind }) => kind === 'create');
    expect(created.map(({ values }) => values?.['code'])).toEqual(['a', 'b', 'c']);
  });

  it('stands in the audit trail each time that it is refused', async () => {
    const trail: AuditEntry[] = [];
    const world = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: { audit: { record: (entry) => trail.push(entry) } },
    });
    world.site.before = () => {
      throw new AppError('FORBIDDEN');
    };
    for (let time = 0; time < 3; time += 1) await world.ask('query Peek { version(id: 900) { code } }');
    await world.close();
    expect(trail.map(({ action, code, operation }) => [action, code, operation])).toEqual(
      [1, 2, 3].map(() => ['access', 'FORBIDDEN', 'Peek']),
    );
  });

  it('is logged under its request where something unexpected fails', async () => {
    compiled.site.before = () => {
      throw new Error('secret at db.internal');
    };
    for (const requestId of ['one', 'two', 'three']) {
      const { errors } = await compiled.ask('{ version(id: 900) { code } }', { requestId });
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId } }]);
    }
    const logged = compiled.log.filter((line) => line.includes('graphql.error'));
    expect(logged.map((line) => (JSON.parse(line) as { requestId: string }).requestId)).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(logged.join()).not.toContain('db.internal');
  });
});
