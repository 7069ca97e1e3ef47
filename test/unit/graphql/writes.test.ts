import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld, launchOf, WINDOW } from '../../support/graphql-world.ts';

describe('writes', () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
  });
  afterEach(() => world.close());
  const kinds = () => world.site.calls.map(({ kind, type }) => `${kind} ${type}`);

  it('create, and read again what was selected', async () => {
    const { data, codes } = await world.ask(
      `mutation { createVersion(input: { project: {type: "Project", id: 1}, code: "comp_v9", playlists: [{type: "Playlist", id: 500}] }) { id code name } }`,
    );
    expect(codes).toEqual([]);
    expect(data.createVersion).toMatchObject({ id: 905, code: 'comp_v9' });
    expect(world.site.calls[0]?.values).toEqual({
      project: { type: 'Project', id: 1 },
      code: 'comp_v9',
      playlists: [{ type: 'Playlist', id: 500 }],
    });
    expect(kinds()).toEqual(['create Version', 'search Version']);
  });

  it('are made one after another, and each result is read after its own write', async () => {
    const { data, codes } = await world.ask(`mutation {
      first: updateVersion(id: 900, input: { sgStatusList: "apr" }) { sgStatusList }
      second: updateVersion(id: 900, input: { sgStatusList: "rev" }) { sgStatusList }
    }`);
    expect(codes).toEqual([]);
    expect(data).toEqual({
      first: { sgStatusList: 'apr' },
      second: { sgStatusList: 'rev' },
    });
    expect(kinds()).toEqual(['update Version', 'search Version', 'update Version', 'search Version']);
  });

  it('change lists of links with an explicit mode', async () => {
    await world.ask(
      'mutation { updateVersion(id: 900, input: { playlists: { add: [{type: "Playlist", id: 500}] } }) { id } }',
    );
    expect(world.site.calls[0]?.values).toEqual({
      playlists: { multi_entity_update_mode: 'add', value: [{ type: 'Playlist', id: 500 }] },
    });
  });

  it('delete and revive', async () => {
    const { data } = await world.ask(
      'mutation { deleteVersion(id: 900) { id type } reviveVersion(id: 900) { id code } }',
    );
    expect(data).toEqual({
      deleteVersion: { id: 900, type: 'Version' },
      reviveVersion: { id: 900, code: 'comp_v1' },
    });
    expect(kinds()).toEqual(['delete Version', 'revive Version', 'search Version']);
  });

  it('that ShotGrid refuses return the refusal, and read nothing', async () => {
    world.site.before = ({ kind }) => {
      if (kind === 'update') throw new AppError('FORBIDDEN', { details: { field: 'sg_status_list' } });
    };
    const { codes, data } = await world.ask(
      'mutation { updateVersion(id: 900, input: { sgStatusList: "apr" }) { id } }',
    );
    expect([codes, data]).toEqual([['FORBIDDEN'], { updateVersion: null }]);
    expect(kinds()).toEqual(['update Version']);
  });

  it('whose result the person may not see report that the change was made', async () => {
    world.site.hidden = () => true;
    const { errors } = await world.ask(
      'mutation { updateVersion(id: 900, input: { sgStatusList: "apr" }) { code } }',
    );
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    expect(errors[0]?.message).toContain('The change was made');
  });

  it('carry the window of the launch that the request names', async () => {
    world.launches.set('mira', [launchOf('L1')]);
    const document = 'mutation { updateVersion(id: 900, input: { sgStatusList: "apr" }) { id } }';
    await world.ask(document, { launchId: 'L1' });
    await world.ask(document);
    expect(world.sessionUuids).toEqual([WINDOW, undefined]);
  });

  it.each(['L1', 'unknown'])(
    'with the launch %s of another person are refused, and nothing is written',
    async (launchId) => {
      world.launches.set('joao', [launchOf('L1')]);
      const answer = await world.ask('mutation { deleteVersion(id: 900) { id } }', {
        launchId,
        requestId: 'r9',
      });
      expect([answer.status, answer.codes]).toEqual([200, ['BAD_USER_INPUT']]);
      expect(answer.errors[0]?.path).toEqual(['deleteVersion']);
      expect(answer.errors[0]?.extensions.requestId).toBe('r9');
      expect(world.site.calls).toEqual([]);
    },
  );

  it('do not go through when the launch cannot be looked up', async () => {
    await world.close();
    world = await createGraphqlWorld({
      rows: bridgeRows(),
      deps: { launches: { read: () => Promise.reject(new AppError('UNAVAILABLE')) } },
    });
    const answer = await world.ask('mutation { deleteVersion(id: 900) { id } }', { launchId: 'L1' });
    expect([answer.status, answer.codes]).toEqual([503, ['UNAVAILABLE']]);
    expect(world.site.calls).toEqual([]);
  });
});
