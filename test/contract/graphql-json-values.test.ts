import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

const PROJECT = 'project: { type: "Project", id: 1 }';

/** A document has JSON in two forms: as a literal with variables in it, and as a variable. */
describe('JSON that is written', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  const written = async (header: string, meta: string, variables: Record<string, unknown>) => {
    const document = `mutation ${header} { createNote(input: { ${PROJECT}, meta: ${meta} }) { meta } }`;
    const answers = [];
    for (let time = 0; time < 3; time += 1) {
      // The same document again.
      const { data, errors } = await world.ask(document, { variables });
      expect(errors).toEqual([]);
      answers.push((data as { createNote: { meta: unknown } }).createNote.meta);
    }
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    return answers[0];
  };

  it.each<[string, string, string, Record<string, unknown>, unknown]>([
    ['a variable', '($t: String)', '{ by: $t }', { t: 'mira' }, { by: 'mira' }],
    ['null on purpose', '($t: String)', '{ by: $t }', { t: null }, { by: null }],
    ['a variable that is left out', '($t: String)', '{ by: $t, a: 1 }', {}, { a: 1 }],
    ['its default', '($t: String = "ada")', '{ by: $t }', {}, { by: 'ada' }],
    ['variables in lists', '($t: String, $u: Int)', '{ a: [$t, [$u]] }', { t: 'x', u: 2 }, { a: ['x', [2]] }],
    ['a left-out variable in a list', '($t: String)', '{ a: ["y", $t] }', {}, { a: ['y', null] }],
    [
      'an object in a variable',
      '($j: JSON)',
      '{ a: { b: $j } }',
      { j: { c: [1.5] } },
      { a: { b: { c: [1.5] } } },
    ],
    ['names of every object', '', '{ constructor: 1, toString: 2 }', {}, { constructor: 1, toString: 2 }],
    ['the largest exact integer', '', '{ a: 9007199254740991 }', {}, { a: Number.MAX_SAFE_INTEGER }],
    ['a fraction', '', '{ a: -0.25 }', {}, { a: -0.25 }],
  ])('is the same each time, as it was said: %s', async (_, ...[header, meta, variables, expected]) => {
    expect(await written(header, meta, variables)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['an enum word', '{ a: ACTIVE }'],
    ['an enum word in a list', '{ a: ["b", [ACTIVE]] }'],
    ['an integer whose digits would be lost', '{ a: 9007199254740993 }'],
    ['an integer whose digits would be lost, in a list', '{ a: [-12345678901234567890] }'],
    ['a number that would be written as null', '{ a: 1e400 }'],
  ])('is refused in a document: %s', async (_, meta) => {
    const { codes } = await world.ask(`mutation { createNote(input: { ${PROJECT}, meta: ${meta} }) { id } }`);
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(await world.takeCalls()).toEqual([]);
  });

  it.each<[string, string]>([
    ['an integer whose digits would be lost', '{ "a": 9007199254740993 }'],
    ['a number that would be written as null', '{ "a": [1e400] }'],
  ])('is refused in a variable, with its path: %s', async (_, meta) => {
    const { errors } = await world.ask(
      `mutation ($m: JSON) { createNote(input: { ${PROJECT}, meta: $m }) { id } }`,
      { variables: JSON.parse(`{ "m": ${meta} }`) as Record<string, unknown> },
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'm' } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('finds the same rows each time where a filter has a variable in JSON', async () => {
    await written('', '{ tool: "diff" }', {});
    const document =
      'query ($t: String) { notes(filter: { meta: { contains: { tool: $t } } }) { totalCount } }';
    const countOf = async (t: string): Promise<number> => {
      const { data } = await world.ask<{ notes: { totalCount: number } }>(document, { variables: { t } });
      return data.notes.totalCount;
    };
    const first = await countOf('diff');
    expect(first).toBeGreaterThanOrEqual(3);
    expect([await countOf('diff'), await countOf('nobody'), await countOf('diff')]).toEqual([
      first,
      0,
      first,
    ]);
  });
});

describe('JSON in a variable', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  it('counts with all its values, each time that the document uses it', async () => {
    const large = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`key${index}`, index]));
    const fields = Array.from(
      { length: 12 },
      (_, index) =>
        `a${index}: notes(first: 1, filter: { meta: { contains: { in: $large } } }) { nodes { id } }`,
    );
    const { errors } = await world.ask(`query ($large: JSON) { ${fields.join(' ')} }`, {
      variables: { large },
    });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.at(-1)).toMatchObject({
      path: ['a11'],
      message: expect.stringContaining('too many values'),
      extensions: { code: 'BAD_USER_INPUT', details: { path: 'filter' } },
    });
  });
});

/** A document may give null for an argument that has a default and is never null. */
describe('null where there has to be a value', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  it.each<[string, string, string]>([
    ['a page', 'first', 'query ($v: Int) { shots(first: $v) { nodes { id } } }'],
    ['a window', 'retired', 'query ($v: Boolean) { shots(retired: $v) { nodes { id } } }'],
    [
      'a scope',
      'includeArchivedProjects',
      'query ($v: Boolean) { shots(includeArchivedProjects: $v) { nodes { id } } }',
    ],
    [
      'a direction',
      'sort.0.direction',
      'query ($v: SortDirection) { shots(sort: [{ field: CODE, direction: $v }]) { nodes { id } } }',
    ],
  ])('is refused at its argument, each of three times: %s', async (_, path, document) => {
    for (let time = 0; time < 3; time += 1) {
      // The same document again.
      const { errors, data } = await world.ask(document, { variables: { v: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details: { path } } }]);
      expect(data).toEqual({ shots: null });
    }
    const leftOut = await world.ask(document);
    expect([leftOut.codes, leftOut.data.shots.nodes.length]).toEqual([[], 50]);
  });

  it.each(['filter: $v', 'sort: $v', 'after: $v'])(
    'counts as omitted where null is allowed: %s',
    async (given) => {
      const types: Record<string, string> = { filter: 'ShotFilter', sort: '[ShotSort!]', after: 'String' };
      const type = types[given.split(':')[0] ?? ''];
      const { data } = await world.ask(`query ($v: ${type}) { shots(${given}) { nodes { id } } }`, {
        variables: { v: null },
      });
      expect(data).toEqual((await world.ask('{ shots { nodes { id } } }')).data);
    },
  );
});
