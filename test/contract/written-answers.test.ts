import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { startWrittenWorld, type WrittenWorld } from '../support/written-world.ts';

const RUNS = Number(process.env['SHOTGRAPH_TEST_QUERIES'] ?? 150);

describe('an answer with written rows', () => {
  let world: WrittenWorld;
  beforeAll(async () => {
    world = await startWrittenWorld();
  });
  afterAll(() => world.close());

  it('is letter by letter what graphql-js gives, for each person, with hidden, odd and missing values', async () => {
    await fc.assert(
      fc.asyncProperty(world.asked, async (asked) => {
        const { written, executed } = await world.ask(asked);
        expect(written).toEqual(executed);
      }),
      { numRuns: RUNS },
    );
    expect(world.counts.written).toBeGreaterThan(world.counts.executed);
    expect(world.counts.executed).toBeGreaterThan(0);
  }, 600_000);

  it('has the rows of a launch and of a person at their places below', async () => {
    const query = `{ __proto__: launch(id: "few") { selectedCount selected { name ... on Version { code } } project { id name } }
      viewer { login person { id name } } }`;
    const { written, executed } = await world.ask({ query, variables: {}, as: 'mira', bent: 0 });
    expect(written).toEqual(executed);
    expect(written[0]).toMatch(/^\{"data":\{"__proto__":\{"selectedCount":5,"selected":\[\{"name":"/u);
  });

  it('is executed by graphql-js where a field of the row is computed, and written below that', async () => {
    const query =
      '{ notes(first: 5) { nodes { id thread { __typename } } } playlists(first: 2) { nodes { orderedVersions { code } } } }';
    const { written, executed } = await world.ask({ query, variables: {}, as: 'mira', bent: 0 });
    expect(written).toEqual(executed);
  });

  it('keeps a document with fragments within fragments as small as others', async () => {
    const spread = Array.from(
      { length: 7 },
      (_, index) =>
        `fragment F${index} on Version { a${index}: id ...F${index + 1} b${index}: code ...F${index + 1} }`,
    );
    const query = `{ versions(first: 1) { nodes { ...F0 } } } ${spread.join(' ')} fragment F7 on Version { id }`;
    const { written, executed } = await world.ask({ query, variables: {}, as: 'mira', bent: 0 });
    expect(written).toEqual(executed);
  });
});
