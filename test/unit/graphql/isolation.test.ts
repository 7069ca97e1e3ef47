import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeRows } from '../../support/bridge-rows.ts';
import { createGraphqlWorld, type GraphqlWorld, launchOf } from '../../support/graphql-world.ts';

/** Mira may see the version 900, João may not. Nothing of hers may reach him. */
describe("people never get each other's rows", () => {
  let world: GraphqlWorld;
  beforeEach(async () => {
    world = await createGraphqlWorld({ rows: bridgeRows() });
    world.site.hidden = (login, type, id) => login === 'joao' && type === 'Version' && id === 900;
  });
  afterEach(() => world.close());
  const secret = '{ version(id: 900) { code } }';

  it('when they read the same row in the same tick (F16)', async () => {
    const [mira, joao] = await Promise.all([world.ask(secret), world.ask(secret, { as: 'joao' })]);
    expect(mira.data).toEqual({ version: { code: 'comp_v1' } });
    expect(joao.data).toEqual({ version: null });
    expect(world.site.calls.map(({ login }) => login).sort()).toEqual(['joao', 'mira']);
  });

  it('when they read it one after the other (F17)', async () => {
    await world.ask(secret);
    expect((await world.ask(secret, { as: 'joao' })).data).toEqual({ version: null });
    await world.ask(secret);
    expect(world.site.calls.map(({ login }) => login)).toEqual(['mira', 'joao', 'mira']);
  });

  it('in a thousand interleaved requests of ten people (F18)', async () => {
    let pause = 0;
    world.site.before = async () => {
      pause = (pause + 7) % 5;
      for (let turn = 0; turn < pause; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const document = '{ version(id: 901) { code } viewer { login displayName } }';
    const people = Array.from({ length: 1000 }, (_, index) => `person${index % 10}`);
    const answers = await Promise.all(people.map((as) => world.ask(document, { as, requestId: as })));
    expect(answers.map(({ data }) => data.viewer.login as string)).toEqual(people);
    expect(answers.map(({ data }) => data.viewer.displayName as string)).toEqual(
      people.map((login) => `${login} at the provider`),
    );
    expect(world.site.calls.map(({ login }) => login).sort()).toEqual([...people].sort());
  });

  it('by id, alias, fragment, list, link or launch (F19)', async () => {
    world.launches.set('joao', [launchOf('L2', { selectedIds: [900, 901] })]);
    world.site.rows['Playlist'] = [
      { id: 500, code: 'dailies', versions: [{ type: 'Version', id: 900, name: 'comp_v1' }] },
    ];
    const { data } = await world.ask(
      `{ version(id: 900) { code } alias: version(id: 900) { ...F } versions(filter: {id: {in: [900, 901]}}) { nodes { id } }
         launch(id: "L2") { selected { id ... on Version { code } } missingCount }
         playlist(id: 500) { versions { id code description } } }
       fragment F on Version { description }`,
      { as: 'joao' },
    );
    expect(data).toEqual({
      version: null,
      alias: null,
      versions: { nodes: [{ id: 901 }] },
      launch: { selected: [null, { id: 901, code: 'comp_v2' }], missingCount: 1 },
      // ShotGrid itself names the link to him; the row stays closed.
      playlist: { versions: [{ id: 900, code: null, description: null }] },
    });
  });
});
