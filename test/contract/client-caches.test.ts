import { rm } from 'node:fs/promises';
import { InMemoryCache } from '@apollo/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Ask,
  type CacheModules,
  type CountedClient,
  countedApollo,
  countedUrql,
  loadCacheModules,
} from '../support/counted-clients.ts';
import { launchOf } from '../support/graphql-world.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

let world: SiteWorld;
let modules: CacheModules;
beforeAll(async () => {
  modules = await loadCacheModules();
  world = await startSiteWorld();
  const film = '{ url: "https://films.example/1", name: "a film" }';
  const { codes } = await world.ask(
    `mutation { updateVersion(id: 1, input: { sgUploadedMovie: ${film} }) { id } }`,
    {
      as: 'joao',
    },
  );
  expect(codes).toEqual([]);
  const sort = [{ column: 'code', direction: 'desc' as const }];
  world.launches.set('mira', [launchOf('L1', { columns: ['code'], sort })]);
});
afterAll(async () => {
  await world.close();
  await rm(modules.folder, { recursive: true, force: true });
});

/** João may change things. */
const ask: Ask = (body) =>
  world.ask(body, { as: JSON.stringify(body).includes('mutation') ? 'joao' : 'mira' });

const CLIENTS: readonly [string, () => CountedClient][] = [
  ['Apollo Client', () => countedApollo(ask, modules.apollo)],
  ['graphcache', () => countedUrql(ask, modules.graphcache)],
];

const SUMMARY = 'summarizeTasks(summaries: [{ field: ID, type: COUNT }], grouping: [{ field: STEP }])';
/** Two components each, which ask for different fields of one thing. */
const PARTS: readonly [string, string, string][] = [
  ['Viewer', '{ viewer { id login } }', '{ viewer { id displayName } }'],
  ['Acting', '{ viewer { id acting { way } } }', '{ viewer { id acting { reason } } }'],
  ['Image', '{ version(id: 1) { id image { state } } }', '{ version(id: 1) { id image { url } } }'],
  [
    'Url',
    '{ version(id: 1) { id sgUploadedMovie { id name } } }',
    '{ version(id: 1) { id sgUploadedMovie { url } } }',
  ],
  ['a connection', '{ tasks(first: 2) { nodes { id content } } }', '{ tasks(first: 2) { totalCount } }'],
  ['PageInfo', '{ tasks { pageInfo { hasNextPage } } }', '{ tasks { pageInfo { endCursor } } }'],
  ['LaunchPage', '{ launch(id: "L1") { id page { id } } }', '{ launch(id: "L1") { id page { title } } }'],
  [
    'FieldInfo',
    '{ fieldInfo(type: "Version", field: "code") { displayName } }',
    '{ fieldInfo(type: "Version", field: "code") { editable } }',
  ],
  [
    'a list that is paged through',
    '{ versions(first: 2) { nodes { id } } }',
    '{ versions(first: 2) { totalCount } }',
  ],
];

describe.each(CLIENTS)('two components that ask %s for different fields', (_, start) => {
  it.each(PARTS)(
    'of %s cost a request each, and reading one again costs the other none',
    async (__, first, second) => {
      const client = start();
      const one = client.component(first);
      const two = client.component(second);
      await client.settle();
      expect(client.requests()).toBe(2);
      for (const component of [one, two]) {
        component.readAgain();
        await client.settle();
      }
      expect(client.requests()).toBe(4);
      const shown = [one, two].map((component) => steady(component.shown()));
      const answers = await Promise.all([first, second].map((document) => world.ask(document)));
      expect(shown).toEqual(answers.map(({ data }) => steady({ data, error: null })));
    },
  );
});

/** Addresses of files change with each answer. */
const steady = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data, (name, value: unknown) => {
      if (name === '__typename') return undefined;
      return typeof value === 'string' && value.startsWith('http') ? 'an address' : value;
    }),
  );

