import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld, launchOf } from '../../support/graphql-world.ts';

describe('the launch that a front end was opened with', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
    world.launches.set('mira', [
      launchOf('L1', {
        selectedIds: [903, 77, 900],
        ids: [900, 901, 902, 903],
        sort: [{ column: 'code', direction: 'desc' }],
        grouping: [{ column: 'entity', method: null, direction: 'asc' }],
      }),
    ]);
  });
  afterEach(() => world.close());

  it('returns the selected rows in the order of the click, null for rows that the person may not see, in one search', async () => {
    const { data, codes } = await world.ask(
      '{ launch(id: "L1") { selectedCount missingCount selected { id name ... on Version { code sgTask { name } } } } }',
    );
    expect(codes).toEqual([]);
    expect(data.launch).toEqual({
      selectedCount: 3,
      missingCount: 1,
      selected: [
        { id: 903, name: 'comp_v4', code: 'comp_v4', sgTask: { name: 'comp' } },
        null,
        { id: 900, name: 'comp_v1', code: 'comp_v1', sgTask: { name: 'comp' } },
      ],
    });
    expect(world.takeSearches()).toEqual(['Version: cached_display_name,code,sg_task']);
  });

  it('shows the page that it came from, without any call', async () => {
    const { data } =
      await world.ask(`{ launch(id: "L1") { id ami entityType selectedIds idCount view referrerUrl createdAt
      page { id title } columns { name displayName } sort { column direction } grouping { column method direction }
      project { id type __typename } } }`);
    expect(data.launch).toEqual({
      id: 'L1',
      ami: 'review',
      entityType: 'Version',
      selectedIds: [903, 77, 900],
      idCount: 4,
      view: null,
      referrerUrl: 'https://studio.example/page/7',
      createdAt: '2026-09-02T15:58:21.000Z',
      page: { id: 7, title: 'Versions' },
      columns: [
        { name: 'code', displayName: 'Version Name' },
        { name: 'sg_task', displayName: null },
      ],
      sort: [{ column: 'code', direction: 'DESC' }],
      grouping: [{ column: 'entity', method: null, direction: 'ASC' }],
      project: { id: 1, type: 'Project', __typename: 'Project' },
    });
    expect(world.site.calls.length).toBe(0);
  });

  it('reads more of its project when more is selected', async () => {
    const { data, codes } = await world.ask('{ launch(id: "L1") { project { name sgStatus } } }');
    expect(codes).toEqual([]);
    expect(data.launch.project).toEqual({ name: 'Bridge', sgStatus: 'Active' });
  });

  it('returns the ids of the page in parts', async () => {
    const { data } = await world.ask(
      '{ launch(id: "L1") { ids(first: 2, offset: 1) all: ids none: ids(first: 0) } }',
    );
    expect(data.launch).toEqual({ ids: [901, 902], all: [900, 901, 902, 903], none: [] });
    for (const part of ['first: 5001', 'first: -1', 'offset: -1']) {
      expect((await world.ask(`{ launch(id: "L1") { ids(${part}) } }`)).codes).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('shows how many rows the page had if it had more than are kept', async () => {
    world.launches.set('mira', [launchOf('L2', { ids: [900, 901], idsLeftOut: 58 })]);
    const { data } = await world.ask('{ launch(id: "L2") { ids idCount idsTruncated } }');
    expect(data.launch).toEqual({ ids: [900, 901], idCount: 60, idsTruncated: true });
  });

  it('without rows has no type and no selection', async () => {
    const payload = { entityType: null, ids: [], selectedIds: [], targetColumn: 'sg_versions' };
    world.launches.set('mira', [launchOf('L3', payload)]);
    const { data, codes } = await world.ask(
      '{ launch(id: "L3") { entityType selected { id } missingCount idsTruncated targetColumn } }',
    );
    expect(codes).toEqual([]);
    expect(data.launch).toEqual({
      entityType: null,
      selected: [],
      missingCount: 0,
      idsTruncated: false,
      targetColumn: 'sg_versions',
    });
    expect(world.site.calls).toEqual([]);
  });

  it('of another person looks like an unknown launch (B17)', async () => {
    const ask = (id: string) => world.ask(`{ launch(id: "${id}") { id } }`, { as: 'joao' });
    const [theirs, none] = [await ask('L1'), await ask('nope')];
    expect(theirs.text).toBe(none.text);
    expect([theirs.data, theirs.codes]).toEqual([{ launch: null }, ['NOT_FOUND']]);
  });

  it('on rows of a type that the API does not have shows none of them', async () => {
    world.launches.set('mira', [launchOf('L1', { entityType: 'Ticket', selectedIds: [1, 2] })]);
    const { data } = await world.ask('{ launch(id: "L1") { entityType missingCount selected { id } } }');
    expect(data.launch).toEqual({ entityType: 'Ticket', missingCount: 2, selected: [null, null] });
  });
});

describe('the viewer', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
  });
  afterEach(() => world.close());

  it('is the person at the provider and in ShotGrid, without any call', async () => {
    const { data } = await world.ask(
      '{ viewer { id issuer subject displayName email login permissionRole acting { way } person { id type } } }',
    );
    expect(data.viewer).toEqual({
      id: 'https://idp.example#subject-of-mira',
      issuer: 'https://idp.example',
      subject: 'subject-of-mira',
      displayName: 'mira at the provider',
      email: 'mira@studio.example',
      login: 'mira',
      permissionRole: 'Artist',
      acting: { way: 'SUDO' },
      person: { id: 34, type: 'HumanUser' },
    });
    expect(world.site.calls).toEqual([]);
  });

  it('reads more of the person when more is selected, and keeps the known fields if the person may not be read', async () => {
    const document = '{ viewer { person { login email projects { name } } } }';
    expect((await world.ask(document)).data.viewer.person).toEqual({
      login: 'mira',
      email: 'mira@studio.example',
      projects: [{ name: 'Bridge' }],
    });
    world.site.hidden = () => true;
    const { data } = await world.ask('{ viewer { login person { name email } } }');
    expect(data.viewer).toEqual({ login: 'mira', person: { name: 'mira in ShotGrid', email: null } });
  });
});
