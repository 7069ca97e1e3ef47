import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGraphqlWorld, type GraphqlWorld } from '../support/graphql-world.ts';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

const FILTERED = 'query ($filter: VersionFilter) { versions(filter: $filter) { nodes { id } } }';
const CREATE = 'mutation ($input: NoteCreateInput!) { createNote(input: $input) { id } }';
const UPDATE = 'mutation ($input: VersionUpdateInput!) { updateVersion(id: 1, input: $input) { id } }';

/** graphql-js would print the whole value into each of fifty errors. */
describe('variables that are wrong in many places', () => {
  let world: GraphqlWorld;
  beforeAll(async () => {
    world = await createGraphqlWorld();
  });
  afterAll(() => world.close());

  /** An object whose properties count how often they are read. */
  function counted(count: number, value: unknown): { readonly object: object; reads(): number } {
    let reads = 0;
    const names = Array.from({ length: count }, (_, index) => `unknown${index}`);
    const object = Object.defineProperties(
      {},
      Object.fromEntries(
        names.map((name) => [
          name,
          {
            enumerable: true,
            get() {
              reads += 1;
              return value;
            },
          },
        ]),
      ),
    );
    return { object, reads: () => reads };
  }

  it('are refused once, and each value is read a few times at most', async () => {
    const { object, reads } = counted(200, 'y'.repeat(1000));
    const { status, errors, text } = await world.ask(
      'query ($filter: ShotFilter) { shots(filter: $filter) { nodes { id } } }',
      { variables: { filter: object } },
    );
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details: { path: 'filter' } } }]);
    expect(reads()).toBeLessThanOrEqual(3 * 200);
    expect(text.length).toBeLessThan(1000);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['a long text', 'query ($x: Int) { shots(first: $x) { nodes { id } } }', { x: 'z'.repeat(500_000) }],
    [
      'a long name',
      'query ($x: ShotFilter) { shots(filter: $x) { nodes { id } } }',
      { x: { ['z'.repeat(500_000)]: 1 } },
    ],
    [
      'a list of things that are no filters',
      'query ($x: ShotFilter) { shots(filter: $x) { nodes { id } } }',
      { x: { or: Array.from({ length: 20_000 }, () => 1) } },
    ],
  ])('get a short answer: %s', async (_, query, variables) => {
    const { status, errors, text } = await world.ask(query, { variables });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(text.length).toBeLessThan(1500);
  });

  it.each([1001, 3000, 30_000])('are refused where they are nested %i levels deep', async (levels) => {
    const filter = Array.from({ length: levels }).reduce<object>((inner) => ({ and: inner }), {
      id: { is: 1 },
    });
    const { errors } = await world.ask(
      'query ($filter: ShotFilter) { shots(filter: $filter) { nodes { id } } }',
      { variables: { filter } },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details: { path: 'filter' } } }]);
  });
});

describe('text that no site can hold', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  const project = { type: 'Project', id: 1 };
  it.each<[string, string, string, Record<string, unknown>]>([
    ['a text', 'input.subject', CREATE, { input: { project, subject: 'a\0b' } }],
    ['half of a character', 'input.content', CREATE, { input: { project, content: 'a\ud83d' } }],
    ['the other half', 'input.content', CREATE, { input: { project, content: '\ude00a' } }],
    ['a list value', 'input.sgStatusList', UPDATE, { input: { sgStatusList: 'ap\0r' } }],
    ['a filter', 'filter.code.contains', FILTERED, { filter: { code: { contains: '\ud800' } } }],
    ['one of several', 'filter.code.in.1', FILTERED, { filter: { code: { in: ['a', '\0'] } } }],
    ['a name', 'filter.\0', FILTERED, { filter: { '\0': 1 } }],
    [
      'a literal',
      'versions.filter.or.code.is',
      '{ versions(filter: { or: [{ code: { is: "a\\u0000" } }] }) { nodes { id } } }',
      {},
    ],
    [
      'a literal below another name',
      'made.input.subject',
      'mutation { made: createNote(input: { project: { type: "Project", id: 1 }, subject: """a\0""" }) { id } }',
      {},
    ],
  ])('is refused at its place and before any call: %s', async (_, path, query, variables) => {
    // Apollo keeps documents: the second one is refused as the first.
    for (let time = 0; time < 2; time += 1) {
      const { errors } = await world.ask(query, { variables });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', details: { path } } }]);
    }
    expect(await world.takeCalls()).toEqual([]);
  });

  it('is refused, and similar text is not: characters beyond 16 bits, line ends and tabs are written unchanged', async () => {
    const content = 'a😀\n\tb\u2028\u007f';
    const { data, errors } = await world.ask(
      'mutation ($input: NoteCreateInput!) { createNote(input: $input) { content } }',
      { variables: { input: { project, subject: 'Signs', content } } },
    );
    expect(errors).toEqual([]);
    expect(data.createNote.content).toBe(content);
  });
});
