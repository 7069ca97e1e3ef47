import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SiteWorld, startSiteWorld } from '../support/site-world.ts';

describe('A condition that GraphQL never evaluates', () => {
  let world: SiteWorld;
  beforeAll(async () => {
    world = await startSiteWorld();
  });
  afterAll(() => world.close());

  it('causes no error, although its variable is null: a skipped field is not checked for @include', async () => {
    const { data, codes } = await world.ask(
      'query ($m: Boolean = true) { versions(first: 1) { nodes { id code @skip(if: true) @include(if: $m) } } }',
      { variables: { m: null } },
    );
    expect(codes).toEqual([]);
    expect(data.versions.nodes).toEqual([{ id: expect.any(Number) }]);
  });

  it('fails only its field if it is evaluated', async () => {
    const { codes } = await world.ask(
      'query ($m: Boolean = true) { versions(first: 1) { nodes { id code @include(if: $m) } } }',
      { variables: { m: null } },
    );
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });
});
