import { afterEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/systems/connector.ts';
import type { RemoteSchema } from '../../../src/systems/load-system-parts.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';

const never = (): Promise<never> => new Promise<never>(() => undefined);

const TYPES = `
  type Job { id: Int! size: Int tags: [String] state: State next: Job wait: Int }
  enum State { DONE }
  interface Thing { id: Int } type Bolt implements Thing { id: Int }
  extend type Version { jobs: Int label: String }
  extend type Query { job: Job jobs: [Job!] count: Int things: [Thing] }
  extend type Mutation { start: Job }
`;
const connector = (given: Partial<Connector>): Connector => ({
  typeDefs: TYPES,
  fields: { Version: { jobs: async () => [1], label: async () => ['x'], ...given.fields?.['Version'] } },
  queries: {
    job: async () => ({ id: 1 }),
    jobs: async () => [],
    count: async () => 1,
    things: async () => [],
    ...given.queries,
  },
  mutations: { start: async () => ({ id: 1 }), ...given.mutations },
});

/** What other systems give is not ours: wherever it is wrong or late, the rest is answered. */
describe('a value of another system', () => {
  let world: GraphqlWorld;
  afterEach(() => world.close());
  const open = async (given: Partial<Connector>): Promise<void> => {
    world = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: {
        parts: { connectors: [{ name: 'farm', connector: connector(given) }], remotes: [] },
        systemsFor: () => () => ({ person: {}, system: {} }) as never,
      },
    });
  };

  it.each<[string, string, Partial<Connector>]>([
    ['a query', '{ viewer { login } job { id } }', { queries: { job: never } }],
    [
      'a field of an object',
      '{ viewer { login } job { id wait } }',
      { queries: { job: async () => ({ id: 1, wait: never() }) } },
    ],
    ['an item of a list', '{ viewer { login } jobs { id } }', { queries: { jobs: async () => [never()] } }],
    [
      'a field of rows',
      '{ viewer { login } versions(first: 1) { nodes { jobs } } }',
      { fields: { Version: { jobs: never } } },
    ],
  ])(
    'that never comes is an error at its place, and the rest is answered: %s',
    async (_what, query, given) => {
      await open(given);
      const { data, errors } = await world.ask(query, { timeoutMs: 50 });
      expect(data.viewer).toEqual({ login: 'mira' });
      expect(errors).toMatchObject([{ extensions: { code: 'SYSTEM_TIMEOUT', details: { system: 'farm' } } }]);
    },
  );

  it('that never arrives leaves the outcome of a change unknown, and no later change begins', async () => {
    let started = 0;
    await open({
      mutations: {
        start: () => {
          started += 1;
          return never();
        },
      },
    });
    const { errors } = await world.ask('mutation { a: start { id } b: start { id } }', { timeoutMs: 50 });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SYSTEM_TIMEOUT', 'SYSTEM_TIMEOUT']);
    expect(errors[0]?.extensions.details?.['outcome']).toBe('unknown');
    expect(started).toBe(1);
  });

  it.each<[string, string, Partial<Connector>, string]>([
    ['a word for a number', '{ count }', { queries: { count: async () => 'abc' } }, 'Query.count'],
    ['a number above Int', '{ count }', { queries: { count: async () => 3_000_000_000 } }, 'Query.count'],
    ['no list', '{ jobs { id } }', { queries: { jobs: async () => 5 } }, 'Query.jobs'],
    ['text for an object', '{ job { id } }', { queries: { job: async () => 'x' } }, 'Job.id'],
    ['null where it may not be', '{ job { id } }', { queries: { job: async () => ({}) } }, 'Job.id'],
    ['null in a list', '{ jobs { id } }', { queries: { jobs: async () => [null] } }, 'Query.jobs'],
    [
      'a type that is not there',
      '{ things { id } }',
      { queries: { things: async () => [{ __typename: 'Nut' }] } },
      'Query.things',
    ],
    [
      'a word that is not in the enum',
      '{ job { state } }',
      { queries: { job: async () => ({ id: 1, state: 'LOST' }) } },
      'Job.state',
    ],
    [
      'a getter that throws',
      '{ job { size } }',
      {
        queries: {
          job: async () => ({
            size: () => {
              throw new TypeError('no');
            },
          }),
        },
      },
      'Job.size',
    ],
    [
      'a wrong value at a row',
      '{ versions(first: 1) { nodes { jobs } } }',
      { fields: { Version: { jobs: async () => ['abc'] } } },
      'Version.jobs',
    ],
  ])(
    'that its type cannot hold is SYSTEM_BROKEN with system and field: %s',
    async (_what, query, given, field) => {
      await open(given);
      const { errors } = await world.ask(query);
      expect(errors).toMatchObject([
        { extensions: { code: 'SYSTEM_BROKEN', details: { system: 'farm', field } } },
      ]);
      expect(world.log.map((line) => JSON.parse(line) as object)).toContainEqual(
        expect.objectContaining({ code: 'SYSTEM_BROKEN', upstream: 'farm', reason: field }),
      );
    },
  );
});

