import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkshop } from '../../src/query/work.ts';
import { createGraphqlWorld, type GraphqlWorld } from '../support/graphql-world.ts';
import { type OpenSite, openSite } from '../support/open-site.ts';
import { PLAN } from '../support/plan-settings.ts';
import { smallStudio } from '../support/small-studio.ts';
import { createTestShotgun, login, type TestShotgun } from '../support/test-shotgun.ts';
import { openTabs, personOf, type Tabs, VERSION_ID } from '../support/two-tabs.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';

const CLASS = `import { Ctx, Mutation, Query, Resolver } from 'shotgraph/extension';

/** Stands for a system that writes to ShotGrid. */
export const system = { change: async () => undefined };

const codeOf = async ({ read }) => (await read('Version', [${VERSION_ID}], ['code']))[0]?.code ?? null;

@Resolver()
export class Approvals {
  @Query(() => String, { nullable: true })
  async codeNow(@Ctx() context) { return codeOf(context); }

  @Mutation(() => String, { nullable: true })
  async approveThere(@Ctx() context) {
    await system.change();
    return codeOf(context);
  }
}
`;

describe('a read of a mutation', () => {
  let site: OpenSite;
  let tabs: Tabs;
  let elsewhere: TestShotgun;
  let folder: string;
  let file: string;
  let world: GraphqlWorld;
  beforeAll(async () => {
    site = await openSite();
    tabs = await openTabs(site);
    elsewhere = createTestShotgun(site.url, { clock: { now: () => site.clock.ms } });
    folder = await mkdtemp(join(tmpdir(), 'shotgraph-approvals-'));
    file = join(folder, 'approvals.ts');
    await writeFile(file, CLASS);
    const exposed = smallStudio();
    const workFor = createWorkshop({ shotgun: tabs.client.shotgun, exposed, plan: PLAN });
    world = await createGraphqlWorld({
      exposed,
      deps: {
        parts: { connectors: [], remotes: [], extensions: [file] },
        workFor: (principal, options) =>
          workFor(principal.login, { ...options, personId: personOf(principal.login) }),
      },
    });
  });
  afterAll(async () => {
    await world.close();
    await tabs.close();
    await elsewhere.close();
    await site.close();
    await rm(folder, { recursive: true });
  });

  it('joins nothing: a class that has a system change ShotGrid reads what it has become', async () => {
    const { system } = (await import(file)) as { system: { change: () => Promise<unknown> } };
    const joao = elsewhere.shotgun.as(login('joao'), { personId: personOf('joao') });
    system.change = () => joao.call(updateRecord('Version', VERSION_ID, { code: 'approved there' }));
    const before = world.ask('{ codeNow }', { as: 'joao' });
    await (await tabs.line.call(0)).pass();
    const approved = world.ask('mutation { approveThere }', { as: 'joao' });
    await Promise.race([tabs.line.call(1), tabs.haveJoined(1)]);
    await tabs.line.open();
    expect((await approved).data).toEqual({ approveThere: 'approved there' });
    expect((await before).data).not.toEqual({ codeNow: 'approved there' });
    expect(tabs.joined()).toBe(0);
  });
});
