import { afterAll, beforeAll, describe, it } from 'vitest';
import { type SaidWorld, startSaidWorld } from '../support/said-three-times.ts';

describe('many requests with variables, of which some are left out or null', () => {
  let world: SaidWorld;
  beforeAll(async () => {
    world = await startSaidWorld();
  });
  afterAll(() => world.close());

  it('do what the same requests without variables do, each of three times', async () => {
    await world.expectAllSame(120, 4711);
  }, 600_000);
});