describe('Apollo Client without the policies', () => {
  it('makes requests because of its own requests', async () => {
    const client = countedApollo(ask, { createCache: () => new InMemoryCache() });
    client.component('{ version(id: 1) { id image { state } } }');
    client.component('{ version(id: 1) { id image { url } } }');
    await client.settle();
    expect(client.requests()).toBeGreaterThan(2);
  });
});

const PAGE = `query Page($first: Int! = 2, $after: String) {
  versions(first: $first, after: $after) { nodes { id code } pageInfo { endCursor hasNextPage } }
}`;

interface PageShown {
  readonly versions: {
    readonly nodes: readonly { readonly id: number }[];
    readonly pageInfo: { readonly endCursor: string };
  };
}

describe.each(CLIENTS)('%s', (name, start) => {
  it('stops sending requests when two components ask for different fields of a list of values, and each keeps its own', async () => {
    const client = start();
    const names = client.component(`{ ${SUMMARY} { groups { name } } }`);
    const numbers = client.component(`{ ${SUMMARY} { groups { values { number } } } }`);
    await client.settle();
    expect(client.requests()).toBeLessThanOrEqual(4);
    const shown = [names, numbers].map((component) => component.shown());
    expect(shown).toMatchObject([
      {
        data: {
          summarizeTasks: { groups: expect.arrayContaining([expect.objectContaining({ name: 'FX' })]) },
        },
      },
      {
        data: {
          summarizeTasks: {
            groups: expect.arrayContaining([expect.objectContaining({ values: expect.anything() })]),
          },
        },
      },
    ]);
  });

  it('pages through a list: a request for each page, and no row twice', async () => {
    const client = start();
    const list = client.component(PAGE);
    const page = () => (list.shown().data as PageShown).versions;
    await client.settle();
    for (const length of [4, 6]) {
      list.readOn(page().pageInfo.endCursor);
      await client.settle();
      expect(page().nodes).toHaveLength(length);
    }
    const ids = page().nodes.map(({ id }) => id);
    const { data } = await world.ask<PageShown>('{ versions(first: 6) { nodes { id } } }');
    expect([client.requests(), ids]).toEqual([3, data.versions.nodes.map(({ id }) => id)]);
  });

  it('requests the rows of a list of which it knows only the count', async () => {
    const client = start();
    client.component('{ versions(first: 2) { totalCount } }');
    await client.settle();
    const list = client.component('{ versions(first: 2) { nodes { id } } }');
    await client.settle();
    expect((list.shown().data as PageShown).versions.nodes).toHaveLength(2);
  });

  it('keeps a page with one failed field, and names the field', async () => {
    const path = '/api/v1/entity/Shot/_summarize';
    await world.control('POST', 'faults', { match: { method: 'POST', path }, status: 400, times: 1 });
    const client = start();
    const page = client.component('{ viewer { id login } shots(first: 1) { totalCount nodes { id } } }');
    await client.settle();
    await world.control('DELETE', 'faults');
    expect(page.shown()).toMatchObject({
      data: { viewer: { login: 'mira' }, shots: { totalCount: null, nodes: [{ id: expect.any(Number) }] } },
      error: expect.stringContaining('ShotGrid'),
    });
  });

  it('no longer shows a deleted row', async () => {
    const input = '{ project: { type: "Project", id: 2 }, code: "deleted here" }';
    const made = await world.ask(`mutation { createVersion(input: ${input}) { id } }`, { as: 'joao' });
    const id: number = made.data.createVersion.id;
    const client = start();
    const list = client.component(
      '{ versions(filter: { code: { is: "deleted here" } }) { nodes { id code } } }',
    );
    await client.settle();
    const rows = () => (list.shown().data as PageShown).versions.nodes;
    expect(rows()).toMatchObject([{ id }]);
    await client.mutate('mutation Delete($id: Int!) { deleteVersion(id: $id) { deleted { id } } }', { id });
    await client.settle();
    expect(rows()).toEqual([]);
    // Graphcache reads a list again that has lost a row; Apollo leaves the row out.
    expect(client.requests()).toBe(name === 'graphcache' ? 3 : 2);
  });
});
