import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GraphqlAnswer } from '../support/ask-graphql.ts';
import { startSiteWorld, type SiteWorld } from '../support/site-world.ts';
import { PLAN } from '../support/plan-settings.ts';

const PROJECT = { type: 'Project', id: 2 };
const BATCH = 'mutation ($operations: [BatchOperationInput!]!) { batch(operations: $operations) { id } }';
const creating = (type: string): string =>
  `mutation ($input: ${type}CreateInput!) { create${type}(input: $input) { id } }`;
const updating = (type: string): string =>
  `mutation ($id: Int!, $input: ${type}UpdateInput!) { update${type}(id: $id, input: $input) { id } }`;

/** João makes mistakes, and is told each at its place, with what would be right. */
describe('a write that cannot be', () => {
  let world: SiteWorld;
  let versionId: number;
  let taskId: number;
  beforeAll(async () => {
    world = await startSiteWorld();
    const { data } = await world.ask(
      '{ versions(first: 1, filter: { project: { is: { type: "Project", id: 2 } } }) { nodes { id } } tasks(first: 1) { nodes { id } } }',
      { as: 'joao' },
    );
    versionId = data.versions.nodes[0].id as number;
    taskId = data.tasks.nodes[0].id as number;
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.takeCalls();
  });
  const ask = (query: string, variables: Record<string, unknown>) =>
    world.ask(query, { as: 'joao', variables });
  const create = (type: string, input: object) =>
    ask(creating(type), { input: { project: PROJECT, ...input } });
  const refusalOf = ({ errors, data }: GraphqlAnswer) => {
    expect(errors).toHaveLength(1);
    expect(Object.values((data ?? {}) as object).filter((value) => value !== null)).toEqual([]);
    const { code, details } = errors[0]?.extensions ?? {};
    return { code, ...details };
  };

  it.each<[string, string, object, Record<string, unknown>]>([
    ['a number beyond 32 bits', 'Version', { frameCount: 2 ** 31 }, { path: 'input.frameCount' }],
    ['text for a number', 'Version', { frameCount: '7' }, { path: 'input.frameCount' }],
    ['a date that never was', 'Task', { dueDate: '2026-02-30' }, { path: 'input.dueDate' }],
    [
      'an instant without a zone',
      'Playlist',
      { sgDateAndTime: '2026-02-20T10:00:00' },
      { path: 'input.sgDateAndTime' },
    ],
    ['a field that there is not', 'Version', { nope: 1 }, { path: 'input' }],
    ['no project', 'Version', { project: null }, { path: 'input.project' }],
    [
      'a colour of the web',
      'Phase',
      { color: '#fd5e63' },
      { path: 'input.color', value: '#fd5e63', legal: ['r,g,b'] },
    ],
    ['a colour out of range', 'Phase', { color: '256,0,0' }, { path: 'input.color', value: '256,0,0' }],
    ['a colour that is for Tasks', 'Phase', { color: 'pipeline_step' }, { path: 'input.color' }],
    ['a Task without a colour', 'Task', { color: null }, { path: 'input.color', value: null }],
    ['a bare value for JSON', 'Note', { meta: 7 }, { path: 'input.meta', value: 7 }],
    [
      'a link to no id',
      'Version',
      { entity: { type: 'Shot', id: 0 } },
      { path: 'input.entity.id', value: 0 },
    ],
  ])('is refused before any call: %s', async (_, type, input, details) => {
    expect(refusalOf(await create(type, input))).toMatchObject({ code: 'BAD_USER_INPUT', ...details });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('because ShotGrid does not have the value is refused at its place, with the legal values', async () => {
    const legal = ['rev', 'vwd', 'apr', 'na', 'fin', 'omt'];
    const refusal = refusalOf(await create('Version', { sgStatusList: 'Approved' }));
    const path = 'input.sgStatusList';
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', path, value: 'Approved', legal });
  });

  it('because a link does not hold the type is refused before it is written, where ShotGrid would store it', async () => {
    expect(refusalOf(await create('Version', { entity: { type: 'Task', id: 1 } }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'input.entity',
      legal: ['Asset', 'Shot', 'Sequence', 'Episode', 'Level', 'Delivery'],
    });
    const change = {
      playlists: {
        add: [
          { type: 'Playlist', id: 1 },
          { type: 'Shot', id: 1 },
        ],
      },
    };
    expect(refusalOf(await ask(updating('Version'), { id: versionId, input: change }))).toMatchObject({
      path: 'input.playlists.add.1',
      value: { type: 'Shot', id: 1 },
    });
    const operations = [{ createVersion: { project: PROJECT, entity: { type: 'Task', id: 1 } } }];
    expect(refusalOf(await ask(BATCH, { operations }))).toMatchObject({
      path: 'operations.0.createVersion.entity',
    });
    expect((await world.takeCalls()).map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  it.each(['update', 'delete', 'revive'])('to %s needs an id', async (verb) => {
    const input = verb === 'update' ? ', input: { code: "x" }' : '';
    const answer = await ask(`mutation { ${verb}Version(id: 0${input}) { id } }`, {});
    expect(refusalOf(answer)).toEqual({ code: 'BAD_USER_INPUT', path: 'id', value: 0 });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('has its place in a batch, and a create there has no "input"', async () => {
    const operations = [
      { deleteVersion: versionId },
      { createVersion: { project: PROJECT, entity: { type: 'Shot', id: 0 } } },
    ];
    expect(refusalOf(await ask(BATCH, { operations }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'operations.1.createVersion.entity.id',
      value: 0,
    });
    const large = [{ updateVersion: { id: versionId, input: { frameCount: 2 ** 31 } } }];
    expect(refusalOf(await ask(BATCH, { operations: large }))).toMatchObject({
      path: 'operations.0.updateVersion.input.frameCount',
    });
    expect(await world.takeCalls()).toEqual([]);
  });

  it('is not in the schema: replies, splits, a missing project, fields that only a new record takes', async () => {
    const { types } = world.exposed;
    expect([...types.keys()]).toEqual(expect.arrayContaining(['Note', 'Reply', 'Step']));
    const codesOf = async (document: string) => (await ask(document, {})).codes;
    for (const document of [
      'mutation { updateNote(id: 1, input: { replies: { set: [] } }) { id } }',
      'mutation { createReply(input: { content: "to nothing" }) { id } }',
      'mutation { updateTask(id: 1, input: { splits: [] }) { id } }',
      'mutation { updateNote(id: 1, input: { meta: { a: 1 } }) { id } }',
      'mutation { updateStep(id: 1, input: { entityType: "Asset" }) { id } }',
      'mutation { updateAttachment(id: 1, input: { thisFile: { url: "https://x.example" } }) { id } }',
      'mutation { createVersion(input: { code: "of no project" }) { id } }',
      'mutation { updateVersion(id: 1, input: { createdAt: "2026-01-01T00:00:00Z" }) { id } }',
      'mutation { updateVersion(id: 1, input: { playlists: [] }) { id } }',
    ]) {
      expect([document, await codesOf(document)]).toEqual([document, ['GRAPHQL_VALIDATION_FAILED']]);
    }
    expect(await world.takeCalls()).toEqual([]);
  });

  it('because the linked row is deleted names the link', async () => {
    const link = { type: 'Shot', id: 99_999_999 };
    const answer = await create('Version', { entity: link });
    expect(refusalOf(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'input.entity',
      value: link,
      reason: 'illegalValue',
    });
    expect(answer.errors[0]?.message).toContain('still there');
    expect(await world.takeCalls()).toHaveLength(1);
  });

  it('because a reply belongs to no note names the remedy, in a batch too', async () => {
    const { data } = await create('Note', { subject: 'Said' });
    const noteId = (data as { createNote: { id: number } }).createNote.id;
    const made = await ask(
      'mutation ($id: Int!) { createReply(input: { entity: { type: "Note", id: $id }, content: "x" }) { id } }',
      { id: noteId },
    );
    const { id } = (made.data as { createReply: { id: number } }).createReply;
    const orphan = await ask(
      'mutation ($id: Int!) { updateReply(id: $id, input: { entity: null }) { id } }',
      { id },
    );
    expect(orphan.codes).toEqual([]);
    for (const [document, variables, path] of [
      ['mutation ($id: Int!) { deleteReply(id: $id) { id } }', { id }, undefined],
      [BATCH, { operations: [{ deleteReply: id }] }, 'operations.0.deleteReply'],
    ] as const) {
      const answer = await ask(document, variables);
      expect(refusalOf(answer)).toMatchObject({
        code: 'BAD_USER_INPUT',
        reason: 'orphan',
        ...(path && { path }),
      });
      expect(answer.text).not.toContain('reflect_on');
    }
  });

  it('because one of several linked rows is deleted names that link', async () => {
    const people = [31, 32, 33, 99_999_999, 34].map((id) => ({ type: 'HumanUser', id }));
    const [, , , gone] = people;
    const note = await create('Note', { subject: 'To many', addressingsTo: people });
    expect(refusalOf(note)).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'input.addressingsTo.3',
      value: gone,
    });
    const change = { id: taskId, input: { taskAssignees: { add: people } } };
    expect(refusalOf(await ask(updating('Task'), change))).toMatchObject({
      path: 'input.taskAssignees.add.3',
      value: gone,
    });
    const operations = [{ updateTask: { id: taskId, input: { taskAssignees: { remove: [gone] } } } }];
    expect(refusalOf(await ask(BATCH, { operations }))).toMatchObject({
      path: 'operations.0.updateTask.input.taskAssignees.remove.0',
      value: gone,
    });
  });

  it('because the name is empty or taken is refused with that reason', async () => {
    const empty = await create('Shot', { code: '' });
    expect(refusalOf(empty)).toMatchObject({
      code: 'BAD_USER_INPUT',
      entityType: 'Shot',
      reason: 'emptyName',
    });
    expect(empty.errors[0]?.message).toContain('empty name');
  });

  it('because the person may not change the field is FORBIDDEN, and names it in both languages', async () => {
    const { data } = await world.ask('{ shots(first: 1) { nodes { id } } }');
    const answer = await world.ask(updating('Shot'), {
      variables: { id: data.shots.nodes[0].id, input: { description: 'mine now' } },
    });
    expect(refusalOf(answer)).toMatchObject({
      code: 'FORBIDDEN',
      entityType: 'Shot',
      field: 'description',
      path: 'input.description',
    });
  });

  it('in a batch is found by its record, since ShotGrid does not name the operation', async () => {
    const fine = { updateTask: { id: taskId, input: { content: 'Never to be seen' } } };
    const gone = { updateVersion: { id: 99_999_999, input: { code: 'x' } } };
    expect(refusalOf(await ask(BATCH, { operations: [fine, gone] }))).toMatchObject({
      code: 'NOT_FOUND',
      path: 'operations.1.updateVersion',
      id: 99_999_999,
    });
    const link = { type: 'Shot', id: 99_999_999 };
    const badLink = { createVersion: { project: PROJECT, entity: link } };
    const ofFine = { updateVersion: { id: versionId, input: { code: 'x' } } };
    expect(refusalOf(await ask(BATCH, { operations: [fine, ofFine, badLink] }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'operations.2.createVersion.entity',
      value: link,
    });
    const statuses = ['apr', 'ok', 'rev'].map((sgStatusList) => ({
      updateVersion: { id: versionId, input: { sgStatusList } },
    }));
    expect(refusalOf(await ask(BATCH, { operations: statuses }))).toMatchObject({
      path: 'operations.1.updateVersion.input.sgStatusList',
      value: 'ok',
    });
    const refusal = refusalOf(await ask(BATCH, { operations: [badLink, fine, badLink] }));
    expect(refusal).toMatchObject({
      candidates: ['operations.0.createVersion', 'operations.2.createVersion'],
    });
    expect(refusal).not.toHaveProperty('path');
    const { data } = await ask('query ($id: Int!) { task(id: $id) { content } }', { id: taskId });
    expect(data.task.content).not.toBe('Never to be seen');
  });

  it('whose result could not be read is not made', async () => {
    const wide = '{ playlists { versions { playlists { versions { playlists { code } } } } } }';
    const small = await startSiteWorld({ plan: { ...PLAN, maxSearches: 3 } });
    const update = `mutation { updateVersion(id: ${versionId}, input: { code: "half_done" }) ${wide} }`;
    const { codes } = await small.ask(update, { as: 'joao' });
    expect(codes).toEqual(['PLAN_TOO_LARGE']);
    const operations = [{ updateVersion: { id: versionId, input: { code: 'half_done' } } }];
    const batch = BATCH.replace('{ id }', `{ entity { ... on Version ${wide} } }`);
    expect((await small.ask(batch, { as: 'joao', variables: { operations } })).codes).toEqual([
      'PLAN_TOO_LARGE',
    ]);
    expect(await small.takeCalls()).toEqual([]);
    await small.close();
  });
});
