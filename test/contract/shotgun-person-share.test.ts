import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSessionUuid } from '../../src/base/ids.ts';
import { searchRows } from '../../src/shotgun/calls/search.ts';
import { updateRecord } from '../../src/shotgun/calls/write.ts';
import { type Answer, type BentSite, rows, startBentSite } from '../support/bent-site.ts';
import { createTestShotgun, login, searchOf, type TestShotgun } from '../support/test-shotgun.ts';

const SHARE = 6;
const WINDOW = '6e3c9c6e-0000-4000-8000-00000000aaaa';
const ROW = { type: 'Shot', id: 1, attributes: { code: 'x' }, relationships: {} };
/** A row of the type that is searched. */
const found: Answer = (call, response) => {
  const type = /entity\/(?<type>\w+)\/_search/u.exec(call.path)?.groups?.['type'] ?? '';
  return rows({ ...ROW, type })(call, response);
};

/** There are eight connections to the site, and one person gets six of them. */
describe("a person's wide page", () => {
  let site: BentSite;
  let client: TestShotgun;
  /** João's calls that the site has not answered yet. */
  let held: (() => unknown)[];
  beforeEach(async () => {
    held = [];
    site = await startBentSite();
    client = createTestShotgun(site.url, {
      settings: { maxConnections: 8, maxCallsPerPerson: SHARE, timeoutMs: 20_000 },
    });
    site.otherwise(holdJoao);
  });
  afterEach(async () => {
    await client.close();
    await site.close();
  });

  const holdJoao: Answer = (call, response) => {
    if (call.actingAs !== 'joao') return found(call, response);
    return void held.push(() => found(call, response));
  };
  const search = (who: string, type: string, signal?: AbortSignal) =>
    client.shotgun.as(login(who)).call(searchRows(searchOf(type)), signal && { signal });
  const page = (calls: number, type: string, signal?: AbortSignal) =>
    Array.from({ length: calls }, () => search('joao', type, signal));
  const callsOf = (who: string) => site.calls.filter(({ actingAs }) => actingAs === who);
  const seen = async (calls: number): Promise<void> => {
    while (site.calls.length < calls) await wait(5);
  };
  const answerAll = (): void => {
    site.otherwise(found);
    for (const answer of held.splice(0)) answer();
  };

  it('leaves connections to the others, and is answered whole in its turns', async () => {
    const asked = page(20, 'Shot');
    await seen(SHARE);
    // While nothing of João's is answered, all of hers is.
    for (let turn = 0; turn < 3; turn += 1) await expect(search('mira', 'Version')).resolves.toHaveLength(1);
    expect(callsOf('joao')).toHaveLength(SHARE);

    answerAll();
    expect(await Promise.all(asked)).toHaveLength(20);
    expect(callsOf('joao')).toHaveLength(20);
    expect(site.mostAtOnce()).toBeLessThanOrEqual(SHARE + 1);
  });

  it('passes its turns to the next page of that person when its client leaves', async () => {
    const leaving = new AbortController();
    const left = Promise.allSettled(page(20, 'Shot', leaving.signal));
    await seen(SHARE);
    const next = search('joao', 'Task');
    leaving.abort();
    await seen(SHARE + 1);
    answerAll();
    await expect(next).resolves.toHaveLength(1);
    for (const call of await left)
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'CLIENT_LEFT' } });
    // What waited has never been sent.
    expect(site.calls.filter(({ path }) => path.includes('/Shot'))).toHaveLength(SHARE);
  });

  it('does not keep a client that leaves waiting; a change that was not sent is not called uncertain', async () => {
    const asked = page(SHARE, 'Shot');
    await seen(SHARE);
    const leaving = new AbortController();
    const change = client.shotgun
      .as(login('joao'))
      .call(updateRecord('Shot', 1, { code: 'y' }), { signal: leaving.signal });
    // Its token is there already: with the next event it waits for its turn.
    await immediate();
    leaving.abort();
    await expect(change).rejects.toMatchObject({ code: 'CLIENT_LEFT', details: undefined });
    expect(held).toHaveLength(SHARE);

    answerAll();
    await Promise.all(asked);
    expect(callsOf('joao').every(({ method }) => method === 'POST')).toBe(true);
  });

  it('does not hold the tokens of that person: another window gets its own meanwhile', async () => {
    const asked = page(20, 'Shot');
    await seen(SHARE);
    const sessionUuid = parseSessionUuid(WINDOW);
    const window = client.shotgun.as(login('joao'), sessionUuid && { sessionUuid });
    const beside = window.call(searchRows(searchOf('Task')));
    while (site.mints.length < 2) await wait(5);
    expect(held).toHaveLength(SHARE);

    answerAll();
    expect(await Promise.all([...asked, beside])).toHaveLength(21);
  });
});