describe('a value of ShotGrid', () => {
  let world: GraphqlWorld;
  afterEach(() => world.close());

  it.each<[string, string, unknown]>([
    ['text for a link', 'project', 'abc'],
    ['a link without an id', 'project', { type: 'Project' }],
    ['no list of links', 'playlists', 'abc'],
    ['a word for a checkbox', 'client_approved', 'abc'],
    ['a word for a number', 'frame_count', 'abc'],
  ])('that its field cannot hold is UPSTREAM_BROKEN with the field: %s', async (_what, name, value) => {
    const rows = bridgeRows();
    rows['Version'] = (rows['Version'] ?? []).slice(0, 1).map((row) => ({ ...row, [name]: value as never }));
    world = await createGraphqlWorld({ rows });
    const field = name.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
    const inner = name === 'project' || name === 'playlists' ? '{ id }' : '';
    const { data, errors } = await world.ask(`{ versions(first: 1) { nodes { id ${field} ${inner} } } }`);
    expect(data.versions.nodes[0]).toMatchObject({ [field]: null });
    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'UPSTREAM_BROKEN',
          details: { upstream: 'ShotGrid', field: `Version.${field}` },
        },
      },
    ]);
  });
});

const REMOTE: RemoteSchema = {
  name: 'library',
  prefix: 'Library',
  path: '/graphql',
  typeDefs: 'type Query { a: Int! b: Int! c: Item } type Item { id: Int n: Int }',
};

describe('a remote GraphQL system', () => {
  let world: GraphqlWorld;
  afterEach(() => world.close());
  const open = async (answer: (query: string) => unknown): Promise<void> => {
    const send = async (...[, , body]: readonly unknown[]): Promise<unknown> =>
      answer((body as { query: string }).query);
    world = await createGraphqlWorld({
      rows: {},
      deps: {
        parts: { connectors: [], remotes: [REMOTE] },
        systemsFor: () => () => ({ person: {}, system: { send } }) as never,
      },
    });
  };
  const keyOf = (query: string, field: string): string =>
    new RegExp(String.raw`(\w+): ${field}\b`, 'u').exec(query)?.[1] ?? field;

  it('that loses a field through the error of another one is an error at each place', async () => {
    await open((query) => ({
      data: null,
      errors: [{ message: 'no', path: [keyOf(query, 'a')], extensions: { code: 'FORBIDDEN' } }],
    }));
    const { errors } = await world.ask('{ viewer { login } libraryA libraryB }');
    expect(errors.map(({ path, extensions }) => [path?.[0], extensions.code]).toSorted()).toEqual([
      ['libraryA', 'FORBIDDEN'],
      ['libraryB', 'SYSTEM_BROKEN'],
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['null without an error', null],
  ])('that answers %s is SYSTEM_BROKEN at each place', async (_what, data) => {
    await open(() => ({ data }));
    const { errors } = await world.ask('{ libraryA libraryC { id } }');
    expect(errors.map(({ path, extensions }) => [path?.[0], extensions.code]).toSorted()).toEqual([
      ['libraryA', 'SYSTEM_BROKEN'],
      ['libraryC', 'SYSTEM_BROKEN'],
    ]);
  });

  it('that returns a wrong value is SYSTEM_BROKEN with system and field', async () => {
    await open((query) => ({ data: { [keyOf(query, 'c')]: { id: 'abc', n: 1 } } }));
    const { data, errors } = await world.ask('{ libraryC { id n } }');
    expect(data.libraryC).toEqual({ id: null, n: 1 });
    expect(errors).toMatchObject([
      { extensions: { code: 'SYSTEM_BROKEN', details: { system: 'library', field: 'Item.id' } } },
    ]);
  });
});
