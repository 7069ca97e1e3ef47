import { describe, expect, it } from 'vitest';
import { createGraphqlWorld } from '../../support/graphql-world.ts';
import { createNamingSystem } from '../../support/named-rows.ts';

const secret = (): Error => new Error('the words of the system');
const failing = async (): Promise<never> => {
  throw secret();
};
async function* fineOneByOne(): AsyncGenerator<string> {
  yield* await Promise.resolve(['fine', 'fine']);
}
const OK = ['fine', 'fine'];
const FIRST_BROKEN = [null, 'fine'];
const NONE = [null, null];

/** Whatever a connector gives for rows is told at its rows, and a failure that nobody waits for ends no process. */
describe('Values that a connector gives for two rows', () => {
  it.each<[string, (rows: readonly unknown[]) => unknown, readonly unknown[], string]>([
    ['a list without a promise', () => OK, OK, ''],
    ['an error among them', () => [secret(), 'fine'], FIRST_BROKEN, 'connector'],
    [
      'a promise that fails among them',
      () => [failing(), Promise.resolve('fine')],
      FIRST_BROKEN,
      'connector',
    ],
    ['a failure of all', failing, NONE, 'connector'],
    ['too few of them', () => ['fine'], NONE, 'count'],
    ['too few of them, of which one fails', () => [failing()], NONE, 'count'],
    ['no list', () => undefined, NONE, 'count'],
    ['a list that comes bit by bit', fineOneByOne, NONE, 'count'],
  ])('are told: %s', async (_what, run, shown, reason) => {
    const connector = {
      typeDefs: 'extend type Version { mood: String }',
      fields: { Version: { mood: run as () => Promise<readonly unknown[]> } },
    };
    const world = await createGraphqlWorld({
      rows: { Version: [1, 2].map((id) => ({ id, code: `v${id}` })) },
      deps: {
        ...createNamingSystem().deps,
        parts: { connectors: [{ name: 'names', connector }], remotes: [] },
      },
    });
    const { data, errors, text } = await world.ask('{ versionsByIds(ids: [1, 2]) { mood } }');
    await world.close();
    expect(data.versionsByIds).toEqual(shown.map((mood) => ({ mood })));
    expect(errors).toHaveLength(shown.filter((mood) => mood === null).length);
    for (const { extensions } of errors) {
      expect(extensions).toMatchObject({
        code: 'SYSTEM_BROKEN',
        details: { system: 'names', field: 'mood', reason },
      });
    }
    expect(text).not.toContain('the words of the system');
  });
});
