import { expect, it } from 'vitest';
import { createWorkshop } from '../../../src/query/work.ts';
import { createGraphqlWorld } from '../../support/graphql-world.ts';
import { PLAN } from '../../support/plan-settings.ts';
import { smallStudio } from '../../support/small-studio.ts';
import { createStubSite, stubClient } from '../../support/stub-client.ts';

it('makes no client of ShotGrid for a document that does not validate, and one for a document that reads', async () => {
  const made: string[] = [];
  const site = createStubSite({});
  const workshop = createWorkshop({
    shotgun: {
      as(login) {
        made.push(login);
        return stubClient(site, login);
      },
    },
    exposed: smallStudio(),
    plan: PLAN,
  });
  const world = await createGraphqlWorld({
    deps: { workFor: ({ login }, options) => workshop(login, options) },
  });
  const { codes } = await world.ask('{ noSuchField }');
  const { data } = await world.ask('{ viewer { login } }');
  expect([codes.length, data, made]).toEqual([1, { viewer: { login: 'mira' } }, []]);
  await world.ask('{ version(id: 1) { code } }');
  expect(made).toEqual(['mira']);
  await world.close();
});
