import { afterEach, describe, expect, it } from 'vitest';
import { signedIn } from '../support/signed-in.ts';
import { startStudio, type Studio } from '../support/studio.ts';

const PER_MINUTE = 5;
const THREE_CALLS = `{ shots(first: 1) { nodes { id } } tasks(first: 1) { nodes { id } } assets(first: 1) { nodes { id } } }`;

describe("the cost of a person's requests in a minute", () => {
  const started: Studio[] = [];
  const start = async (...options: Parameters<typeof startStudio>): Promise<Studio> => {
    const studio = await startStudio(...options);
    started.unshift(studio);
    return studio;
  };
  afterEach(async () => {
    for (const studio of started.splice(0)) await studio.stop();
  });
  const codesOf = async (asked: ReturnType<Studio['ask']>): Promise<unknown[]> =>
    ((await asked).errors ?? []).map(({ extensions }) => extensions['code']);

  it("is counted by calls: requests beyond it are refused, and no other person's", async () => {
    const cost = { SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: String(PER_MINUTE) };
    const studio = await start(cost);
    const mira = await signedIn(studio, 'mira');
    const joao = await signedIn(studio, 'joao');
    expect(await codesOf(studio.ask(mira, THREE_CALLS))).toEqual([]);
    // Two of the five are left, and the third call of this request is not sent.
    await studio.forgetSiteRequests();
    expect(await codesOf(studio.ask(mira, THREE_CALLS))).toEqual(['RATE_LIMITED']);
    expect((await studio.siteRequests()).filter(({ path }) => path.includes('_search'))).toHaveLength(2);
    const { errors = [] } = await studio.ask(mira, '{ viewer { login } }');
    expect(errors[0]?.message).toMatch(
      /^This asks too much of ShotGrid within a minute\. Try again in \d+ seconds\.$/u,
    );
    expect(errors[0]?.extensions['details']).toEqual({ retryAfterSeconds: expect.any(Number) });
    expect(await codesOf(studio.ask(joao, THREE_CALLS))).toEqual([]);
  });

  it('does not stop a change that has begun: the written row is read, and the next request is refused', async () => {
    const studio = await start({ SHOTGRAPH_GRAPHQL_COST_PER_MINUTE: '2' });
    const mira = await signedIn(studio, 'mira');
    const [id] = studio.mirasVersionIds;
    const change = `mutation { one: updateVersion(id: ${id}, input: { description: "a" }) { description }
      two: updateVersion(id: ${id}, input: { description: "b" }) { description } }`;
    expect(await studio.ask(mira, change)).toMatchObject({
      data: { one: { description: 'a' }, two: { description: 'b' } },
    });
    expect(await codesOf(studio.ask(mira, change))).toEqual(['RATE_LIMITED']);
  });
});
