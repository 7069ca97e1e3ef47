import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActingClient } from '../../src/shotgun/client/shotgun.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';

/** Asks again until there is an answer. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It never came.');
}

interface Group {
  readonly name: string;
  readonly value: unknown;
  readonly values: { field: string; number: number | null; text: string | null }[];
  readonly groups: Group[];
  readonly entities: { id: number; type: string; name: string; code?: string }[];
}

describe('ShotGrid’s data besides its rows', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });

  it('counts all pages besides the page, only if requested', async () => {
    const query =
      'query ($with: Boolean!) { shots(first: 2) { nodes { code } totalCount @include(if: $with) } }';
    const { data } = await world.ask(query, { variables: { with: true } });
    expect((await world.takeCalls()).map(({ path }) => path).sort()).toEqual([
      '/api/v1/entity/Shot/_search',
      '/api/v1/entity/Shot/_summarize',
    ]);
    const { data: all } = await world.ask('{ shots(first: 1000) { nodes { id } } }');
    expect(data.shots.totalCount).toBe(all.shots.nodes.length);
    await world.takeCalls();
    await world.ask(query, { variables: { with: false } });
    expect(await world.takeCalls()).toHaveLength(1);
  });

  it('returns rows by id in the requested order, with null for absent ones', async () => {
    const { data } = await world.ask('{ shotsByIds(ids: [3, 99999999, 1, 3]) { id } }');
    expect(data.shotsByIds).toEqual([{ id: 3 }, null, { id: 1 }, { id: 3 }]);
    expect(await world.takeCalls()).toHaveLength(1);
    const many = Array.from({ length: 10_000 }, (_, index) => index + 1);
    const { errors } = await world.ask('query ($ids: [Int!]!) { shotsByIds(ids: $ids) { id } }', {
      variables: { ids: many },
    });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'ids' } });
  });

  it('returns an entity whose type is known only at run time', async () => {
    const { data } = await world.ask(
      '{ entity(type: "Shot", id: 1) { type name ... on Shot { sgStatusList } } gone: entity(type: "Shot", id: 99999999) { id } }',
    );
    expect(data.entity).toMatchObject({ type: 'Shot', sgStatusList: expect.any(String) });
    expect(data.gone).toBeNull();
    const { errors } = await world.ask('{ entity(type: "Shotz", id: 1) { id } }');
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'type' } });
  });

  it('summarizes in groups what the rows themselves contain, in one call', async () => {
    const { data } = await world.ask(`{
      summarizeVersions(
        filter: { project: { is: { type: "Project", id: 1 } }, id: { lessThan: 900 } }
        summaries: [{ field: ID, type: COUNT }, { field: CREATED_AT, type: LATEST }]
        grouping: [{ field: SG_STATUS_LIST }, { field: USER }]
      ) { values { field type number text } groups { name value values { number } groups { entities { id type name } values { number } } } }
    }`);
    expect(await world.takeCalls()).toHaveLength(1);
    const whole = data.summarizeVersions as Group;
    const { data: rows } = await world.ask(
      '{ versions(first: 1000, filter: { project: { is: { type: "Project", id: 1 } }, id: { lessThan: 900 } }) { nodes { sgStatusList user { id } createdAt } } }',
    );
    const nodes = rows.versions.nodes as { sgStatusList: string; user: { id: number }; createdAt: string }[];
    expect(whole.values[0]).toMatchObject({ field: 'id', number: nodes.length });
    expect(whole.values[1]).toMatchObject({ field: 'createdAt', text: expect.stringContaining('20') });
    for (const group of whole.groups) {
      const ofGroup = nodes.filter((node) => (node.sgStatusList ?? null) === group.value);
      expect(group.values[0]?.number).toBe(ofGroup.length);
      for (const inner of group.groups) {
        const [person] = inner.entities;
        const ofPerson = ofGroup.filter((node) => node.user?.id === person?.id);
        expect(inner.values[0]?.number).toBe(ofPerson.length);
      }
    }
  });

  it('fills the rows that a summary is grouped by', async () => {
    const { data } = await world.ask(`{
      summarizeShots(summaries: [{ field: ID, type: RECORD_COUNT }], grouping: [{ field: SG_SEQUENCE }]) {
        groups { name entities { ... on Sequence { code } } }
      }
    }`);
    const groups = (data.summarizeShots as Group).groups.filter(({ entities }) => entities.length > 0);
    expect(groups.length).toBeGreaterThan(1);
    for (const { name, entities } of groups) expect(entities[0]?.code).toBe(name);
    expect(await world.takeCalls()).toHaveLength(2);
  });

  it('refuses two summaries of one field, of which ShotGrid would drop one', async () => {
    const { errors } = await world.ask(
      '{ summarizeShots(summaries: [{ field: CUT_IN, type: MAXIMUM }, { field: CUT_IN, type: MINIMUM }]) { name } }',
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'summaries' } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('finds by words of names over several types', async () => {
    const { data: first } = await world.ask('{ shot(id: 1) { name } }');
    const text = String(first.shot.name).slice(0, 5);
    await world.takeCalls();
    const { data } = await world.ask(
      'query ($text: String!) { search(text: $text, types: ["Shot", "Version"], projectId: 1, first: 10) { name status entity { type id ... on Shot { code } } } }',
      { variables: { text } },
    );
    expect(data.search.length).toBeGreaterThan(0);
    for (const hit of data.search as { name: string; entity: { type: string; code?: string } }[]) {
      if (hit.entity.type === 'Shot') expect(hit.entity.code).toBe(hit.name);
    }
    // One search for the hits, one for the codes of those that are shots.
    expect((await world.takeCalls()).length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['{ search(text: "  ") { name } }', 'text'],
    ['{ search(text: "a", first: 26) { name } }', 'first'],
    ['{ search(text: "a", types: ["Shot", "Nope"]) { name } }', 'types.1'],
    ['{ search(text: "a", types: ["HumanUser"], projectId: 1) { name } }', 'types'],
    ['{ activity(entity: { type: "Shot", id: 1 }, first: 501) { id } }', 'first'],
    ['{ followers(entity: { type: "Shot", id: 0 }) { id } }', 'entity.id'],
    ['{ activity(entity: { type: "Shotz", id: 1 }) { id } }', 'entity.type'],
    ['{ fieldInfo(type: "Shotz", field: "code") { name } }', 'type'],
    ['{ fieldInfo(type: "Shot", field: "nope") { name } }', 'field'],
  ])('refuses %s before any call', async (query, path) => {
    const { errors } = await world.ask(query);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path } });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('summarizes a text that looks like a number as text', async () => {
    await world.ask('mutation { updateVersion(id: 1340, input: { description: "007" }) { id } }', {
      as: 'joao',
    });
    const { data } = await world.ask(
      '{ summarizeVersions(filter: { id: { is: 1340 } }, summaries: [{ field: DESCRIPTION, type: LATEST }, { field: ID, type: MAXIMUM }]) { values { number text } } }',
      { as: 'joao' },
    );
    expect(data.summarizeVersions.values).toEqual([
      { number: null, text: '007' },
      { number: 1340, text: null },
    ]);
  });

  it('shows a thread as its authors wrote it, read as each of them', async () => {
    const { data: made } = await world.ask(
      'mutation { createNote(input: { project: { type: "Project", id: 2 }, subject: "Edges", content: "Look at frame 1012", noteLinks: [{ type: "Shot", id: 161 }] }) { id } }',
    );
    const noteId = made.createNote.id as number;
    await world.ask(
      'mutation ($note: EntityRefInput!) { createReply(input: { content: "Done", entity: $note }) { id } }',
      { as: 'joao', variables: { note: { type: 'Note', id: noteId } } },
    );
    const { data, errors } = await world.ask(
      'query ($id: Int!) { note(id: $id) { subject thread { type content createdAt author { name ... on HumanUser { login } } entity { id } } } }',
      { variables: { id: noteId } },
    );
    expect(errors).toEqual([]);
    expect(data.note.thread).toMatchObject([
      { type: 'Note', content: 'Look at frame 1012', author: { login: 'mira' }, entity: { id: noteId } },
      { type: 'Reply', content: 'Done', author: { login: 'joao' } },
    ]);
  });

  it('lists a shot’s activity, newest first', async () => {
    const read = async (before?: number) => {
      const { data } = await world.ask(
        'query ($before: Int) { activity(entity: { type: "Shot", id: 161 }, first: 5, before: $before) { id kind createdAt author { name } entity { id name } } }',
        { as: 'joao', variables: { before } },
      );
      return data.activity as {
        id: number;
        kind: string;
        author: { name: string };
        entity: { id: number };
      }[];
    };
    await world.ask('mutation { updateShot(id: 161, input: { description: "Rain" }) { id } }', {
      as: 'joao',
    });
    // An event is listed a moment after the change (API 9.1).
    const latest = await eventually(async () => (await read())[0]);
    expect(latest).toMatchObject({ kind: 'update', entity: { id: 161, name: expect.any(String) } });
    expect(latest.author.name).toContain('João');
    for (const { id } of await read(latest.id)) expect(id).toBeLessThan(latest.id);
  });

  it('hides the activity of a shot that the person may not see', async () => {
    const { codes } = await world.ask('{ activity(entity: { type: "Shot", id: 2 }) { id } }', { as: 'joao' });
    expect(codes).toEqual(['NOT_FOUND']);
  });

  it('reports an outage of the site as an outage, not as a hidden shot', async () => {
    const fault = { match: { path: '*/activity_stream' }, status: 500, times: 9 };
    await world.control('POST', 'faults', fault);
    const { codes } = await world.ask('{ activity(entity: { type: "Shot", id: 161 }) { id } }', {
      as: 'joao',
    });
    expect(codes).toEqual(['UPSTREAM_BROKEN']);
    await world.control('DELETE', 'faults');
  });

  it('follows and unfollows as the signed-in person', async () => {
    const ref = '{ type: "Shot", id: 3 }';
    const { data, errors } = await world.ask(`mutation { follow(entity: ${ref}) { id name } }`);
    expect(errors).toEqual([]);
    expect(data.follow).toMatchObject({ id: 3 });
    const { data: told } = await world.ask(
      `{ viewer { following { type id name } } followers(entity: ${ref}) { id name } }`,
    );
    expect(told.viewer.following).toContainEqual({ type: 'Shot', id: 3, name: data.follow.name });
    expect(told.followers).toContainEqual(expect.objectContaining({ name: expect.stringContaining('Mira') }));
    await world.ask(`mutation { unfollow(entity: ${ref}) { id } }`);
    const { data: after } = await world.ask('{ viewer { following { type id } } }');
    expect(after.viewer.following).not.toContainEqual({ type: 'Shot', id: 3 });
  });

  it('shows a form the legal values of a field', async () => {
    const { data, errors } = await world.ask(
      '{ fieldInfo(type: "Version", field: "sgStatusList", projectId: 1) { name systemName dataType editable choices { value label hidden } } }',
    );
    expect(errors).toEqual([]);
    expect(data.fieldInfo).toMatchObject({
      name: 'sgStatusList',
      systemName: 'sg_status_list',
      dataType: 'status_list',
    });
    expect(data.fieldInfo.choices).toContainEqual({ value: 'rev', label: 'Pending Review', hidden: false });
    const { data: bySystemName } = await world.ask(
      '{ fieldInfo(type: "Shot", field: "cut_in") { name unit } }',
    );
    expect(bySystemName.fieldInfo.name).toBe('cutIn');
  });

  it('shows retired rows on request', async () => {
    const { data: made } = await world.ask(
      'mutation { createShot(input: { project: { type: "Project", id: 2 }, code: "to_go" }) { id } }',
      { as: 'joao' },
    );
    const id = made.createShot.id as number;
    await world.ask('mutation ($id: Int!) { deleteShot(id: $id) { id } }', { as: 'joao', variables: { id } });
    const query =
      'query ($retired: Boolean!) { shots(filter: { code: { is: "to_go" } }, retired: $retired) { nodes { id code } totalCount } }';
    const { data: alive } = await world.ask(query, { as: 'joao', variables: { retired: false } });
    expect(alive.shots.nodes).toEqual([]);
    const { data: retired } = await world.ask(query, { as: 'joao', variables: { retired: true } });
    expect(retired.shots).toEqual({ nodes: [{ id, code: 'to_go' }], totalCount: 1 });
  });
});

it('A count that ShotGrid leaves out is reported as an error of ShotGrid, and the page is shown', async () => {
  const countless = { name: '', value: null, summaries: new Map(), groups: [] };
  const wrap = ({ login, call }: ActingClient): ActingClient => ({
    login,
    call: async (operation, options) =>
      operation.kind === 'summarize' ? (countless as never) : call(operation, options),
  });
  const world = await startSiteWorld({}, { wrap });
  const { data, errors } = await world.ask('{ versions(first: 1) { totalCount nodes { id } } }');
  await world.close();
  expect(data.versions.nodes).toHaveLength(1);
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['versions', 'totalCount'], 'UPSTREAM_BROKEN'],
  ]);
});
