import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposeSchema } from '../../../src/site/expose.ts';
import { parseSiteSchema } from '../../../src/site/parse-site-schema.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../../support/graphql-world.ts';
import { wireField, wireSchema } from '../../support/small-site-schema.ts';
import type { StubRow } from '../../support/stub-client.ts';

const NAMES = [
  'Asset',
  'Shot',
  'Sequence',
  'Episode',
  'Level',
  'Delivery',
  'Playlist',
  'Scene',
  'Camera',
  'Take',
];
const text = wireField('text');
const TYPES = Object.fromEntries(NAMES.map((type) => [type, { code: text, description: text }]));

/** A task may be about ten types of things, and a step belongs to anything. */
const SITE = wireSchema({
  ...TYPES,
  Task: {
    content: text,
    entity: wireField('entity', { valid_types: NAMES }),
    milestone: wireField('entity', { valid_types: [] }),
  },
  Version: { code: text, sg_task: wireField('entity', { valid_types: ['Task'] }) },
});

const link = (type: string, id: number) => ({ type, id, name: `${type} ${id}` });
const task = (id: number, entity: StubRow[string]): StubRow => ({
  id,
  content: `task ${id}`,
  entity: entity ?? null,
  milestone: link('Take', 1),
});

const ROWS = {
  ...Object.fromEntries(
    NAMES.map((type) => [type, [{ id: 1, code: `${type} one`, description: `what ${type} is` }]]),
  ),
  Task: [task(1, link('Shot', 1)), task(2, link('Camera', 1)), task(3, null)],
  Version: [1, 2, 3].map((id) => ({ id, code: `v${id}`, sg_task: link('Task', id) })),
};

describe('a link of many types behind a link', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    const exposed = exposeSchema(parseSiteSchema(SITE.entityTypes, SITE.fields), {
      source: 'expose.yml',
      types: new Map(),
    });
    world = await createGraphqlWorld({ rows: ROWS, exposed });
  });
  afterEach(() => world.close());

  it('is read by paths for the types that the query names, in one search', async () => {
    const { data } = await world.ask(
      '{ version(id: 1) { sgTask { entity { type id ... on Shot { code } ... on Asset { description } } } } }',
    );
    expect(data.version.sgTask.entity).toEqual({ type: 'Shot', id: 1, code: 'Shot one' });
    expect(world.takeSearches()).toEqual([
      'Version: code,sg_task,sg_task.Task.entity,sg_task.Task.entity.Asset.description,sg_task.Task.entity.Asset.id,sg_task.Task.entity.Shot.code,sg_task.Task.entity.Shot.id',
    ]);
  });

  it('is also read by paths if it may hold any type', async () => {
    const { data } = await world.ask(
      '{ version(id: 1) { sgTask { milestone { id name ... on Take { code } } } } }',
    );
    expect(data.version.sgTask.milestone).toEqual({ id: 1, name: 'Take one', code: 'Take one' });
    expect(world.takeSearches()).toHaveLength(1);
  });

  it('shows the value of the row itself for another type and for no link', async () => {
    const { data } = await world.ask(
      '{ versionsByIds(ids: [1, 2, 3]) { sgTask { entity { type name ... on Shot { code } } } } }',
    );
    expect(data.versionsByIds).toEqual([
      { sgTask: { entity: { type: 'Shot', name: 'Shot one', code: 'Shot one' } } },
      { sgTask: { entity: { type: 'Camera', name: 'Camera 1' } } },
      { sgTask: { entity: null } },
    ]);
    // Only the row of which the paths did not tell.
    const { calls } = world.site;
    expect(calls.map(({ type, search }) => [type, search?.pageSize])).toEqual([
      ['Version', 3],
      ['Task', 1],
    ]);
  });

  it('is read with its row if the selection names no types', async () => {
    const { data } = await world.ask('{ version(id: 2) { sgTask { entity { type name } } } }');
    expect(data.version.sgTask.entity).toEqual({ type: 'Camera', name: 'Camera 1' });
    expect(world.takeSearches()[0]).toBe('Version: code,sg_task');
  });
});
